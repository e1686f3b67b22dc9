import Glibc

/// OpenIPMI's `ipmi_sim` with the configuration of `Fixtures/peers/ipmi_sim`, on a free port of
/// 127.0.0.1 and with a state of its own. Users: the null user and `ipmiusr`, password `test`; `longpw`,
/// password `0123456789abcdef`; `reader`, password `look`, user level.
///
/// It is killed when the value goes away.
public final class OpenIPMISimulator {
  /// The UDP port.
  public let port: UInt16
  /// The TCP port of the line by which a machine reaches its own controller; 0 when there is none.
  public let localPort: UInt16

  private let tool: RunningTool
  private let serialLine: RunningTool?
  private let directory: String

  /// Starts the simulator and waits until it answers a presence ping.
  ///
  /// - Parameters:
  ///   - key: the controller's key Kg, at most 19 bytes; the simulator cuts longer ones.
  ///   - hasChassis: whether power commands work; each costs the simulator a shell script.
  ///   - hasSerialLine: whether there is a serial console: it says `login: ` and repeats what is typed
  ///     in capitals.
  ///   - hasLocalLine: whether there is a line by which a machine reaches its own controller.
  public init(
    key: String? = nil, hasChassis: Bool = true, hasSerialLine: Bool = false,
    hasLocalLine: Bool = false
  ) throws {
    var template = Array("/tmp/crimp-ipmi_sim-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ToolError.system(operation: "mkdtemp", errno: errno)
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let state = directory
    let port = try freePort()
    self.port = port
    localPort = hasLocalLine ? try freePort() : 0
    let files = OpenIPMISimulator.files
    var sol = ""
    if hasSerialLine {
      let line = try RunningTool("python3", ["\(files)/solpeer.py"])
      serialLine = line
      guard try eventually({ try line.outputSoFar().hasSuffix("\n") }) else {
        throw Silence(output: "no serial line")
      }
      sol = "sol \"tcp:127.0.0.1:\(try line.outputSoFar().dropLast())\" 115200"
    } else {
      serialLine = nil
    }
    if hasLocalLine { sol += "\n  serial 15 127.0.0.1 \(localPort) codec VM" }
    func fill(_ name: String) throws {
      var text = String(decoding: try readFile("\(files)/\(name)"), as: UTF8.self)
      let chassis = "chassis_control \"\(files)/chassis.sh \(state)/chassis\""
      for (mark, value) in [
        ("@PORT@", "\(port)"), ("@STATE@", state), ("@FILES@", files),
        ("@KEY@", key.map { "bmc_key \"\($0)\"" } ?? ""),
        ("@CHASSIS@", hasChassis ? chassis : ""), ("@SOL@", sol),
      ] {
        text = text.replacing(mark, with: value)
      }
      try writeFile("\(state)/\(name)", Array(text.utf8))
    }
    try fill("lan.conf")
    try fill("bmc.emu")
    try writeFile("\(state)/inlet.val", Array("27\n".utf8))
    for part in ["state", "state/ipmi_sim", "state/ipmi_sim/bmc1"] {
      mkdir("\(state)/\(part)", 0o755)
    }
    try writeFile(
      "\(state)/state/ipmi_sim/bmc1/sdr.20.main", readFile("\(files)/sim.bsdr"))
    tool = try RunningTool(
      "ipmi_sim",
      ["-c", "\(state)/lan.conf", "-f", "\(state)/bmc.emu", "-s", "\(state)/state", "-n"])
    guard try answersPing() else { throw Silence(output: try tool.outputSoFar()) }
  }

  deinit {
    tool.send(signal: SIGKILL)
    _ = try? runTool("rm", ["-r", directory])
  }

  /// The simulator did not begin to answer.
  public struct Silence: Error {
    /// What it wrote.
    public let output: String
  }

  private static let files =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
    + "/Fixtures/peers/ipmi_sim"

  /// The file where the simulator keeps whether the machine is on: `1` or `0`.
  public var power: String {
    guard let bytes = try? readFile("\(directory)/chassis/power") else { return "0" }
    return String(decoding: bytes, as: UTF8.self).filter { $0 != "\n" }
  }

  private func answersPing() throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
        _ = connect(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    let ping: [UInt8] = [6, 0, 0xff, 6, 0, 0, 0x11, 0xbe, 0x80, 0, 0, 0]
    var buffer = [UInt8](repeating: 0, count: 64)
    return eventually {
      _ = send(descriptor, ping, ping.count, Int32(MSG_NOSIGNAL))
      usleep(10_000)
      return recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) >= 28
    }
  }
}

/// A UDP port of 127.0.0.1 that was free a moment ago.
public func freePort() throws(ToolError) -> UInt16 {
  let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
  defer { close(descriptor) }
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
  var length = socklen_t(MemoryLayout<sockaddr_in>.size)
  withUnsafeMutablePointer(to: &address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
      _ = bind(descriptor, pointer, length)
      _ = getsockname(descriptor, pointer, &length)
    }
  }
  return UInt16(bigEndian: address.sin_port)
}
