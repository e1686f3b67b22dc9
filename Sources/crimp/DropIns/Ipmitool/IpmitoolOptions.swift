import IPMI
import Machines
import Sockets

/// A command line of `ipmitool`: its options, and the words behind them.
struct IpmitoolOptions {
  /// Which way to the controller.
  enum Interface: String {
    case open, lan, lanplus
  }

  let program: String
  var interface = Interface.open
  /// `-H`.
  var host: String?
  /// `-p`.
  var port: UInt16 = 623
  /// `-d`.
  var deviceNumber = 0
  /// `-4`, `-6`.
  var family: InternetFamily?
  /// `-U`, and the password and key.
  var credentials = BMCCredentials(userName: .null, password: .empty)
  var session = SessionOptions()
  /// `-t`, `-b`, `-T`, `-B`, `-l`.
  var route = Route()
  /// `-c`, `-v`, `-Z`.
  var style = ReportStyle()
  /// `-S`: a file of sensor data records.
  var sdrCachePath: String?
  /// `-O`: a file that describes makers' events. It is asked for, and nothing of it is used.
  var eventDescriptionsPath: String?
  /// `-e`: the character that a console's commands begin with.
  var escapeCharacter = UInt8(ascii: "~")
  /// `-o`: the kind of controllers.
  var oem: String?
  /// What stands behind the options.
  var words: [String] = []

  private let console: Console
  private var interfaceName: String?
  private var password: Secret?
  private var key: Secret?
  private var authenticationType: AuthenticationType?
  private var suite: CipherSuite?
  private var timeout = 0
  private var retries = 0
  /// `-m`: the address that the controller has on its bus.
  var ownAddress = IPMIMessage.controllerAddress
  private var target = MessageBridge.Hop(channel: .primaryIPMB, address: 0)
  private var transit = MessageBridge.Hop(channel: .primaryIPMB, address: 0)

  static let letters = "I:46hVvcgsEKYao:H:d:P:f:U:p:C:L:A:t:T:m:z:S:l:b:B:e:k:y:O:R:N:D:Z"

  /// Reads `arguments`; what is wrong with them is said as the original says it.
  init(program: String, _ arguments: [String], _ console: Console) throws(Exit) {
    self.program = program
    self.console = console
    words = try scanOptions(program: program, arguments, letters: Self.letters) {
      letter, argument throws(Exit) in
      try take(letter, argument)
    }
    if words.first == "help" {
      throw console.fail(IpmitoolUsage.list + "\n", status: Ipmitool.Status.ok)
    }
    try settle()
  }

  /// `--help` among the words is `help`, and `-h` before them: getopt knows no long options, and the
  /// original complains.
  static func withoutLongHelp(_ arguments: [String]) -> [String] {
    var isValue = false
    var hasWords = false
    return arguments.map { argument in
      defer {
        hasWords = hasWords || !(isValue || argument.hasPrefix("-"))
        isValue = !isValue && takesValue(argument)
      }
      guard argument == "--help", !isValue else { return argument }
      return hasWords ? "help" : "-h"
    }
  }

  /// Whether the argument is an option whose value is the next one.
  private static func takesValue(_ argument: String) -> Bool {
    guard argument.count == 2, argument.first == "-", let letter = argument.last else {
      return false
    }
    guard letter != ":", let index = letters.firstIndex(of: letter) else { return false }
    let next = letters.index(after: index)
    return next < letters.endIndex && letters[next] == ":"
  }

  private mutating func take(_ letter: Character, _ argument: String) throws(Exit) {
    switch letter {
    case "I": interfaceName = argument
    case "H": host = argument
    case "d": deviceNumber = try number(letter, argument, in: 0...Int(Int32.max), "Device number")
    case "p":
      let value = try number(letter, argument, in: 0...65535, "Port number")
      if value > 0 { port = UInt16(value) }
    case "4", "6": try takeFamily(letter)
    case "U": try takeUser(argument)
    case "P":
      CommandLineArguments.blank(argument)
      password = secret(argument)
    case "f": password = try IpmitoolSecrets.file(argument, console)
    case "a": password = SecretPrompt.ask("Password: ")
    case "E": password = IpmitoolSecrets.passwordFromEnvironment(console) ?? password
    case "k":
      CommandLineArguments.blank(argument)
      key = secret(argument)
    case "K": key = IpmitoolSecrets.keyFromEnvironment(console) ?? key
    case "y":
      CommandLineArguments.blank(argument)
      key = try IpmitoolSecrets.hexadecimalKey(argument, console)
    case "Y": key = SecretPrompt.ask("Key: ")
    case "C": try takeSuite(argument)
    case "L": try takePrivilege(argument)
    case "A": try takeAuthentication(argument)
    case "o": try takeOEM(argument)
    case "g": oem = "intelwv2"
    case "s": oem = "supermicro"
    case "t": target.address = try byte(letter, argument)
    case "b": target.channel = ChannelNumber(rawValue: try byte(letter, argument))
    case "T": transit.address = try byte(letter, argument)
    case "B": transit.channel = ChannelNumber(rawValue: try byte(letter, argument))
    case "m": ownAddress = try byte(letter, argument)
    case "l": route.lun = try byte(letter, argument)
    case "N": timeout = try number(letter, argument, in: 0...3600)
    case "R": retries = try number(letter, argument, in: 0...1000)
    case "e": escapeCharacter = argument.utf8.first ?? UInt8(ascii: "~")
    case "S": sdrCachePath = argument
    case "c": style.isCSV = true
    case "v": style.verbosity += 1
    case "Z": style.isUTC = true
    case "O": eventDescriptionsPath = argument
    // A serial line and a buffer's size mean nothing over the LAN.
    case "D", "z": break
    case "h": throw console.fail(IpmitoolUsage.text(program), status: Ipmitool.Status.ok)
    case "V":
      console.write("\(program) version \(IpmitoolUsage.version)\n")
      throw Exit(status: Ipmitool.Status.ok)
    default: throw console.fail(IpmitoolUsage.text(program), status: Ipmitool.Status.failed)
    }
  }

  // MARK: Values

  private func number(
    _ letter: Character, _ text: String, in range: ClosedRange<Int>, _ name: String? = nil
  ) throws(Exit) -> Int {
    let wrong = "Invalid parameter given or out of range for '-\(letter)'.\n"
    guard let value = WordNumber.parse(text, as: Int.self) else {
      throw console.fail(wrong, status: Ipmitool.Status.failed)
    }
    guard range.contains(value) else {
      throw console.fail(
        name.map { "\($0) \(value) is out of range.\n" } ?? wrong, status: Ipmitool.Status.failed)
    }
    return value
  }

  private func byte(_ letter: Character, _ text: String) throws(Exit) -> UInt8 {
    UInt8(try number(letter, text, in: 0...255))
  }

  private func secret(_ text: String) -> Secret {
    var bytes = [UInt8](text.utf8)
    defer { bytes.wipe() }
    return Secret(copying: bytes.messageBytes)
  }

  private mutating func takeFamily(_ letter: Character) throws(Exit) {
    let wanted: InternetFamily = letter == "4" ? .v4 : .v6
    guard let family else { return family = wanted }
    let other: Character = letter == "4" ? "6" : "4"
    throw console.fail(
      family == wanted
        ? "Multiple -\(letter) parameters given.\n"
        : "Parameter is mutually exclusive with -\(other).\n", status: Ipmitool.Status.failed)
  }

  private mutating func takeUser(_ text: String) throws(Exit) {
    guard let name = UserName(text) else {
      throw console.fail("Username is too long (> 16 bytes)\n", status: Ipmitool.Status.failed)
    }
    credentials.userName = name
  }

  private mutating func takeSuite(_ text: String) throws(Exit) {
    guard let number = WordNumber.parse(text, as: UInt8.self) else {
      throw console.fail(
        "Invalid parameter given or out of range [0-255] for '-C'.\n",
        status: Ipmitool.Status.failed)
    }
    guard let suite = CipherSuite(id: number), suite.isSupported else {
      throw console.fail(
        "Unsupported cipher suite ID : \(number)\n\n"
          + "Error: Unable to establish IPMI v2 / RMCP+ session\n", status: Ipmitool.Status.failed)
    }
    self.suite = suite
  }

  private mutating func takePrivilege(_ text: String) throws(Exit) {
    session.looksUpUserByNameOnly = !text.hasSuffix("+")
    let name = text.hasSuffix("+") ? String(text.dropLast()) : text
    guard let level = PrivilegeLevel.allCases.first(where: { $0.text == name.uppercased() }) else {
      throw console.fail("Invalid privilege level \(name)\n", status: Ipmitool.Status.failed)
    }
    session.privilege = level
  }

  private mutating func takeAuthentication(_ text: String) throws(Exit) {
    let types: [String: AuthenticationType] = [
      "NONE": .none, "MD2": .md2, "MD5": .md5, "PASSWORD": .straightPassword, "OEM": .oem,
    ]
    guard let type = types[text.uppercased()] else {
      throw console.fail(
        "Authentication type \(text) not supported\n", status: Ipmitool.Status.failed)
    }
    authenticationType = type
  }

  private mutating func takeOEM(_ text: String) throws(Exit) {
    if text == "list" || text == "help" {
      throw console.fail(IpmitoolUsage.oemList, status: Ipmitool.Status.ok)
    }
    guard IpmitoolUsage.oemTypes.contains(where: { $0.name == text }) else {
      throw console.fail("OEM setup for \"\(text)\" failed\n", status: Ipmitool.Status.failed)
    }
    oem = text
  }

  // MARK: What follows from them all

  private mutating func settle() throws(Exit) {
    if let name = interfaceName {
      guard let interface = Interface(rawValue: name) else {
        throw console.fail("Error loading interface \(name)\n", status: Ipmitool.Status.failed)
      }
      self.interface = interface
    } else if host != nil {
      interface = .lan
    }
    if interface != .open, host != nil { try settlePassword() }
    if (transit.address != 0 || transit.channel != .primaryIPMB) && target.address == 0 {
      throw console.fail(
        """
        Transit address/channel 0x\(transit.address.hexadecimal())/\(transit.channel.rawValue) ignored. \
        Target address must be specified!

        """, status: Ipmitool.Status.failed)
    }
    // The controller itself needs no bridge.
    if target.address != 0, target.address != ownAddress || transit.address != 0 {
      route.bridge = MessageBridge(
        to: target, via: transit.address == 0 ? nil : transit, ownAddress: ownAddress)
    }
    settleSession()
  }

  private mutating func settlePassword() throws(Exit) {
    if password == nil, authenticationType != AuthenticationType.none {
      password = SecretPrompt.ask("Password: ")
    }
    let limit = interface == .lan ? 16 : 20
    if let password, password.byteCount > limit {
      throw console.fail(
        "\(interface.rawValue): password is longer than \(limit) bytes.\n",
        status: Ipmitool.Status.failed)
    }
    if let key, key.byteCount > 20 {
      throw console.fail("Kg key is too long\n", status: Ipmitool.Status.failed)
    }
    credentials.password = password ?? .empty
    credentials.key = key
  }

  private mutating func settleSession() {
    session.version = interface == .lan ? .version15 : .version20
    if let suite { session.suites = [suite] }
    if let authenticationType {
      session.authenticationTypes = [authenticationType]
    } else if IpmitoolUsage.hasOwnAuthentication(oem) {
      session.authenticationTypes.insert(.oem, at: 0)
    } else if credentials.password.byteCount == 0 {
      session.authenticationTypes.append(.none)
    }
    session.quirks = IpmitoolUsage.quirks(oem)
    guard timeout > 0 || retries > 0 else { return }
    let seconds = timeout > 0 ? timeout : interface == .lan ? 2 : 1
    let attempts = retries > 0 ? retries : 4
    session.deadline = .seconds(seconds * (attempts + 1))
    // A time that was named is waited for; otherwise the controller's answers tell how long.
    if timeout > 0 { session.pace(.seconds(seconds), attempts: attempts) }
  }
}
