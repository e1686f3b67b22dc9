/// Picks commands to the console out of what is typed: an escape character at the beginning of a line,
/// and a letter behind it, as ssh and ipmitool have it.
struct EscapeReader {
  /// What is typed, in its order.
  enum Event: Equatable {
    /// For the machine.
    case characters([UInt8])
    /// For the console.
    case command(Command)
  }

  /// What the console can be told.
  enum Command: Hashable {
    case end, help, suspend, suspendRaw, sendBreak, ring, carrier, flush, status
  }

  /// The escape character; nil when nothing is picked out.
  let character: UInt8?
  private let commands: [UInt8: Command]
  private var isAtLineStart = true
  private var hasEscape = false

  /// Picks out `commands` behind `character`.
  init(character: UInt8?, commands: [UInt8: Command] = EscapeReader.all) {
    self.character = character
    self.commands = commands
  }

  /// Every command, by its letter.
  static let all: [UInt8: Command] = [
    UInt8(ascii: "."): .end, UInt8(ascii: "?"): .help, 0x1a: .suspend,
    UInt8(ascii: "B"): .sendBreak, UInt8(ascii: "R"): .ring, UInt8(ascii: "C"): .carrier,
    UInt8(ascii: "F"): .flush, UInt8(ascii: "S"): .status,
  ]

  /// Those that the original ipmitool has.
  static let ofIpmitool: [UInt8: Command] = [
    UInt8(ascii: "."): .end, UInt8(ascii: "?"): .help, 0x1a: .suspend, 0x18: .suspendRaw,
    UInt8(ascii: "B"): .sendBreak,
  ]

  /// Reads what was typed. An escape character that ends it waits for what follows.
  mutating func read(_ typed: some Sequence<UInt8>) -> [Event] {
    guard let character else {
      let characters = Array(typed)
      return characters.isEmpty ? [] : [.characters(characters)]
    }
    var events: [Event] = []
    var characters: [UInt8] = []
    for byte in typed {
      if hasEscape {
        hasEscape = false
        if let command = commands[byte] {
          if !characters.isEmpty { events.append(.characters(characters)) }
          characters = []
          events.append(.command(command))
          // The line is still as empty as it was.
          continue
        }
        // Twice it is itself; before anything else both are meant.
        if byte != character { characters.append(character) }
      } else if byte == character, isAtLineStart {
        hasEscape = true
        continue
      }
      characters.append(byte)
      isAtLineStart = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
    }
    if !characters.isEmpty { events.append(.characters(characters)) }
    return events
  }

  /// The escape character as it is shown to people: `^]` for a control character.
  var name: String {
    guard let character else { return "none" }
    return Self.name(of: character)
  }

  static func name(of character: UInt8) -> String {
    switch character {
    case ..<0x20: "^" + String(UnicodeScalar(character | 0x40))
    case 0x7f: "^?"
    default: String(UnicodeScalar(character))
    }
  }
}
