import IPMI

/// `dcmi …`: the Data Center Manageability Interface.
enum DCMIWords {
  static let group = WordGroup(
    names: ["dcmi"], summary: "Data Center Management Interface",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected =
    "expected discover, power, sensors, asset_tag, set_asset_tag, get_mc_id_string, "
    + "set_mc_id_string, thermalpolicy, get_temp_reading, get_conf_param or set_conf_param"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(DCMIHelp.group, status: 1) }
    let word = try words.next(or: .wrong("dcmi: \(expected)", DCMIHelp.group))
    switch word.lowercased() {
    case "discover": return DiscoverDCMI()
    case "power": return try DCMIPowerWords.read(&words)
    case "sensors": return ShowDCMISensors(style: words.style)
    case "asset_tag": return ShowDCMIText(text: .assetTag)
    case "set_asset_tag": return try setText(.assetTag, &words)
    case "get_mc_id_string": return ShowDCMIText(text: .controllerName)
    case "set_mc_id_string": return try setText(.controllerName, &words)
    case "thermalpolicy": return try thermalPolicy(&words)
    case "get_temp_reading": return ReadTemperatures()
    case "get_conf_param": return ShowDCMIConfiguration()
    case "set_conf_param": return try configuration(&words)
    default: throw .wrong("dcmi \(word): \(expected)", DCMIHelp.group)
    }
  }

  private static func setText(
    _ kind: DCMITextKind, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let text = try words.next(
      or: .wrong("dcmi: expected a text of up to \(kind.limit) bytes", DCMIHelp.group))
    guard text.utf8.count <= kind.limit else {
      throw .wrong(
        "dcmi \(text): expected a text of up to \(kind.limit) bytes",
        "\nValue is too long.\n" + kind.setFailure)
    }
    return SetDCMIText(text: kind, value: text)
  }

  // MARK: Thermal policy

  private static func thermalPolicy(
    _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let verb = words.next() ?? "get"
    switch verb.lowercased() {
    case "get":
      guard words.count >= 2 else {
        throw .wrong(
          "thermalpolicy get: expected an entity and an instance", "Get <entityID> <instanceID>")
      }
      return ShowThermalPolicy(entity: try entity(&words))
    case "set":
      guard words.count >= 2 else {
        throw .wrong(
          "thermalpolicy set: expected an entity and an instance", "Set <entityID> <instanceID>")
      }
      return try setThermalPolicy(&words)
    default:
      throw .wrong("thermalpolicy \(verb): expected get or set", DCMIHelp.thermalPolicy)
    }
  }

  private static func entity(_ words: inout WordReader) throws(WordsEnd) -> EntityID {
    EntityID(
      kind: try number(words.next(), "Entity ID"), instance: try number(words.next(), "Instance ID")
    )
  }

  /// Reads `word` as a number; `name` is what ipmitool calls it.
  static func number<Integer: FixedWidthInteger & UnsignedInteger>(
    _ word: String?, _ name: String
  ) throws(WordsEnd) -> Integer {
    let word = word ?? ""
    guard let number = WordNumber.parse(word, as: Integer.self) else {
      throw .wrong(
        "\(name.lowercased()) \(word): expected 0 to \(Integer.max)",
        "Given \(name) '\(word)' is invalid.")
    }
    return number
  }

  private static func setThermalPolicy(
    _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    guard words.count >= 7 else {
      throw .wrong(
        "thermalpolicy set: expected ENTITY INSTANCE volatile|nonvolatile poweroff|nopoweroff "
          + "sel|nosel DEGREES SECONDS", DCMIHelp.setThermalPolicy)
    }
    let entity = try entity(&words)
    var actions: ThermalLimit.Actions = []
    for (name, action) in [
      ("volatile", ThermalLimit.Actions.isPersistent), ("poweroff", .powerOff), ("sel", .log),
    ] {
      if try isOn(words.next() ?? "", name) { actions.insert(action) }
    }
    return SetThermalPolicy(
      entity: entity,
      limit: ThermalLimit(
        actions: actions, celsius: try number(words.next(), "Temp Limit"),
        exceptionSeconds: try number(words.next(), "Sampling Time")))
  }

  /// Whether the word for one of the three choices says yes.
  private static func isOn(_ word: String, _ name: String) throws(WordsEnd) -> Bool {
    let choices: [String: Bool] =
      name == "volatile"
      ? ["nonvolatile": true, "volatile": false, "disabled": false]
      : [name: true, "no" + name: false, "disabled": false]
    guard let choice = choices[word.lowercased()] else {
      throw .wrong(
        "thermalpolicy \(word): expected one of \(choices.keys.sorted().joined(separator: ", "))",
        DCMIHelp.setThermalPolicy)
    }
    return choice
  }

  // MARK: Configuration

  private static func configuration(
    _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    let expected = WordsEnd.wrong(
      "set_conf_param: expected activate_dhcp, or dhcp_config, init, timeout or retry with a number",
      DCMIHelp.configuration)
    let name = try words.next(or: expected)
    if name == "activate_dhcp" {
      return SetDCMIConfiguration(parameter: .activateDHCP, value: [1])
    }
    guard let word = words.next(), name != "help" else { throw expected }
    switch name.lowercased() {
    case "dhcp_config":
      return SetDCMIConfiguration(
        parameter: .discoveryConfiguration, value: [try number(word, name)])
    case "init":
      return SetDCMIConfiguration(parameter: .initialTimeout, value: [try number(word, name)])
    case "timeout", "retry":
      let seconds: UInt16 = try number(word, name)
      var value: [UInt8] = []
      value.append(littleEndian: seconds)
      return SetDCMIConfiguration(
        parameter: name.lowercased() == "retry" ? .serverRetry : .serverTimeout, value: value)
    default: throw expected
    }
  }
}
