import IPMI

/// `chassis bootdev …` and `chassis bootparam …`.
enum BootWords {
  /// Reads what follows `bootdev`.
  static func readDevice(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(deviceHelp, status: 1) }
    let expected = "expected none, pxe, disk, safe, diag, cdrom, bios or floppy"
    let word = try words.next(or: .wrong("bootdev: \(expected)", deviceHelp))
    let device = try device(word, expected)
    var flags = BootFlags(.none)
    if let more = words.next() {
      if more == "clear-cmos=yes" {
        flags = try BootFlagOption.flags("clear-cmos")
      } else if more.hasPrefix("options=") {
        flags = try BootFlagOption.flags(String(more.dropFirst("options=".count)))
      }
    }
    flags.isValid = true
    flags.device = device
    return SetBootDevice(word: word, flags: flags, retention: nil)
  }

  /// Reads what follows `bootparam`.
  static func readParameter(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(parameterHelp, status: 1) }
    let verb = try words.next(or: .wrong("bootparam: expected get or set", parameterHelp))
    switch verb {
    case "get":
      let word = try words.next(
        or: .wrong("bootparam get: expected a parameter's number", parameterHelp))
      return try get(word, words.next())
    case "set":
      guard words.takes("bootflag"), let word = words.next(), word != "help" else {
        throw .wrong("bootparam set: expected bootflag and a device", setHelp)
      }
      return try set(word, words.next())
    default:
      throw .wrong(
        "bootparam \(verb): expected get or set", "bootparam get|set <option> [value ...]",
        status: 1)
    }
  }

  private static func get(_ word: String, _ set: String?) throws(WordsEnd) -> any IPMIOperation {
    guard let number = WordNumber.parse(word, as: UInt8.self) else {
      throw .wrong(
        "bootparam get \(word): expected a parameter's number, 0 to 127",
        "Invalid parameter '\(word)' given instead of bootparam.")
    }
    let parameter = BootOptionParameter(rawValue: number)
    var selector: UInt8 = 0
    if let set {
      guard let number = WordNumber.parse(set, as: UInt8.self) else {
        throw .wrong(
          "bootparam get \(word) \(set): expected a set's number, 0 to 255",
          "Invalid argument '\(set)' given to bootparam \(parameter.rawValue)")
      }
      selector = number
    }
    return ShowBootParameter(parameter: parameter, set: selector)
  }

  private static func set(
    _ word: String, _ options: String?
  ) throws(WordsEnd) -> any IPMIOperation {
    let name = word.hasPrefix("force_") ? String(word.dropFirst("force_".count)) : word
    let device = try device(
      name, original: word,
      "expected none, force_pxe, force_disk, force_safe, force_diag, "
        + "force_cdrom or force_bios")
    let retention = try options.map { text throws(WordsEnd) in try BootRetentionOption.change(text)
    }
    return SetBootDevice(word: word, flags: BootFlags(device), retention: retention)
  }

  private static func device(
    _ word: String, original: String? = nil, _ expected: String
  ) throws(WordsEnd) -> BootDevice {
    guard let device = BootDevice(word: word) else {
      let word = original ?? word
      throw .wrong("boot device \(word): \(expected)", "Invalid argument: \(word)")
    }
    return device
  }

  private static let deviceHelp = """
    bootdev <device> [clear-cmos=yes|no]
    bootdev <device> [options=help,...]
      none  : Do not change boot device order
      pxe   : Force PXE boot
      disk  : Force boot from default Hard-drive
      safe  : Force boot from default Hard-drive, request Safe Mode
      diag  : Force boot from Diagnostic Partition
      cdrom : Force boot from CD/DVD
      bios  : Force boot into BIOS Setup
      floppy: Force boot from Floppy/primary removable media
    """

  private static let setHelp =
    """
    bootparam set bootflag <device> [options=...]
     Legal devices are:
      none        : No override
      force_pxe   : Force PXE boot
      force_disk  : Force boot from default Hard-drive
      force_safe  : Force boot from default Hard-drive, request Safe Mode
      force_diag  : Force boot from Diagnostic Partition
      force_cdrom : Force boot from CD/DVD
      force_bios  : Force boot into BIOS Setup

    """ + BootRetentionOption.help

  private static let parameterHelp = "bootparam get <param #>\n" + setHelp
}

/// A word behind `bootdev DEVICE options=`, and what it does to the flags.
struct BootFlagOption {
  var name: String
  var meaning: String
  var apply: (inout BootFlags) -> Void

  /// The flags that `text` names, separated by commas, of no device.
  static func flags(_ text: String) throws(WordsEnd) -> BootFlags {
    var flags = BootFlags(.none)
    flags.isValid = false
    var wrong: [String] = []
    for word in text.split(separator: ",").map(String.init) {
      if word == "help" { throw .help(help, status: 1) }
      if let option = all.first(where: { $0.name == word }) {
        option.apply(&flags)
      } else {
        wrong.append(word)
      }
    }
    guard let first = wrong.first else { return flags }
    throw .wrong(
      "options=\(first): expected some of \(all.map(\.name).joined(separator: ", "))",
      wrong.map { "Invalid option: \($0)\n" }.joined() + help)
  }

  private static var help: String {
    "Legal options settings are:\n  help                  : print this message\n"
      + all.map { "  \($0.name.filled(to: 22)): \($0.meaning)" }.joined(separator: "\n")
  }

  private static var all: [BootFlagOption] {
    [
      .init(name: "valid", meaning: "Boot flags valid") { $0.isValid = true },
      .init(name: "persistent", meaning: "Changes are persistent for all future boots") {
        $0.isPersistent = true
      },
      .init(name: "efiboot", meaning: "Extensible Firmware Interface Boot (EFI)") {
        $0.isEFI = true
      },
      .init(name: "clear-cmos", meaning: "CMOS clear") { $0.clearsCMOS = true },
      .init(name: "lockkbd", meaning: "Lock Keyboard") { $0.locksKeyboard = true },
      .init(name: "screenblank", meaning: "Screen Blank") { $0.blanksScreen = true },
      .init(name: "lockoutreset", meaning: "Lock out Reset buttons") {
        $0.locksResetButton = true
      },
      .init(
        name: "lockout_power", meaning: "Lock out (power off/sleep request) via Power Button"
      ) { $0.locksPowerButton = true },
      .init(name: "verbose=default", meaning: "Request quiet BIOS display") { $0.verbosity = 0 },
      .init(name: "verbose=no", meaning: "Request quiet BIOS display") { $0.verbosity = 1 },
      .init(name: "verbose=yes", meaning: "Request verbose BIOS display") { $0.verbosity = 2 },
      .init(name: "force_pet", meaning: "Force progress event traps") {
        $0.forcesProgressTraps = true
      },
      .init(name: "upw_bypass", meaning: "User password bypass") { $0.bypassesPassword = true },
      .init(name: "lockout_sleep", meaning: "Lock out the Sleep button") {
        $0.locksSleepButton = true
      },
      .init(
        name: "cons_redirect=default",
        meaning: "Console redirection occurs per BIOS configuration setting"
      ) { $0.consoleRedirection = 0 },
      .init(
        name: "cons_redirect=skip", meaning: "Suppress (skip) console redirection if enabled"
      ) { $0.consoleRedirection = 1 },
      .init(name: "cons_redirect=enable", meaning: "Request console redirection be enabled") {
        $0.consoleRedirection = 2
      },
    ]
  }
}

/// A word behind `bootparam set bootflag DEVICE options=`: when the flags are cleared unused.
enum BootRetentionOption {
  /// What is kept in future (`no-` before the word), and what is cleared again.
  struct Change: Sendable {
    var kept: BootValidRetention = []
    var cleared: BootValidRetention = []
  }

  /// The change that `text` names, with its `options=`.
  static func change(_ text: String) throws(WordsEnd) -> Change {
    guard text.hasPrefix("options=") else {
      throw .wrong("\(text): expected options=", "No options= keyword found \"\(text)\"")
    }
    var change = Change()
    for word in text.dropFirst("options=".count).split(separator: ",").map(String.init) {
      if word == "help" { throw .help(help, status: 1) }
      let name = word.hasPrefix("no-") ? String(word.dropFirst("no-".count)) : word
      guard let option = all.first(where: { $0.name == name }) else {
        throw .wrong(
          "options=\(word): expected some of \(all.map(\.name).joined(separator: ", "))",
          "Invalid option: \(word)\n" + help)
      }
      if word == name {
        change.cleared.insert(option.retention)
      } else {
        change.kept.insert(option.retention)
      }
    }
    return change
  }

  private static let all: [(name: String, retention: BootValidRetention, meaning: String)] = [
    ("PEF", .eventFilter, "Clear valid bit on reset/power cycle cause by PEF"),
    ("timeout", .timeout, "Automatically clear boot flag valid bit on timeout"),
    ("watchdog", .watchdog, "Clear valid bit on reset/power cycle cause by watchdog"),
    ("reset", .resetButton, "Clear valid bit on push button reset/soft reset"),
    ("power", .powerButton, "Clear valid bit on power up via power push button or wake event"),
  ]

  /// What ipmitool prints of the words.
  static var help: String {
    " Legal options are:\n  help    : print this message\n"
      + all.map { "  \($0.name.filled(to: 8)): \($0.meaning)\n" }.joined()
      + " Any Option may be prepended with no- to invert sense of operation\n"
  }
}
