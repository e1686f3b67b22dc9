import Glibc
import IPMI
import Machines

/// What the command line and the configuration file say of hosts, put together. The command line has
/// the last word.
struct FleetSettings {
  /// IPMI's port: ASF's primary RMCP port.
  static let port: UInt16 = 623

  private let options: ControllerOptions
  private let hostsFile: String?
  private let configuration: HostConfiguration?
  private let configurationPath: String
  private let password: Secret?
  private let key: Secret?
  private let privilege: PrivilegeLevel
  private let needsPassword: Bool

  /// What may be set in the file.
  private static let keys: Set<String> = [
    "address", "port", "user", "password", "password-file", "key-file", "protocol", "suites",
    "minimum-suite", "authentication", "privilege", "quirks",
  ]

  /// Settings for a command that needs `privilege`: more is not asked for unless somebody says so,
  /// because a user who may not have more is refused then.
  ///
  /// - Parameter needsPassword: whether the hosts' user logs in at all; then there must be a password,
  ///   unless sessions prove none.
  init(
    _ options: ControllerOptions, hostsFile: String? = nil, privilege: PrivilegeLevel,
    needsPassword: Bool = true
  ) throws(CommandFailure) {
    self.options = options
    self.hostsFile = hostsFile
    self.privilege = privilege
    self.needsPassword = needsPassword
    (configuration, configurationPath) = try Self.configuration(options.config)
    password = try Self.password(options)
    key = try Self.key(options.keyFile)
  }

  /// The controllers of `lists` and of `--hosts-file`, each once.
  func targets(_ lists: [String]) throws(CommandFailure) -> [FleetTarget] {
    var seen: Set<NamedHost> = []
    var files = SecretFiles()
    var targets: [FleetTarget] = []
    for host in try named(lists) where seen.insert(host).inserted {
      targets.append(try target(host, &files))
    }
    guard !targets.isEmpty else {
      throw CommandFailure(.usage, "no hosts: expected names such as node[1-100], or --hosts-file")
    }
    return targets
  }

  private func named(_ lists: [String]) throws(CommandFailure) -> [NamedHost] {
    var named: [NamedHost] = []
    for list in lists { named += try Self.hosts(list, from: "hosts") }
    guard let path = hostsFile else { return named }
    let text = String(decoding: try WholeFile.bytes(at: path), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      let content = line.prefix { $0 != "#" }
      guard content.contains(where: { !$0.isWhitespace }) else { continue }
      named += try Self.hosts(String(content), from: "--hosts-file \(path)")
    }
    return named
  }

  private static func hosts(
    _ list: String, from argument: String
  ) throws(CommandFailure) -> [NamedHost] {
    do throws(HostRangeError) {
      return try HostRange.hosts(in: list)
    } catch {
      throw CommandFailure(.usage, "\(argument): \(error.words)")
    }
  }

  private func target(
    _ named: NamedHost, _ files: inout SecretFiles
  ) throws(CommandFailure) -> FleetTarget {
    let file = ConfiguredHost(
      path: configurationPath, settings: configuration?.settings(for: named.name) ?? [:])
    var session = SessionOptions()
    session.privilege = privilege
    try file.apply(to: &session)
    apply(to: &session)
    guard
      options.record == nil || session.version == .version20
        || !session.authenticationTypes.contains(.straightPassword)
    else {
      throw CommandFailure(
        .usage,
        "--record: expected without the authentication 'password', which sends it in the clear")
    }
    let configured = try file.value("port", "a port") { UInt16($0) }
    let port = named.port ?? options.port ?? configured
    return FleetTarget(
      label: named.description, host: file.text("address") ?? named.name,
      port: port ?? Self.port,
      credentials: try credentials(of: named.description, file, session, &files),
      options: session)
  }

  private func credentials(
    of host: String, _ file: ConfiguredHost, _ session: SessionOptions,
    _ files: inout SecretFiles
  ) throws(CommandFailure) -> BMCCredentials {
    let text = options.user ?? file.text("user") ?? ""
    guard let name = UserName(text) else {
      throw CommandFailure(.usage, "user '\(text)': expected at most \(UserName.byteCount) bytes")
    }
    let configured = (password: try files.password(file), key: try files.key(file))
    var secret = password ?? configured.password
    if needsPassword { secret = try LoginPassword.required(secret, for: session, of: host) }
    return BMCCredentials(
      userName: name, password: secret ?? .empty, key: key ?? configured.key)
  }

  private static func key(_ path: String?) throws(CommandFailure) -> Secret? {
    guard let path else { return nil }
    return try SecretSource.file(path, option: "--key-file", limit: RAKPExchange.secretLimit)
  }

  private func apply(to session: inout SessionOptions) {
    if let version = options.version { session.version = version }
    if let suites = options.suites { session.suites = suites.suites }
    if let minimum = options.minimumSuite?.suites.first { session.minimumSuite = minimum }
    if let authentication = options.authentication {
      session.authenticationTypes = authentication.inOrder
    }
    if let privilege = options.privilege { session.privilege = privilege }
    if let timeout = options.timeout {
      session.deadline = Duration(seconds: timeout)
      session.renewsDeadline = false
    }
    if let retransmit = options.retransmit { session.pace(Duration(seconds: retransmit)) }
    for name in options.quirks { session.quirks.formUnion(name.quirks) }
  }

  private static func password(_ options: ControllerOptions) throws(CommandFailure) -> Secret? {
    let limit = RAKPExchange.secretLimit
    if let path = options.passwordFile {
      return try LoginPassword.file(path, option: "--password-file")
    }
    guard options.askPassword else { return try LoginPassword.environment() }
    let secret = try SecretPrompt.ask("Password: ", for: "--ask-password")
    guard secret.byteCount > 0 else {
      throw CommandFailure(.usage, "--ask-password: nothing was typed")
    }
    guard secret.byteCount <= limit else {
      throw CommandFailure(
        .usage,
        "--ask-password: the password has more than \(limit) bytes, the most that IPMI takes")
    }
    return secret
  }

  /// The file that was named, or the first that is there.
  static func configuration(
    _ named: String?
  ) throws(CommandFailure) -> (HostConfiguration?, path: String) {
    let path = named ?? usualPaths.first { path in unsafe access(path, R_OK) == 0 }
    guard let path else { return (nil, "") }
    return (try configuration(at: path), path)
  }

  /// What the file at `path` says of hosts.
  static func configuration(at path: String) throws(CommandFailure) -> HostConfiguration {
    let text = String(decoding: try WholeFile.bytes(at: path), as: UTF8.self)
    do throws(HostConfiguration.Fault) {
      return try HostConfiguration(parsing: text, keys: keys)
    } catch {
      throw CommandFailure(.noInput, "\(path), line \(error.line): \(error.words)")
    }
  }

  private static var usualPaths: [String] {
    var directories: [String] = []
    if let home = variable("XDG_CONFIG_HOME") {
      directories.append(home)
    } else if let home = variable("HOME") {
      directories.append(home + "/.config")
    }
    return (directories + ["/etc"]).map { $0 + "/crimp/bmc.conf" }
  }

  private static func variable(_ name: String) -> String? {
    guard let value = unsafe getenv(name) else { return nil }
    let text = unsafe String(cString: value)
    return text.isEmpty ? nil : text
  }
}
