import ArgumentParser
import CLinux
import Glibc
import IPMI
import Machines

/// What the configuration file says of one host, its values read.
struct ConfiguredHost {
  let path: String
  let settings: [String: HostConfiguration.Setting]

  /// The text of `key`, if the file sets it.
  func text(_ key: String) -> String? { settings[key]?.value }

  /// The value of `key`, read by `read`.
  func value<Value>(
    _ key: String, _ expected: String, _ read: (String) -> Value?
  ) throws(CommandFailure) -> Value? {
    guard let setting = settings[key] else { return nil }
    guard let value = read(setting.value) else {
      throw CommandFailure(
        .noInput, "\(path), line \(setting.line): \(key) '\(setting.value)': expected \(expected)")
    }
    return value
  }

  /// Sets what the file sets.
  func apply(to options: inout SessionOptions) throws(CommandFailure) {
    if let version = try value("protocol", "auto, 1.5 or 2.0", SessionVersion.init(argument:)) {
      options.version = version
    }
    let suites = try value("suites", "numbers such as 17,3") { text in
      SuiteList(argument: text).flatMap { $0.suites.isEmpty ? nil : $0.suites }
    }
    if let suites { options.suites = suites }
    let minimum = try value("minimum-suite", "one number such as 17") { text in
      SuiteList(argument: text).flatMap { $0.suites.count == 1 ? $0.suites.first : nil }
    }
    if let minimum { options.minimumSuite = minimum }
    let types = try value("authentication", "none, md2, md5, oem or password") { text in
      AuthenticationList(argument: text).flatMap { $0.types.isEmpty ? nil : $0 }
    }
    if let types { options.authenticationTypes = types.inOrder }
    if let level = try value(
      "privilege", "user, operator or administrator", PrivilegeLevel.init(argument:))
    {
      options.privilege = level
    }
    let quirks = try value("quirks", "names such as intel20, separated by commas") { text in
      let names = text.split(separator: ",").map { QuirkName(argument: String($0)) }
      return names.contains { $0 == nil } ? nil : names.compactMap(\.self)
    }
    for name in quirks ?? [] { options.quirks.formUnion(name.quirks) }
  }
}

extension AuthenticationList {
  /// The types, the one that shows least of the password first.
  var inOrder: [AuthenticationType] {
    let order: [(AuthenticationTypes, AuthenticationType)] = [
      (.md5, .md5), (.md2, .md2), (.oem, .oem), (.straightPassword, .straightPassword),
      (.none, .none),
    ]
    return order.filter { types.contains($0.0) }.map(\.1)
  }
}

/// The secrets that a configuration file names, each file read once.
struct SecretFiles {
  private var read: [String: Secret] = [:]

  /// The password that the file has for a host: in its text, or in a file that it names.
  mutating func password(_ host: ConfiguredHost) throws(CommandFailure) -> Secret? {
    if let path = host.text("password-file") {
      let secret = try secret(path, "password-file", host)
      guard secret.byteCount > 0 else {
        throw CommandFailure(
          .noInput,
          "\(host.path): password-file \(path): its first line is empty: expected a password")
      }
      return secret
    }
    guard let text = host.text("password") else { return nil }
    try SecretSource.refuseShared(host.path)
    do throws(SecretTooLong) {
      return try Secret(text, atMost: RAKPExchange.secretLimit)
    } catch {
      throw CommandFailure(
        .noInput,
        "\(host.path): a password has \(error.byteCount) bytes: expected at most \(error.limit)")
    }
  }

  /// The key Kg that the file has for a host.
  mutating func key(_ host: ConfiguredHost) throws(CommandFailure) -> Secret? {
    guard let path = host.text("key-file") else { return nil }
    return try secret(path, "key-file", host)
  }

  private mutating func secret(
    _ path: String, _ key: String, _ host: ConfiguredHost
  ) throws(CommandFailure) -> Secret {
    if let secret = read[path] { return secret }
    let secret = try SecretSource.file(
      path, option: "\(host.path): \(key)", limit: RAKPExchange.secretLimit)
    read[path] = secret
    return secret
  }
}
