import Support
import Testing

/// `crimp bmc` at work while other programs speak with it.
final class RunningBMC {
  private let tool: RunningTool
  /// The UDP port that it got.
  let port: String

  /// The password that it has when it is given none.
  static let password = "simulated-secret"

  /// Starts one BMC at 127.0.0.1, on a free port, and waits until it is there.
  convenience init(_ options: [String] = []) throws {
    try self.init(port: "0", options)
  }

  /// Starts one on a port that is at most 32767: ipmiconsole takes no others.
  static func onLowPort(_ options: [String] = []) throws -> RunningBMC {
    for _ in 0..<20 {
      let port = String(UInt16.random(in: 20000...32000))
      do { return try RunningBMC(port: port, options) } catch is NotReady { continue }
    }
    throw NotReady()
  }

  private struct NotReady: Error {}

  private init(port wanted: String, _ options: [String]) throws {
    tool = try RunningTool(crimpPath, ["bmc", "--port", wanted] + options)
    let running = tool
    let isReady = try eventually { try running.outputSoFar().contains("ready: 1 BMC at ") }
    let told = try tool.outputSoFar()
    guard isReady, let line = told.split(separator: "\n").first,
      let number = line.split(separator: ":").last
    else { throw NotReady() }
    port = String(number)
  }

  deinit {
    tool.send(signal: 15)
  }

  /// What it has told so far.
  var told: String {
    get throws { try tool.outputSoFar() }
  }

  /// Runs ipmitool with a session of IPMI 2.0, or of 1.5 with an authentication named. The password
  /// goes by the environment.
  func ipmitool(
    _ arguments: String..., suite: Int? = 17, authentication: String? = nil,
    user: String = "admin"
  ) throws -> ToolRun {
    try ipmitool(arguments, suite: suite, authentication: authentication, user: user)
  }

  /// The same, with the arguments in an array.
  func ipmitool(
    _ arguments: [String], suite: Int? = 17, authentication: String? = nil,
    user: String = "admin"
  ) throws -> ToolRun {
    var options = ["-H", "127.0.0.1", "-p", port, "-U", user, "-E"]
    if let authentication {
      options += ["-I", "lan", "-A", authentication]
    } else {
      options += ["-I", "lanplus"]
      if let suite { options += ["-C", String(suite)] }
    }
    return try runTool(
      "ipmitool", options + arguments, environment: ["IPMITOOL_PASSWORD": Self.password])
  }

  /// Runs a program of FreeIPMI with a session of IPMI 2.0, or of 1.5 with an authentication named.
  func freeIPMI(
    _ program: String, _ arguments: [String], suite: Int = 17, authentication: String? = nil
  ) throws -> ToolRun {
    var options = ["-h", "127.0.0.1:\(port)", "-u", "admin", "-p", Self.password]
    if let authentication {
      options += ["-D", "LAN", "-a", authentication]
    } else {
      options += ["-D", "LAN_2_0", "-I", String(suite)]
    }
    return try runTool(program, options + arguments)
  }
}
