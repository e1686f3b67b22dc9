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
  init(_ options: [String] = []) throws {
    tool = try RunningTool(crimpPath, ["bmc", "--port", "0"] + options)
    let running = tool
    try #require(try eventually { try running.outputSoFar().contains("ready: 1 BMC at ") })
    let line = try #require(try tool.outputSoFar().split(separator: "\n").first)
    port = String(try #require(line.split(separator: ":").last))
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
