import Drivers
import IPMI

/// `lan …`: a channel's addresses, and how it is used.
enum LANWords {
  static let group = WordGroup(
    names: ["lan"], summary: "Configure LAN Channels",
    read: { words throws(WordsEnd) in try read(&words) })

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.group) }
    let word = try words.next(or: .wrong("lan: \(expected)", LANHelp.group))
    switch word {
    case "print", "printconf": return try print(words.next())
    case "set": return try LANSetWords.read(&words)
    case "alert": return try LANAlertWords.read(&words)
    case "stats": return try statistics(&words)
    default: throw .wrong("lan \(word): \(expected)", "Invalid LAN command: \(word)")
    }
  }

  private static let expected = "expected print, set, alert or stats"

  private static func statistics(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let end = WordsEnd.wrong("lan stats: expected get or clear", LANHelp.group)
    let verb = try words.next(or: end)
    let channel = try words.next().map { word throws(WordsEnd) in
      try channelNumber(word) { "Invalid channel: \($0)" }
    }
    guard verb == "get" || verb == "clear" else { throw end }
    return LANStatistics(channel: channel, clears: verb == "clear")
  }

  private static func print(_ word: String?) throws(WordsEnd) -> any IPMIOperation {
    guard let word else { return ShowLAN(channel: nil) }
    let number = try channelNumber(word) { "Invalid channel: \($0)" }
    return ShowLAN(channel: ChannelNumber(rawValue: number))
  }

  /// Reads `word` as the number of a channel that can be a LAN.
  static func channelNumber(
    _ word: String, _ original: (UInt8) -> String
  ) throws(WordsEnd) -> UInt8 {
    let line = "channel \(word): expected 1 to 14"
    guard let number = WordNumber.parse(word, as: UInt8.self) else {
      throw .wrong(line, "Invalid channel: \(word)")
    }
    guard (1...14).contains(number) else { throw .wrong(line, original(number)) }
    return number
  }

  /// The channel of this number, if it is a LAN.
  static func channel(
    _ number: UInt8, on bmc: any BMCTransport
  ) async throws(OperationFailure) -> ChannelNumber {
    let channel = ChannelNumber(rawValue: number)
    var complaints: [String] = []
    guard try await LANChannel.check(channel, on: bmc, &complaints) else {
      throw LANChannel.failure(
        complaints + ["Channel \(number) is not a LAN channel!", LANHelp.set])
    }
    return channel
  }
}
