import Glibc
import IPMI
import Machines

/// The controllers that a fence agent's parameters mean.
struct FenceTargets {
  private let input: FenceInput
  private let path: String
  private let configuration: HostConfiguration?

  init(_ input: FenceInput) throws(FenceFailure) {
    self.input = input
    path = input["config"] ?? ""
    configuration = path.isEmpty ? nil : try Self.configuration(path)
  }

  /// One controller, or for actions about all of them those of the configuration file.
  func targets(for action: FenceAction) throws(FenceFailure) -> [FleetTarget] {
    let plug = input["plug"]
    if action.isOfMany || action == .monitor && plug == nil && input["ip"] == nil,
      let configuration
    {
      return try configuration.hosts.map { host throws(FenceFailure) in
        try target(host, address: nil, for: action)
      }
    }
    guard !action.isOfMany else { return [] }
    if let address = input["ip"], !input.isSet("port_as_ip") {
      return [try target(plug ?? address, address: address, for: action)]
    }
    guard let plug, configuration != nil || input.isSet("port_as_ip") else {
      throw FenceFailure("ip is missing: expected a controller's address, or config and plug")
    }
    return [try target(plug, address: nil, for: action)]
  }

  /// The configuration file where it has no address for the plug, whose name is looked up then.
  var fileWithoutAddress: String? {
    guard let configuration, let plug = input["plug"], input["ip"] == nil,
      configuration.settings(for: plug)["address"] == nil
    else { return nil }
    return path
  }

  private static func configuration(_ path: String) throws(FenceFailure) -> HostConfiguration {
    do throws(CommandFailure) {
      return try FleetSettings.configuration(at: path)
    } catch {
      throw FenceFailure(error.message)
    }
  }

  private func target(
    _ name: String, address: String?, for action: FenceAction
  ) throws(FenceFailure) -> FleetTarget {
    let file = ConfiguredHost(
      path: path, settings: configuration?.settings(for: name) ?? [:])
    guard let port = UInt16(input["ipport"] ?? ""), port > 0 else {
      throw FenceFailure("ipport '\(input["ipport"] ?? "")': expected a port, 1 to 65535")
    }
    let configured = try told { () throws(CommandFailure) in
      try file.value("port", "a port") { UInt16($0) }
    }
    let session = try session(file)
    return FleetTarget(
      label: address ?? name, host: address ?? file.text("address") ?? name,
      port: configured ?? port,
      credentials: try told { () throws(CommandFailure) in
        try credentials(of: name, file, session, isForLogin: action != .list)
      },
      options: session)
  }

  private func told<Value>(
    _ body: () throws(CommandFailure) -> Value
  ) throws(FenceFailure) -> Value {
    do throws(CommandFailure) {
      return try body()
    } catch {
      throw FenceFailure(error.message)
    }
  }

  // MARK: How to speak

  private func session(_ file: ConfiguredHost) throws(FenceFailure) -> SessionOptions {
    var session = SessionOptions()
    let level = try FenceRequest.choice("privlvl", input)
    session.privilege = level.flatMap(PrivilegeLevel.init(argument:)) ?? .operator
    try told { () throws(CommandFailure) in try file.apply(to: &session) }
    let time =
      try FenceRequest.seconds("login_timeout", input)
      + FenceRequest.seconds("shell_timeout", input)
    session.deadline = max(time, .seconds(1))
    session.renewsDeadline = false
    if let type = try FenceRequest.choice("auth", input) {
      session.authenticationTypes = AuthenticationList(argument: type)?.inOrder ?? []
      session.version = .version15
    }
    if input.isSet("lanplus") { session.version = .version20 }
    guard let text = input["cipher"] else { return session }
    guard let suites = SuiteList(argument: text)?.suites, !suites.isEmpty else {
      throw FenceFailure("cipher '\(text)': expected a cipher suite such as 17 or 3")
    }
    session.suites = suites
    return session
  }

  private func credentials(
    of name: String, _ file: ConfiguredHost, _ session: SessionOptions, isForLogin: Bool
  ) throws(CommandFailure) -> BMCCredentials {
    let text = input["username"] ?? file.text("user") ?? ""
    guard let userName = UserName(text) else {
      throw CommandFailure(
        .usage, "username '\(text)': expected at most \(UserName.byteCount) bytes")
    }
    var files = SecretFiles()
    let configured = (password: try files.password(file), key: try files.key(file))
    let given = (password: try password(), key: try key())
    var secret = given.password ?? configured.password
    if isForLogin {
      secret = try LoginPassword.required(
        secret, for: session, of: name,
        "expected password, password_file or password_script, or one in config (an empty one too: "
          + "'password =' there)")
    }
    return BMCCredentials(
      userName: userName, password: secret ?? .empty, key: given.key ?? configured.key)
  }

  private func password() throws(CommandFailure) -> Secret? {
    if let text = input["password"] { return try secret(text, "password") }
    if let path = input["password_file"] {
      return try SecretSource.file(
        path, option: "password_file", limit: RAKPExchange.secretLimit)
    }
    guard let command = input["password_script"] else { return nil }
    // A child would inherit it.
    unsafe unsetenv("CRIMP_PASSWORD")
    // Through the shell, as fence-agents' own programs run it.
    guard let output = unsafe popen(command, "r") else {
      throw CommandFailure(.noInput, "password_script: it cannot be run")
    }
    var bytes = [UInt8](repeating: 0, count: 256)
    defer { bytes.wipe() }
    let count = unsafe fread(&bytes, 1, bytes.count, output)
    guard unsafe pclose(output) == 0 else {
      throw CommandFailure(.noInput, "password_script: it failed")
    }
    var line = Array(bytes.prefix(count))
    defer { line.wipe() }
    while let last = line.last, last == 0x20 || (0x09...0x0d).contains(last) { line.removeLast() }
    do throws(SecretTooLong) {
      return try Secret(copying: line.messageBytes, atMost: RAKPExchange.secretLimit)
    } catch {
      throw Self.tooLong("password_script")
    }
  }

  private func key() throws(CommandFailure) -> Secret? {
    guard let text = input["hexadecimal_kg"] else { return nil }
    do throws(IpmipowerFault) {
      return try IpmipowerSettings.key(text.lowercased().hasPrefix("0x") ? text : "0x" + text)
    } catch {
      throw CommandFailure(.usage, "hexadecimal_kg: expected up to 40 hexadecimal digits")
    }
  }

  private func secret(_ text: String, _ name: String) throws(CommandFailure) -> Secret {
    do throws(SecretTooLong) {
      return try Secret(text, atMost: RAKPExchange.secretLimit)
    } catch {
      throw Self.tooLong(name)
    }
  }

  private static func tooLong(_ name: String) -> CommandFailure {
    CommandFailure(.usage, "\(name): expected at most \(RAKPExchange.secretLimit) bytes")
  }
}
