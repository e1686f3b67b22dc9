import IPMI
import Support
import Testing

@testable import crimp

/// The grammar of words, without a controller.
@Suite struct WordReaderTests {
  private func operation(_ line: String, refusesMore: Bool = true) throws -> any IPMIOperation {
    try IPMIWords.operation(
      line.split(separator: " ").map(String.init), refusesMore: refusesMore,
      secrets: SecretInput())
  }

  private func refusal(_ line: String) throws -> WordsEnd {
    try #require(throws: WordsEnd.self) { try operation(line) }
  }

  @Test(
    arguments: [
      ("0", 0), ("7", 7), ("0x1f", 31), ("0X1F", 31), ("017", 15), ("255", 255), ("256", nil),
      ("-1", nil), ("", nil), ("0x", nil), ("x", nil), ("1 ", nil), ("--1", nil), ("08", nil),
      ("0x100", nil), ("99999999999999999999", nil),
    ] as [(String, UInt8?)])
  func numbers(_ text: String, _ value: UInt8?) {
    #expect(WordNumber.parse(text, as: UInt8.self) == value)
  }

  /// Every group answers a missing word with one line that says what was expected, but for those that
  /// then tell of all they have.
  @Test func missingWords() throws {
    let complete: Set = ["sdr", "sensor", "sel", "fru"]
    for group in IPMIWords.groups {
      let name = try #require(group.names.first)
      guard !complete.contains(name) else {
        #expect(throws: Never.self) { try operation(name) }
        continue
      }
      let end = try refusal(name)
      let line = try #require(end.line)
      #expect(line.contains("expected"), "\(name)")
      #expect(!line.contains("\n"), "\(name)")
      #expect(!end.original.isEmpty, "\(name)")
    }
    #expect(try #require(try refusal("").line).contains("chassis"))
    #expect(try #require(try refusal("chasis").line).hasPrefix("chasis: expected one of"))
  }

  @Test func help() throws {
    for line in ["help", "chassis help", "lan --help", "user help", "channel --help"] {
      #expect(try refusal(line).line == nil, "\(line)")
    }
  }

  @Test func whatFollows() throws {
    #expect(try #require(try refusal("chassis status now").line) == "now: expected nothing more")
    #expect(throws: Never.self) { try operation("chassis status now", refusesMore: false) }
  }

  /// A password that does not fit is refused, never cut.
  @Test func passwordLengths() throws {
    #expect(throws: Never.self) { try operation("user set password 2 12345678901234567890") }
    for line in [
      "user set password 2 123456789012345678901", "user set password 2 12345678901234567 16",
      "lan set 1 password 12345678901234567", "user test 2 16 12345678901234567",
    ] {
      #expect(try #require(try refusal(line).line).contains("expected at most"), "\(line)")
    }
  }

  @Test func passwordsAreHidden() throws {
    var hidden: [String] = []
    _ = try IPMIWords.operation(
      ["user", "set", "password", "2", "secret"], refusesMore: true,
      secrets: SecretInput(hide: { hidden.append($0) }))
    #expect(hidden == ["secret"])
  }

  /// A prompted password is asked for twice, and must be the same.
  @Test func promptedPasswords() throws {
    var answers = ["one", "two"]
    let end = try #require(throws: WordsEnd.self) {
      try IPMIWords.operation(
        ["user", "set", "password", "2"], refusesMore: true,
        secrets: SecretInput(ask: { _ in
          answers.isEmpty ? nil : try? Secret(answers.removeFirst(), atMost: 20)
        }))
    }
    #expect(end.original == "Passwords do not match.")
  }

  /// Whatever stands there, there is an operation or one line that says why not.
  @Test func anyWords() {
    var random = SeededGenerator(seed: 7)
    let words =
      IPMIWords.groups.flatMap(\.names) + [
        "status", "power", "on", "set", "print", "1", "0", "255", "256", "0x", "-1", "ipaddr",
        "1.2.3.4", "vlan", "id", "off", "priority", "bootdev", "pxe", "options=", "options=a,,b",
        "bootparam", "get", "bootflag", "watchdog", "timeout=", "timeout=9999999999", "int=",
        "info", "handle", "all", "setaccess", "privilege=", "privilege=99", "auth", "ADMIN,", ",",
        "cipher_privs", "aaaaaaaaaaaaaaa", "", "=", "callin=on", "\u{1F980}", "setenables",
        "oem0=", "guid", "arp", "interval", "128", "policy", "identify", "force", "list", "elist",
        "first", "last", "time", "delete", "thresh", "upper", "lower", "lnr", "1e999", "nan",
        "entity", "7.1", "7.", ".", "type", "0xff", "reading", "event", "01/01/70 00:00:00",
      ]
    for _ in 0..<5000 {
      let line = (0..<Int.random(in: 0...6, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }
      do throws(WordsEnd) {
        _ = try IPMIWords.operation(line, refusesMore: true, secrets: SecretInput())
      } catch {
        #expect(error.line.map { !$0.contains("\n") } ?? true, "\(line)")
      }
    }
  }
}
