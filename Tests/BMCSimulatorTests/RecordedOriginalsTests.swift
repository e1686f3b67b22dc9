import BMCSimulator
import IPMI
import MonotonicTime
import OpenSSL
import Support
import Testing

/// What ipmitool and FreeIPMI's programs said to `crimp bmc --seed 7`, said again: the controller's answers
/// are the recorded ones, byte for byte. `Fixtures/ipmi/record-at-crimp.py` recorded them.
@Suite("Recorded sessions of the originals at crimp bmc")
struct RecordedOriginalsTests {
  static let names =
    [0, 1, 2, 3, 6, 7, 8, 15, 16, 17].map { "ipmitool-\($0)" }
    + ["ipmitool-none", "ipmitool-md5", "ipmitool-password"]
    + [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17].map { "ipmipower-\($0)" }
    + ["ipmipower-none", "ipmipower-straight", "ipmipower-md2", "ipmipower-md5"]
    + ["ipmitool-3-key", "ipmitool-17-key"]
    + ["ipmitool-3-console", "ipmitool-17-console", "ipmiconsole-17"]

  /// The controller that `crimp bmc --seed 7 --port 16230` is.
  private func controller(_ name: String) throws -> SimulatedBMC {
    let cryptography = try OpenSSLCryptography()
    var configuration = BMCConfiguration()
    configuration.users = try [
      Bench.account("admin", .administrator), Bench.account("operator", .operator),
      Bench.account("user", .user),
    ]
    if name.hasSuffix("-key") {
      configuration.key = try Secret("the controller's key", atMost: 20)
    }
    let prototype = SimulatedBMC(
      configuration, identity: LANConfiguration.Identity(), seed: 7, cryptography: cryptography)
    let identity = LANConfiguration.Identity(
      address: [127, 0, 0, 1], gateway: [127, 0, 0, 1], hardwareAddress: [2, 0xbc, 127, 0, 0, 1],
      port: 16230)
    return SimulatedBMC(like: prototype, identity: identity, seed: 7)
  }

  @Test("are answered as then", arguments: names)
  func answers(_ name: String) throws {
    var controller = try controller(name)
    var now = Instant.origin
    var answers: [String] = []
    let datagrams = try Self.recording(name)
    for datagram in datagrams where datagram.isFromClient {
      now = now + .milliseconds(1)
      let actions = controller.receive(
        datagram.bytes.messageBytes, from: Bench.peer(), at: now)
      for case .send(let bytes, _, _) in actions { answers.append(hexadecimal(bytes)) }
    }
    let recorded = datagrams.filter { !$0.isFromClient }.map { hexadecimal($0.bytes) }
    #expect(answers == recorded)
    #expect(recorded.count >= 6)
  }

  private struct Datagram {
    var isFromClient: Bool
    var bytes: [UInt8]
  }

  private static func recording(_ name: String) throws -> [Datagram] {
    let text = String(
      decoding: try Fixture.file("Fixtures/ipmi/at-crimp/\(name).txt"), as: UTF8.self)
    return try text.split(separator: "\n").filter { !$0.hasPrefix("#") }.map { line in
      let digits = Array(line.dropFirst(2).utf8)
      let bytes = try stride(from: 0, to: digits.count, by: 2).map { index in
        try #require(UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16))
      }
      return Datagram(isFromClient: line.hasPrefix(">"), bytes: bytes)
    }
  }

  private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
