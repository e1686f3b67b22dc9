import IPMI

/// `dcmi power …`: what the machine draws, and what it may draw.
enum DCMIPowerWords {
  private static let expected =
    "expected reading, get_limit, set_limit, activate or deactivate"

  /// Reads what follows `power`.
  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let word = try words.next(or: .wrong("dcmi power: \(expected)", DCMIHelp.power))
    switch word.lowercased() {
    case "reading": return ReadPower(period: try period(words.next()))
    case "get_limit": return ShowPowerLimit()
    case "set_limit": return try limit(&words)
    case "activate": return SwitchPowerLimit(isActive: true)
    case "deactivate": return SwitchPowerLimit(isActive: false)
    default: throw .wrong("dcmi power \(word): \(expected)", DCMIHelp.power)
    }
  }

  private static func period(_ word: String?) throws(WordsEnd) -> DCMIPeriod? {
    guard let word else { return nil }
    guard let period = DCMIPeriod.all.first(where: { $0.name == word.lowercased() }) else {
      let names = DCMIPeriod.all.map(\.name).joined(separator: ", ")
      throw .wrong("reading \(word): expected one of \(names)", DCMIHelp.periods)
    }
    return period
  }

  private static func limit(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let expected = WordsEnd.wrong(
      "set_limit: expected action, limit, correction or sample, each with a value",
      DCMIHelp.limit)
    guard words.count >= 2 else { throw expected }
    // With all four ipmitool names them in capitals when they are wrong.
    let isWhole = words.count == 8
    var change = SetPowerLimitParts()
    while let name = words.next() {
      let value = try words.next(or: expected)
      let title = isWhole ? name.prefix(1).uppercased() + name.dropFirst() : name
      switch name.lowercased() {
      case "action": change.action = try action(value, title)
      case "limit": change.watts = try DCMIWords.number(value, title)
      case "correction": change.correctionMilliseconds = try DCMIWords.number(value, title)
      case "sample": change.samplingSeconds = try DCMIWords.number(value, title)
      default: throw expected
      }
    }
    return change
  }

  private static func action(
    _ word: String, _ title: String
  ) throws(WordsEnd) -> PowerLimit.ExceptionAction {
    switch word.lowercased() {
    case "no_action": return .none
    case "power_off": return .hardPowerOff
    case "sel_logging": return .log
    default: break
    }
    if word.lowercased().hasPrefix("oem_"), let number = UInt8(word.dropFirst(4), radix: 16),
      (0x02...0x10).contains(number)
    {
      return PowerLimit.ExceptionAction(rawValue: number)
    }
    throw .wrong(
      "action \(word): expected no_action, power_off, sel_logging, or oem_02 to oem_10",
      "Given \(title) '\(word)' is invalid.")
  }
}
