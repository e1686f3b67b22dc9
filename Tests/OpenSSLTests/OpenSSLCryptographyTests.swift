import DynamicLibrary
import IPMI
import Support
import Testing

@testable import OpenSSL

@Suite("OpenSSL's algorithms (need libssl3)")
struct OpenSSLCryptographyTests {
  private let cryptography: OpenSSLCryptography

  init() throws {
    cryptography = try OpenSSLCryptography()
  }

  /// RFC 1321, appendix A.5.
  @Test(arguments: [
    ("", "d41d8cd98f00b204e9800998ecf8427e"),
    ("abc", "900150983cd24fb0d6963f7d28e17f72"),
    ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
  ])
  func computesMD5(_ text: String, _ expected: String) {
    let bytes = Array(text.utf8)
    #expect(hex(cryptography.md5(bytes.messageBytes)) == expected)
  }

  /// RFC 2202 and RFC 4231, test case 2: the key `Jefe`.
  @Test(
    arguments: [
      (.md5, "750c783e6ab0b503eaa86e310a5db738"),
      (.sha1, "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
      (.sha256, "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    ] as [(HashAlgorithm, String)])
  func computesHMAC(_ hash: HashAlgorithm, _ expected: String) {
    let key = Array("Jefe".utf8)
    let data = Array("what do ya want for nothing?".utf8)
    #expect(hex(cryptography.hmac(hash, key: key.messageBytes, data.messageBytes)) == expected)
  }

  /// With no key at all OpenSSL would use the last one. The digests are OpenSSL's command's.
  @Test func doesNotTakeTheLastKeyForNone() {
    let key: [UInt8] = [1, 2, 3]
    let data = Array("abc".utf8)
    _ = cryptography.hmac(.sha1, key: key.messageBytes, data.messageBytes)
    let none: [UInt8] = []
    #expect(
      hex(cryptography.hmac(.sha1, key: none.messageBytes, data.messageBytes))
        == "9b4a918f398d74d3e367970aba3cbe54e4d2b5d9")
    #expect(
      hex(cryptography.hmac(.sha1, key: none.messageBytes, none.messageBytes))
        == "fbdb1d1b18aa6c08324b7d64b71fb76370690e1d")
  }

  /// NIST SP 800-38A, F.2.1 and F.2.2.
  @Test func encryptsAndDecryptsInPlace() throws {
    let vector = try FixtureVector("Fixtures/ipmi/sp800-38a-aes.txt")
    let plain = try vector.bytes("plain")
    let key = try vector.bytes("key")
    let vectorBytes = try vector.bytes("initialization-vector")
    let initial = Octets16(padding: vectorBytes.messageBytes)
    // What stands before the blocks stays.
    var bytes: [UInt8] = [9, 9, 9] + plain
    cryptography.encryptAES128CBC(
      key: key.messageBytes, initializationVector: initial, &bytes, from: 3)
    let encrypted = try vector.bytes("encrypted")
    #expect(bytes == [9, 9, 9] + encrypted)
    cryptography.decryptAES128CBC(
      key: key.messageBytes, initializationVector: initial, &bytes, from: 3)
    #expect(bytes == [9, 9, 9] + plain)
    var nothing: [UInt8] = []
    cryptography.encryptAES128CBC(
      key: key.messageBytes, initializationVector: initial, &nothing, from: 0)
    #expect(nothing.isEmpty)
  }

  @Test func isUsedFromManyTasks() async {
    let cryptography = self.cryptography
    let agreed = await withTaskGroup(of: Bool.self) { group in
      for number in UInt8(0)..<16 {
        group.addTask {
          let key = [UInt8](repeating: number, count: 20)
          let expected = cryptography.hmac(.sha256, key: key.messageBytes, key.messageBytes)
          return (0..<500).allSatisfy { _ in
            cryptography.hmac(.sha256, key: key.messageBytes, key.messageBytes) == expected
          }
        }
      }
      return await group.reduce(true) { $0 && $1 }
    }
    #expect(agreed)
  }

  @Test func namesThePackageOfALibraryThatIsMissing() {
    #expect(throws: LibraryError.missing(library: "libabsent.so.9", package: "libssl3")) {
      _ = try Libcrypto("libabsent.so.9")
    }
    #expect(throws: LibraryError.unsuitable(library: "libc.so.6", symbol: "EVP_MAC_fetch")) {
      _ = try Libcrypto("libc.so.6")
    }
  }

  private func hex(_ digest: Digest) -> String {
    digest.bytes.copied.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }
}
