import Support
import Testing

@testable import crimp

/// Commands to the console among what is typed.
@Suite struct EscapeReaderTests {
  private typealias Event = EscapeReader.Event

  private func read(_ text: String, _ reader: EscapeReader) -> [Event] {
    var reader = reader
    return reader.read(Array(text.utf8))
  }

  @Test(
    arguments: [
      ("ls ~.\r", [.characters(Array("ls ~.\r".utf8))]),
      ("~.", [.command(.end)]),
      ("\r~B", [.characters([13]), .command(.sendBreak)]),
      ("\n~?x", [.characters([10]), .command(.help), .characters([120])]),
      ("~~.", [.characters(Array("~.".utf8))]),
      ("~x", [.characters(Array("~x".utf8))]),
      // The line is still empty behind a command.
      ("~B~B", [.command(.sendBreak), .command(.sendBreak)]),
      ("~", []),
      ("", []),
    ] as [(String, [EscapeReader.Event])])
  func readsACommandAtTheBeginningOfALineOnly(_ text: String, _ events: [EscapeReader.Event]) {
    #expect(read(text, EscapeReader(character: UInt8(ascii: "~"))) == events)
  }

  @Test func passesEverythingOnWithoutAnEscapeCharacter() {
    #expect(read("\r~.", EscapeReader(character: nil)) == [.characters(Array("\r~.".utf8))])
  }

  /// However what is typed is cut into pieces, the same is meant.
  @Test(arguments: 1...50)
  func piecesMeanTheSame(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    let typed = (0..<60).map { _ in Array("~.B?\r\nax".utf8).randomElement(using: &random) ?? 0 }
    func parts(_ events: [Event]) -> [Event] {
      events.flatMap { event -> [Event] in
        guard case .characters(let characters) = event else { return [event] }
        return characters.map { .characters([$0]) }
      }
    }
    var whole = EscapeReader(character: UInt8(ascii: "~"))
    var pieces = whole
    var rest = typed[...]
    var events: [Event] = []
    while !rest.isEmpty {
      let count = Int.random(in: 1...5, using: &random)
      events += pieces.read(rest.prefix(count))
      rest = rest.dropFirst(count)
    }
    #expect(parts(events) == parts(whole.read(typed)))
  }

  @Test(
    arguments: [
      ("~", 0x7e), ("^]", 0x1d), ("^a", 1), ("none", nil),
    ] as [(String, UInt8?)])
  func theCharacterIsReadFromAnArgument(_ text: String, _ character: UInt8?) {
    #expect(EscapeCharacter(argument: text)?.character == character)
    #expect(EscapeCharacter(argument: text) != nil)
  }

  @Test(arguments: ["", "ab", " ", "^^^", "^ "])
  func whatIsNoCharacterIsRefused(_ text: String) {
    #expect(EscapeCharacter(argument: text) == nil)
  }
}
