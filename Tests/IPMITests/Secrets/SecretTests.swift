import IPMI
import Testing

@Suite("Secrets")
struct SecretTests {
  @Test func isRefusedWhenTooLongAndNeverCut() throws {
    #expect(throws: SecretTooLong(byteCount: 21, limit: 20)) {
      _ = try Secret("123456789012345678901", atMost: 20)
    }
    #expect(try Secret("12345678901234567890", atMost: 20).byteCount == 20)
    // Two bytes a letter.
    #expect(throws: SecretTooLong(byteCount: 18, limit: 16)) {
      _ = try Secret("äöüäöüäöü", atMost: 16)
    }
  }

  @Test func keepsItsBytes() throws {
    let secret = try Secret("geheim", atMost: 16)
    #expect(secret.bytes.copied == Array("geheim".utf8))
    #expect(Secret.empty.byteCount == 0)
  }

  @Test func isShownByNothing() throws {
    let secret = try Secret("geheim", atMost: 16)
    var dumped = ""
    dump(secret, to: &dumped)
    let shown = ["\(secret)", String(reflecting: secret), String(describing: [secret]), dumped]
    for text in shown {
      #expect(!text.contains("geheim") && text.contains("hidden"))
    }
  }

  @Test func comparesAllBytes() throws {
    let secret = try Secret("geheim", atMost: 16)
    #expect(secret.isEqualInConstantTime(to: try Secret("geheim", atMost: 16)))
    for other in ["geheiM", "Geheim", "geheim ", "gehei", ""] {
      #expect(!secret.isEqualInConstantTime(to: try Secret(other, atMost: 16)))
    }
  }

  @Test func wipesAnArray() {
    var bytes: [UInt8] = [1, 2, 3]
    let copy = bytes
    bytes.wipe()
    #expect(bytes.isEmpty)
    #expect(copy == [1, 2, 3])
  }

  @Test func digestsCompareByTheirBytes() {
    let digest = Digest(copying: [UInt8](0..<20).messageBytes)
    let cut = digest.prefix(12)
    #expect(cut.bytes.copied == [UInt8](0..<12))
    #expect(digest.prefix(40) == digest)
    #expect(digest.prefix(19) != digest)
    #expect(digest[19] == 19)
    #expect(Digest.empty.byteCount == 0)
    #expect(Set([digest, digest.prefix(20), digest.prefix(12)]).count == 2)
    for turned in oneBitTurned(in: [UInt8](0..<20)) {
      #expect(Digest(copying: turned.messageBytes) != digest)
    }
  }

  @Test func sixteenBytesStandInTheirOrder() throws {
    let bytes = [UInt8](1...16)
    let octets = Octets16(padding: bytes.messageBytes)
    #expect(octets.bytes == bytes)
    #expect((0..<16).map { octets[$0] } == bytes)
    var appended: [UInt8] = []
    appended.append(octets)
    #expect(appended == bytes)
    let short = Octets16(padding: Array(bytes[..<5]).messageBytes)
    #expect(short.bytes == [1, 2, 3, 4, 5] + [UInt8](repeating: 0, count: 11))
    #expect(!octets.isEqualInConstantTime(to: short))
    #expect(octets.isEqualInConstantTime(to: octets))
  }
}
