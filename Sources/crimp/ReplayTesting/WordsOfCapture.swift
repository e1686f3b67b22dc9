/// What a capture may say of the command that takes a host's place.
///
/// A capture comes from anybody. The command that it names runs as whoever tests it: it may speak on the link
/// that the test plays, and do nothing else, so that no program runs, no file is written and none is read that
/// the caller did not name. `--machine` on the command line may say all.
enum WordsOfCapture {
  /// - Throws: which word is not taken from a file.
  static func check(_ words: [String]) throws(CommandFailure) {
    guard let name = words.first else { return }
    guard commands.contains(name) else { throw refusal("the command \(name)") }
    var operands: [String] = []
    for word in words.dropFirst() {
      guard word.hasPrefix("-"), word.utf8.count > 1 else {
        operands.append(word)
        continue
      }
      let option = String(word.prefix { $0 != "=" })
      guard isHarmless(option) else { throw refusal("\(name)'s \(option)") }
    }
    guard name == "ipmi" else { return }
    if let word = operands.first(where: { ipmiWordsForFiles.contains($0) }) {
      throw refusal("ipmi's \(word)")
    }
  }

  private static func refusal(_ what: String) -> CommandFailure {
    CommandFailure(
      .noInput,
      "it names \(what), which is not taken from a file: say by --machine what stands in for the "
        + "host")
  }

  private static func isHarmless(_ option: String) -> Bool {
    if option.hasPrefix("--") { return options.contains(String(option.dropFirst(2))) }
    return option.dropFirst().allSatisfy { letters.contains($0) || $0.isNumber || $0 == "." }
  }

  /// Those that speak on a link, and those that talk to a controller.
  private static let commands: Set = [
    "announce", "probe", "ping", "scan", "wake", "watch", "discover", "power", "ipmi", "console",
    "bmc",
  ]

  /// Of all these commands, what names no file, no program and no place where either is looked for.
  private static let options = Set(
    """
    address again all announcements any-network attempts authentication backoff bandwidth bridge broadcast \
    claim closing confirm count csv deadline defend destination escape fast force foreground host instance \
    interface interval json keep-alive latency limit linger loss lun mac memory minimum-suite misbehave \
    network new no-advertisement no-announcements no-directed no-ping no-reattach no-reply no-request \
    no-vendor notify null-user off on-if-off or-power-on per-message-off port ports power-delay privilege \
    protocol quiet quirk random rate raw read-only reorder repeat retransmit retry router seed sensors \
    session-timeout silent slots source steady suites take-over tcp timeout timestamps to unicast user utc \
    verbose vlan wait window within
    """.split(separator: " ").map(String.init))

  /// Their short forms, a number behind them included.
  private static let letters = Set("146cHiquvw")

  /// ipmitool's words after which a file is read or written.
  private static let ipmiWordsForFiles: Set = [
    "exec", "save", "writeraw", "readraw", "add", "dump", "fill", "read", "write", "edit",
    "upgEkey", "import", "export", "shell", "set",
  ]
}
