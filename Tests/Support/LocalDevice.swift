import Glibc

/// What stands in for `/dev/ipmi0` (`Fixtures/peers/local_device`), compiled, and OpenIPMI's simulator
/// behind it.
public final class LocalDevice {
  private let simulator: OpenIPMISimulator
  private let directory: String

  /// Compiles the device and starts the simulator.
  public init() throws {
    simulator = try OpenIPMISimulator(hasLocalLine: true)
    var template = Array("/tmp/crimp-local-device-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ToolError.system(operation: "mkdtemp", errno: errno)
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let source =
      "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
      + "/Fixtures/peers/local_device/device.c"
    let compiled = try runTool(
      "clang", ["-O1", "-shared", "-fPIC", "-o", "\(directory)/device.so", source])
    guard compiled.status == 0 else { throw NotCompiled(output: compiled.errorText) }
  }

  deinit {
    _ = try? runTool("rm", ["-r", directory])
  }

  /// The compiler did not take the device.
  public struct NotCompiled: Error {
    /// What it said.
    public let output: String
  }

  /// What a program needs in its environment to find the device.
  public var environment: [String: String] {
    ["LD_PRELOAD": "\(directory)/device.so", "CRIMP_TEST_IPMI": "\(simulator.localPort)"]
  }
}
