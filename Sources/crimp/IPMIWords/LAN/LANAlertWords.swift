import IPMI

/// `lan alert …`: where a channel's alerts go.
enum LANAlertWords {
  /// What ipmitool says of the completion codes of LAN parameters.
  static let meanings: [UInt8: String] = [0x80: "Unsupported parameter"]

  private static let printHelp = """

    usage: lan alert print [channel number] [alert destination]

    Default will print all alerts for the first found LAN channel
    """

  private static let setHelp = """

    usage: lan alert set <channel number> <alert destination> <command> <parameter>

        Command/parameter options:

        ipaddr <x.x.x.x>               Set alert IP address
        macaddr <x:x:x:x:x:x>          Set alert MAC address
        gateway <default|backup>       Set channel gateway to use for alerts
        ack <on|off>                   Set Alert Acknowledge on or off
        type <pet|oem1|oem2>           Set destination type as PET or OEM
        time <seconds>                 Set ack timeout or unack retry interval
        retry <number>                 Set number of alert retries

    """

  /// Reads what follows `alert`.
  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = printHelp + "\n" + setHelp
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .wrong("lan alert: expected print or set", help))
    switch word.lowercased() {
    case "print":
      guard !words.takesHelp() else { throw .help(printHelp) }
      let channel = try words.next().map { word throws(WordsEnd) in try channelNumber(word) }
      let destination = try words.next().map { word throws(WordsEnd) in try self.destination(word) }
      return ShowLANAlerts(channel: channel, destination: destination)
    case "set": return try set(&words)
    default: throw .wrong("lan alert \(word): expected print or set", "", status: 0)
    }
  }

  private static func channelNumber(_ word: String) throws(WordsEnd) -> UInt8 {
    try LANWords.channelNumber(word) { "Channel \($0) is not a LAN channel" }
  }

  private static func destination(_ word: String) throws(WordsEnd) -> UInt8 {
    guard let number = WordNumber.parse(word, as: UInt8.self) else {
      throw .wrong("lan alert \(word): expected a destination, 0 to 15", "Invalid alert: \(word)")
    }
    guard number <= 15 else {
      throw .wrong(
        "lan alert \(number): expected a destination, 0 to 15",
        "Alert \(number) is not a valid destination")
    }
    return number
  }

  private static func set(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let expected = WordsEnd.wrong(
      "lan alert set: expected CHANNEL DESTINATION and ipaddr, macaddr, gateway, ack, type, time or "
        + "retry, with a value", setHelp)
    guard words.count >= 4 else { throw expected }
    guard !words.takesHelp() else { throw .help(setHelp) }
    guard let first = words.next(), let second = words.next(), let verb = words.next(),
      let value = words.next()
    else { throw expected }
    let (channel, destination) = (try channelNumber(first), try destination(second))
    guard verb != "help", value != "help" else { throw .help(setHelp) }
    guard let change = try change(verb.lowercased(), value) else { throw expected }
    return SetLANAlert(channel: channel, destination: destination, change: change)
  }

  /// What a word and its value change; nil when they are none.
  private static func change(
    _ verb: String, _ value: String
  ) throws(WordsEnd) -> LANAlertChange? {
    switch verb {
    case "ipaddr": return LANParameter.IPv4(value).map { .address($0) }
    case "macaddr": return LANParameter.HardwareAddress(value).map { .hardwareAddress($0) }
    case "gateway":
      return ["def": false, "default": false, "bak": true, "backup": true][value.lowercased()]
        .map { .gateway(isBackup: $0) }
    case "ack":
      return ["on": true, "yes": true, "off": false, "no": false][value.lowercased()]
        .map { .acknowledgement($0) }
    case "type":
      return ["pet": 0, "oem1": 6, "oem2": 7][value.lowercased()].map { .type($0) }
    case "time": return .time(try number(verb, value))
    case "retry": return .retries(try number(verb, value) & 0x07)
    default: return nil
    }
  }

  private static func number(_ verb: String, _ value: String) throws(WordsEnd) -> UInt8 {
    guard let number = WordNumber.parse(value, as: UInt8.self) else {
      throw .wrong("lan alert set \(verb) \(value): expected 0 to 255", "Invalid \(verb): \(value)")
    }
    return number
  }
}
