/// What `dcmi` and its words are, as ipmitool prints it.
enum DCMIHelp {
  /// `dcmi`.
  static let group = list(
    "Data Center Management Interface commands",
    [
      ("discover", "Used to discover supported DCMI capabilities"),
      ("power", "Platform power limit command options"),
      ("sensors", "Prints the available DCMI sensors"),
      ("asset_tag", "Prints the platform's asset tag"),
      ("set_asset_tag", "Sets the platform's asset tag"),
      ("get_mc_id_string", "Get management controller ID string"),
      ("set_mc_id_string", "Set management controller ID string"),
      ("thermalpolicy", "Thermal policy get/set"),
      ("get_temp_reading", "Get Temperature Readings"),
      ("get_conf_param", "Get DCMI Config Parameters"),
      ("set_conf_param", "Set DCMI Config Parameters"),
      ("oob_discover", "Ping/Pong Message for DCMI Discovery"),
    ])

  /// `dcmi power`.
  static let power = list(
    "power <command>",
    [
      ("reading", "Get power related readings from the system"),
      ("get_limit", "Get the configured power limits"),
      ("set_limit", "Set a power limit option"),
      ("activate", "Activate the set power limit"),
      ("deactivate", "Deactivate the set power limit"),
    ])

  /// `dcmi power set_limit`.
  static let limit = list(
    "set_limit <parameter> <value>",
    [
      ("action", "<no_action | sel_logging | power_off>"), ("limit", "<number in Watts>"),
      ("correction", "<number in milliseconds>"), ("sample", "<number in seconds>"),
    ])

  /// `dcmi power reading PERIOD`.
  static let periods =
    "\nInvalid sample time. Valid times are: \n"
    + DCMIPeriod.all.map { "    \($0.name)    " }.joined(separator: "\n")

  /// `dcmi thermalpolicy`.
  static let thermalPolicy = list(
    "thermalpolicy <command>",
    [("get", "Get thermal policy"), ("set", "Set thermal policy")])

  /// `dcmi thermalpolicy set`.
  static let setThermalPolicy = list(
    "Set thermalpolicy instance parameters: <volatile/nonvolatile/disabled> "
      + "<poweroff/nopoweroff/disabled> <sel/nosel/disabled> <templimitByte> <exceptionTime>",
    [
      ("volatile", "Current Power Cycle"), ("nonvolatile", "Set across power cycles"),
      ("poweroff", "Hard Power Off system"), ("nopoweroff", "No 'Hard Power Off' action"),
      ("sel", "Log event to SEL"), ("nosel", "No 'Log event to SEL' action"),
      ("disabled", "Disabled"),
    ])

  /// `dcmi set_conf_param`.
  static let configuration = list(
    "DCMI Configuration Parameters",
    [
      ("activate_dhcp", "\tActivate DHCP"), ("dhcp_config", "\tDHCP Configuration"),
      ("init", "\t\tInitial timeout interval"), ("timeout", "\t\tServer contact timeout interval"),
      ("retry", "\t\tServer contact retry interval"),
    ])

  private static func list(_ title: String, _ words: [(String, String)]) -> String {
    "\n\(title)\n" + words.map { "    \($0.0)    \($0.1)\n" }.joined()
  }
}

/// A period over which power is averaged. DCMI 1.5, table 6-3.
struct DCMIPeriod: Sendable {
  /// The byte for it.
  var number: UInt8
  /// ipmitool's word.
  var name: String

  static let all = [
    DCMIPeriod(number: 0x05, name: "5_sec"), DCMIPeriod(number: 0x0f, name: "15_sec"),
    DCMIPeriod(number: 0x1e, name: "30_sec"), DCMIPeriod(number: 0x41, name: "1_min"),
    DCMIPeriod(number: 0x43, name: "3_min"), DCMIPeriod(number: 0x47, name: "7_min"),
    DCMIPeriod(number: 0x4f, name: "15_min"), DCMIPeriod(number: 0x5e, name: "30_min"),
    DCMIPeriod(number: 0x81, name: "1_hour"),
  ]
}
