import Glibc

/// Certificates that are made anew for a test, right ones and each kind of wrong
/// (`Fixtures/peers/tls/make_certificates.py`). Their directory goes with the value.
public final class TestCertificates: Sendable {
  /// Where they are.
  public let directory: String

  /// Makes them.
  public init() throws {
    var template = Array("/tmp/crimp-test-certificates-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw ToolError.system(operation: "mkdtemp", errno: errno)
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    let script =
      "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/")
      + "/Fixtures/peers/tls/make_certificates.py"
    let run = try runTool("/usr/bin/python3", [script, directory])
    guard run.status == 0 else { throw NotMade(output: run.errorText) }
  }

  deinit {
    _ = try? runTool("rm", ["-r", directory])
  }

  /// The certificates could not be made.
  public struct NotMade: Error {
    /// What the script said.
    public let output: String
  }

  /// The path of one of the files: `server.pem`.
  public func callAsFunction(_ name: String) -> String { "\(directory)/\(name)" }
}
