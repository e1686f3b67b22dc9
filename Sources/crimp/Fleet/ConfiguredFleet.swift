import IPMI
import Machines

/// The controllers of hosts, as the configuration file alone has them: for commands that know hosts by
/// their own names.
struct ConfiguredFleet {
  private let path: String
  private let configuration: HostConfiguration?

  /// The file at `path`, or the first of the usual ones that is there.
  init(path: String?) throws(CommandFailure) {
    let (configuration, found) = try FleetSettings.configuration(path)
    self.configuration = configuration
    self.path = found
  }

  /// The controller of the host of this name; nil when the file has no address for it. A host's own
  /// name is not its controller's.
  func target(
    _ name: String, privilege: PrivilegeLevel
  ) throws(CommandFailure) -> FleetTarget? {
    let file = ConfiguredHost(
      path: path, settings: configuration?.settings(for: name) ?? [:])
    guard let address = file.text("address") else { return nil }
    var session = SessionOptions()
    session.privilege = privilege
    try file.apply(to: &session)
    let port = try file.value("port", "a port") { UInt16($0) }
    let text = file.text("user") ?? ""
    guard let user = UserName(text) else {
      throw CommandFailure(
        .noInput, "\(path): user '\(text)': expected at most \(UserName.byteCount) bytes")
    }
    var files = SecretFiles()
    let configured = try files.password(file)
    let given = try LoginPassword.environment()
    let password = try LoginPassword.required(
      given ?? configured, for: session, of: name,
      "expected CRIMP_PASSWORD, or one in the configuration (an empty one too: 'password =' there)")
    return FleetTarget(
      label: name, host: address, port: port ?? FleetSettings.port,
      credentials: BMCCredentials(
        userName: user, password: password, key: try files.key(file)),
      options: session)
  }
}
