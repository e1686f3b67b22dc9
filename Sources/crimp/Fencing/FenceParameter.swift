/// A parameter of the fence agent: its names on the command line, on standard input and in the metadata.
///
/// Those that fence_ipmilan has too have its names, letters and types, so that a cluster's configuration
/// goes on with another agent's name.
struct FenceParameter {
  /// What a value looks like.
  enum Kind {
    case string, integer, second, boolean
    case select([String])
  }

  /// The name on standard input; the long option has dashes for its underscores.
  var name: String
  /// The name that it had before, still understood.
  var oldName: String?
  var letter: Character?
  var kind = Kind.string
  /// What stands for the value in the help.
  var valueName = "value"
  var standard: String?
  /// What it is for, in a sentence.
  var words: String

  /// Whether it is given without a value on the command line.
  var isFlag: Bool { if case .boolean = kind { true } else { false } }

  /// The long option, without its dashes.
  var option: String { name.replacing("_", with: "-") }

  /// The option as the help shows it.
  var usage: String {
    let long = isFlag ? "--\(option)" : "--\(option)=[\(valueName)]"
    return letter.map { "-\($0), \(long)" } ?? long
  }

  /// The parameter of this name, old or new, written with dashes or underscores.
  static func named(_ name: String) -> FenceParameter? {
    let plain = name.replacing("-", with: "_")
    return all.first { $0.name == plain || $0.oldName == plain }
  }

  static let all = [
    FenceParameter(
      name: "action", letter: "o", valueName: "action", standard: "reboot",
      words:
        "What to do: on, off, reboot, status, list, list-status, monitor, validate-all, metadata"),
    FenceParameter(
      name: "ip", oldName: "ipaddr", letter: "a", valueName: "ip",
      words: "IP address or name of the management controller"),
    FenceParameter(
      name: "ipport", letter: "u", kind: .integer, valueName: "port", standard: "623",
      words: "UDP port of the management controller"),
    FenceParameter(
      name: "plug", oldName: "port", letter: "n", valueName: "name",
      words: "The host, by its name in the configuration file, or by the controller's address"),
    FenceParameter(
      name: "port_as_ip", kind: .boolean, words: "The plug is the controller's address or name"),
    FenceParameter(
      name: "config", valueName: "file",
      words: "File with the settings of hosts, each under its plug's name: crimp-power(8)"),
    FenceParameter(
      name: "username", oldName: "login", letter: "l", valueName: "name",
      words: "User of the management controller"),
    FenceParameter(
      name: "password", oldName: "passwd", letter: "p", valueName: "password",
      words: "The user's password; better a file or a script"),
    FenceParameter(
      name: "password_file", valueName: "file", words: "File whose first line is the password"),
    FenceParameter(
      name: "password_script", oldName: "passwd_script", letter: "S", valueName: "script",
      words: "Command that prints the password"),
    FenceParameter(
      name: "hexadecimal_kg", valueName: "key",
      words: "The controller's key Kg in hexadecimal digits"),
    FenceParameter(
      name: "lanplus", letter: "P", kind: .boolean,
      words: "IPMI 2.0 and nothing else; without it 1.5 where there is no 2.0"),
    FenceParameter(
      name: "cipher", letter: "C", valueName: "cipher",
      words: "Cipher suite of IPMI 2.0; without it 17, then 3"),
    FenceParameter(
      name: "auth", letter: "A", kind: .select(["md5", "password", "none"]), valueName: "auth",
      words: "Authentication of IPMI 1.5, which is spoken then"),
    FenceParameter(
      name: "privlvl", letter: "L",
      kind: .select(["callback", "user", "operator", "administrator"]), valueName: "level",
      standard: "operator", words: "Privilege level to ask for"),
    FenceParameter(
      name: "method", letter: "m", kind: .select(["onoff", "cycle"]), valueName: "method",
      standard: "onoff",
      words: "How to reboot; cycle cannot be verified: a node may be taken as fenced too early"),
    FenceParameter(
      name: "delay", kind: .second, valueName: "seconds", standard: "0",
      words: "Seconds to wait before a host is switched off"),
    FenceParameter(
      name: "login_timeout", kind: .second, valueName: "seconds", standard: "5",
      words: "Seconds in which a session must be open"),
    FenceParameter(
      name: "shell_timeout", kind: .second, valueName: "seconds", standard: "3",
      words: "Seconds that a command may take besides"),
    FenceParameter(
      name: "power_wait", kind: .second, valueName: "seconds", standard: "0",
      words: "Seconds to wait after on and off before power is looked at"),
    FenceParameter(
      name: "power_timeout", kind: .second, valueName: "seconds", standard: "20",
      words: "Seconds in which power must be as it was ordered"),
    FenceParameter(
      name: "stonith_status_sleep", kind: .second, valueName: "seconds", standard: "1",
      words: "Seconds between two looks at power"),
    FenceParameter(
      name: "disable_timeout", valueName: "true/false",
      words: "No power timeout; so it is when Pacemaker calls, which has a timeout of its own"),
    FenceParameter(
      name: "separator", valueName: "char", standard: ",",
      words: "What stands between the columns of list and list-status"),
    FenceParameter(
      name: "quiet", letter: "q", kind: .boolean, words: "Nothing on standard error"),
    FenceParameter(
      name: "verbose", letter: "v", kind: .boolean, words: "Each step on standard error"),
    FenceParameter(
      name: "verbose_level", kind: .integer, valueName: "level",
      words: "1 or more for each step on standard error"),
    FenceParameter(
      name: "debug_file", oldName: "debug", letter: "D", valueName: "debugfile",
      words: "File to which each step is appended"),
    FenceParameter(
      name: "version", letter: "V", kind: .boolean, words: "Print the version and exit"),
    FenceParameter(name: "help", letter: "h", kind: .boolean, words: "Print help and exit"),
  ]
}
