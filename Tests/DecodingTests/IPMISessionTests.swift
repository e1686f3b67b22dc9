import CaptureFile
import Decoding
import IPMI
import LinkLayer
import OpenSSL
import Support
import Testing

/// The recorded sessions of the originals, opened with their password.
@Suite("IPMI's sessions") struct IPMISessionTests {
  @Test("are verified and decrypted, each suite", arguments: [1, 2, 3, 6, 11])
  func opens(suite: Int) throws {
    let lines = try lines("2.0-suite-\(suite)", password: "test")
    let commands = lines.filter { $0.contains("RMCP+ session") }
    #expect(!commands.isEmpty)
    #expect(commands.contains { $0.contains("Get Chassis Status response") })
    #expect(!lines.contains { $0.contains("encrypted,") || $0.contains("not of this password") })
  }

  @Test("of another password are told so, and stay closed")
  func wrongPassword() throws {
    let lines = try lines("2.0-suite-3", password: "wrong")
    #expect(lines.contains { $0.contains("RAKP 2, not of this password") })
    #expect(lines.contains { $0.contains("IPMI message, encrypted, length") })
    #expect(!lines.contains { $0.contains("Get Chassis Status") })
  }

  @Test("of IPMI 1.5 are held against the password")
  func version15() throws {
    let complaint = "code not of this password"
    #expect(try !lines("1.5-md5", password: "test").contains { $0.contains(complaint) })
    #expect(try lines("1.5-md5", password: "wrong").contains { $0.contains(complaint) })
  }

  @Test("refuse a packet of which a bit was changed")
  func forged() throws {
    var frames = try Frames("Fixtures/ipmi/sessions/2.0-suite-3.pcap").frames
    let last = frames.count - 1
    frames[last].bytes[frames[last].bytes.count - 20] ^= 1
    var decoder = try decoder("test")
    let lines = frames.map { decoder.line($0.bytes, linkType: $0.linkType) }
    #expect(lines[last].contains("refused"))
    #expect(lines[last - 1].contains("decrypted"))
  }

  @Test("have fields for what was under the encryption, in the place of the payload")
  func fields() throws {
    var decoder = try decoder("test")
    var found = false
    for frame in try Frames("Fixtures/ipmi/sessions/2.0-suite-3.pcap").frames {
      let decoded = decoder.fields(of: frame.bytes.rawBytes, linkType: frame.linkType)
      guard let command = decoded.first("ipmi.header.command"),
        decoded.first("ipmi_session.payloadtype.enc")?.value == .flag(true)
      else { continue }
      found = true
      #expect(command.range.upperBound <= frame.bytes.count)
      #expect(!command.range.isEmpty)
    }
    #expect(found)
  }

  private func lines(_ name: String, password: String) throws -> [String] {
    var decoder = try decoder(password)
    return try Frames("Fixtures/ipmi/sessions/\(name).pcap").frames.map {
      decoder.line($0.bytes, linkType: $0.linkType)
    }
  }

  private func decoder(_ password: String) throws -> FrameDecoder {
    FrameDecoder(
      ipmiKeys: IPMIKeys(
        password: try Secret(password, atMost: 20), cryptography: try OpenSSLCryptography()))
  }
}
