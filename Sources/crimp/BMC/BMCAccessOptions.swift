import ArgumentParser
import BMCSimulator
import IPMI

/// Who may log in to the controllers of `crimp bmc`, and how.
struct BMCAccessOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The users' password: the file's first line, up to 20 bytes (16 for IPMI 1.5).",
      valueName: "file"))
  var passwordFile: String?

  @Option(
    help: ArgumentHelp(
      "The controller's key Kg: the file's first line, up to 20 bytes.", valueName: "file"))
  var keyFile: String?

  @Flag(help: "The null user may log in, without a password.")
  var nullUser = false

  @Option(
    help: ArgumentHelp(
      "The cipher suites of IPMI 2.0 that are accepted; none for none.",
      valueName: "number,..."))
  var suites = SuiteList(suites: CipherSuite.supported)

  @Option(
    help: ArgumentHelp(
      "The authentications of IPMI 1.5 that are accepted: none, md2, md5, oem, password; no for "
        + "none.",
      valueName: "type,..."))
  var authentication = AuthenticationList(types: [.none, .md2, .md5, .straightPassword])

  @Flag(help: "Packets of an active 1.5 session need no authentication code.")
  var perMessageOff = false

  @Option(help: "Session slots, half-open ones included.")
  var slots = 4

  @Option(
    help: ArgumentHelp("A session ends so long after its last packet.", valueName: "seconds"))
  var sessionTimeout = 60.0

  func validate() throws {
    guard (0...63).contains(slots) else {
      throw ValidationError("--slots \(slots): expected 0 to 63")
    }
    guard sessionTimeout > 0, sessionTimeout <= 86400 else {
      throw ValidationError(
        "--session-timeout \(sessionTimeout): expected seconds, more than 0 and at most 86400")
    }
  }

  func apply(
    to configuration: inout BMCConfiguration, servesLoopbackAlone: Bool
  ) throws(CommandFailure) {
    let password = try password(servesLoopbackAlone)
    configuration.users = try [
      account("admin", password, .administrator), account("operator", password, .operator),
      account("user", password, .user),
    ]
    configuration.nullUserPassword = nullUser ? .empty : nil
    if let keyFile {
      configuration.key = try SecretSource.file(
        keyFile, option: "--key-file", limit: RAKPExchange.secretLimit, mayBeShared: true)
    } else {
      configuration.key = try SecretSource.environment(
        "CRIMP_BMC_KEY", limit: RAKPExchange.secretLimit)
    }
    configuration.suites = suites.suites
    configuration.authenticationTypes = authentication.types
    configuration.isMessageAuthenticationDisabled = perMessageOff
    configuration.slots = slots
    configuration.sessionTimeout = .seconds(sessionTimeout)
  }

  private func password(_ servesLoopbackAlone: Bool) throws(CommandFailure) -> Secret {
    let limit = RAKPExchange.secretLimit
    if let passwordFile {
      return try SecretSource.file(
        passwordFile, option: "--password-file", limit: limit, mayBeShared: true)
    }
    if let password = try SecretSource.environment("CRIMP_BMC_PASSWORD", limit: limit) {
      return password
    }
    guard servesLoopbackAlone else {
      throw CommandFailure(
        .usage,
        "addresses that others can reach need a password of their own: give --password-file, or "
          + "set CRIMP_BMC_PASSWORD")
    }
    return Secret(copying: Array(BMCCommand.knownPassword.utf8).messageBytes)
  }

  private func account(
    _ name: String, _ password: Secret, _ level: PrivilegeLevel
  ) throws(CommandFailure) -> UserAccount {
    guard let name = UserName(name) else { throw CommandFailure(.usage, "\(name): too long") }
    return UserAccount(name, password: password, limit: PrivilegeLimit(level))
  }
}

/// Cipher suites by their numbers, comma-separated.
struct SuiteList: ExpressibleByArgument {
  var suites: [CipherSuite]

  init(suites: [CipherSuite]) {
    self.suites = suites
  }

  /// Reads numbers of suites that are spoken here, or `none`.
  init?(argument: String) {
    suites = []
    if argument == "none" { return }
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let id = UInt8(part), let suite = CipherSuite(id: id), suite.isSupported else {
        return nil
      }
      suites.append(suite)
    }
  }

  var defaultValueDescription: String {
    suites.map(\.description).joined(separator: ",")
  }
}

/// Authentication types of IPMI 1.5 by their names, comma-separated.
struct AuthenticationList: ExpressibleByArgument {
  var types: AuthenticationTypes

  init(types: AuthenticationTypes) {
    self.types = types
  }

  /// Reads names, or `no`.
  init?(argument: String) {
    types = []
    if argument == "no" { return }
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      guard let known = Self.names.first(where: { $0.name == part }) else { return nil }
      types.insert(known.type)
    }
  }

  var defaultValueDescription: String {
    Self.names.filter { types.contains($0.type) }.map(\.name).joined(separator: ",")
  }

  private static let names: [(name: String, type: AuthenticationTypes)] = [
    ("none", .none), ("md2", .md2), ("md5", .md5), ("oem", .oem), ("password", .straightPassword),
  ]
}
