import IPMI

/// `channel …`: what a channel is, and who gets through on it.
enum ChannelWords {
  static let group = WordGroup(
    names: ["channel"], summary: "Configure Management Controller channels",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected = "expected authcap, getaccess, setaccess, info or getciphers"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .missing("channel: \(expected)", help: help))
    switch word {
    case "authcap": return try authenticationCapabilities(&words)
    case "getaccess": return try getAccess(&words)
    case "setaccess": return try setAccess(&words)
    case "info": return ShowChannel(channel: try channel(word, &words))
    case "getciphers": return try suites(&words)
    default:
      throw .wrong("channel \(word): \(expected)", "Invalid CHANNEL command: \(word)\n\n" + help)
    }
  }

  private static func channel(
    _ verb: String, _ words: inout WordReader
  ) throws(WordsEnd) -> ChannelNumber {
    guard let word = words.next() else { return .current }
    guard words.isAtEnd else { throw .wrong("channel \(verb): expected one channel", help) }
    return try WordReader.channel(word)
  }

  private static func authenticationCapabilities(
    _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    guard words.count == 2, let channel = words.next(), let level = words.next() else {
      throw .wrong("channel authcap: expected a channel and a privilege level", help)
    }
    return ShowAuthenticationCapabilities(
      channel: try WordReader.channel(channel), privilege: try WordReader.privilegeLimit(level))
  }

  private static func getAccess(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard (1...2).contains(words.count), let channel = words.next() else {
      throw .missing("channel getaccess: expected a channel, and perhaps a user", help: help)
    }
    return ShowAccess(
      channel: try WordReader.channel(channel),
      userID: try words.next().map { word throws(WordsEnd) in try WordReader.userID(word) })
  }

  private static func setAccess(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    guard words.count >= 3, let channel = words.next(), let user = words.next() else {
      throw .missing(
        "channel setaccess: expected a channel, a user, and what is to be set", help: help)
    }
    var operation = SetAccess(
      channel: try WordReader.channel(channel), userID: try WordReader.userID(user))
    while let word = words.next() { try operation.take(word) }
    return operation
  }

  private static func suites(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard (1...2).contains(words.count), let payload = words.next(),
      let type = ["ipmi": UInt8(0), "sol": 1][payload]
    else {
      throw .wrong("channel getciphers: expected ipmi or sol, and perhaps a channel", help)
    }
    return ShowCipherSuites(channel: try channel("getciphers", &words), payloadType: type)
  }

  private static let help = """
    Channel Commands: authcap   <channel number> <max privilege>
                      getaccess <channel number> [user id]
                      setaccess <channel number> <user id> [callin=on|off] [ipmi=on|off] [link=on|off] [privilege=level]
                      info      [channel number]
                      getciphers <ipmi | sol> [channel]

    Possible privilege levels are:
       1   Callback level
       2   User level
       3   Operator level
       4   Administrator level
       5   OEM Proprietary level
      15   No access
    """
}
