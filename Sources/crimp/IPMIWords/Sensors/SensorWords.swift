import IPMI

/// `sensor …`: readings with their thresholds, and thresholds set.
enum SensorWords {
  static let group = WordGroup(
    names: ["sensor"], summary: "Print detailed sensor information",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected = "expected list, get, reading or thresh"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard let word = words.next() else { return ListSensors(style: words.style) }
    switch word {
    case "help", "--help", "-h": throw .help("Sensor Commands:  list thresh get reading")
    case "list": return ListSensors(style: words.style)
    case "thresh": return try thresholds(&words)
    case "get": return try get(&words)
    case "reading": return try reading(&words)
    default: throw .wrong("sensor \(word): \(expected)", "Invalid sensor command: \(word)")
    }
  }

  private static func get(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = "sensor get <id> ... [id]\n   id        : name of desired sensor"
    guard words.first != "help", words.first != "--help" else { throw .help(help) }
    let names = words.remaining()
    guard !names.isEmpty else { throw .missing("sensor get: expected a sensor's name", help: help) }
    return GetSensors(names: names, style: words.style)
  }

  private static func reading(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = "sensor reading <id> ... [id]\n   id        : name of desired sensor"
    guard words.first != "help", words.first != "--help" else { throw .help(help, status: 1) }
    let names = words.remaining()
    guard !names.isEmpty else { throw .wrong("sensor reading: expected a sensor's name", help) }
    return ReadSensors(names: names)
  }

  // MARK: Thresholds

  private static func thresholds(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard words.first != "help", words.first != "--help" else { throw .help(thresholdHelp) }
    guard words.count >= 3, let name = words.next(), let which = words.next() else {
      throw .wrong(
        "sensor thresh: expected a sensor's name, a threshold and a number", thresholdHelp,
        status: 0)
    }
    switch which {
    case "upper":
      return try several(
        name, which, [.upperNonCritical, .upperCritical, .upperNonRecoverable], &words)
    case "lower":
      return try several(
        name, which, [.lowerNonRecoverable, .lowerCritical, .lowerNonCritical], &words)
    default: return try one(name, which, &words)
    }
  }

  private static func several(
    _ name: String, _ which: String, _ thresholds: [Threshold], _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let names = thresholds.map { "<\($0.key)>" }.joined(separator: " ")
    guard words.count >= thresholds.count else {
      throw .wrong(
        "sensor thresh \(which): expected three numbers, \(names)",
        "usage: sensor thresh <id> \(which) \(names)")
    }
    var settings: [SetThresholds.Setting] = []
    // ipmitool names the lower ones in the other order when it complains.
    let complaints = which == "lower" ? ["lnc", "lcr", "lnr"] : thresholds.map(\.key)
    for (threshold, complaint) in zip(thresholds, complaints) {
      let word = words.next() ?? ""
      settings.append(
        .init(
          threshold: threshold,
          value: try number(
            word, "sensor thresh \(which) \(threshold.key)",
            "Given \(complaint) '\(word)' is invalid.")))
    }
    return SetThresholds(name: name, settings: settings, checksOrder: false)
  }

  private static func one(
    _ name: String, _ which: String, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    guard let threshold = Threshold.all.first(where: { $0.key == which }) else {
      throw .wrong(
        "sensor thresh \(which): expected unr, ucr, unc, lnc, lcr, lnr, upper or lower",
        "Valid threshold '\(which)' for sensor '\(name)' not specified!")
    }
    let word = words.next() ?? ""
    let value = try number(
      word, "sensor thresh \(which)", "Given \(which) threshold value '\(word)' is invalid.")
    return SetThresholds(
      name: name, settings: [.init(threshold: threshold, value: value)], checksOrder: true)
  }

  private static func number(
    _ word: String, _ place: String, _ original: String
  ) throws(WordsEnd) -> Double {
    guard let value = Double(word), value.isFinite else {
      throw .wrong("\(place) \(word): expected a number", original)
    }
    return value
  }

  private static let thresholdHelp = """
    sensor thresh <id> <threshold> <setting>
       id        : name of the sensor for which threshold is to be set
       threshold : which threshold to set
                     unr = upper non-recoverable
                     ucr = upper critical
                     unc = upper non-critical
                     lnc = lower non-critical
                     lcr = lower critical
                     lnr = lower non-recoverable
       setting   : the value to set the threshold to

    sensor thresh <id> lower <lnr> <lcr> <lnc>
       Set all lower thresholds at the same time

    sensor thresh <id> upper <unc> <ucr> <unr>
       Set all upper thresholds at the same time

    """
}
