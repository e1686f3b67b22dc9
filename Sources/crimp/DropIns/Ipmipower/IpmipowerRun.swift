import Drivers
import IPMI
import Machines

/// Has one command done by the hosts that `ipmipower` is set to.
struct IpmipowerRun {
  private let settings: IpmipowerSettings
  private let console: Console

  init(_ settings: IpmipowerSettings, _ console: Console) {
    self.settings = settings
    self.console = console
  }

  /// Has `command` done by `hosts`, prints what came of each, and returns the exit status.
  func run(_ command: IpmipowerCommand, _ hosts: [NamedHost]) -> Int32 {
    guard command.onlyLooks || settings.privilege != .user else {
      console.complain("'\(command.rawValue)' requires atleast operator privilege\n")
      return Ipmipower.Status.failed
    }
    if settings.driver == .version15, settings.password.byteCount > 16 {
      console.complain("password too long\n")
      return Ipmipower.Status.failed
    }
    let output = IpmipowerOutput(isConsolidated: settings.isConsolidated)
    do throws(CommandFailure) {
      let present = settings.eliminates ? try IpmipowerPresence.present(among: hosts) : hosts
      let run = FleetRun(
        present.map(target), window: settings.fanout > 0 ? settings.fanout : nil)
      let settings = settings
      try run.run { transport throws(BMCFailure) in
        try await settings.perform(command, over: transport)
      } onResult: { host, result in
        switch result {
        case .success(let word): output.tell(host, word)
        case .failure(let failure): output.tell(host, IpmipowerResult(failure))
        }
      }
    } catch {
      console.complain("\(Ipmipower.program): \(error.message)\n")
      return Ipmipower.Status.failed
    }
    output.finish()
    return output.isSuccess ? Ipmipower.Status.ok : Ipmipower.Status.failed
  }

  /// The original leaves the port away from what it prints.
  private func target(_ host: NamedHost) -> FleetTarget {
    FleetTarget(
      label: host.name, host: host.name, port: host.port ?? FleetSettings.port,
      credentials: BMCCredentials(
        userName: settings.userName, password: settings.password, key: settings.key),
      options: settings.session)
  }
}

extension IpmipowerSettings {
  /// How sessions are opened.
  var session: SessionOptions {
    var session = SessionOptions()
    session.version = driver
    session.authenticationTypes = [authenticationType]
    if let suite { session.suites = [suite] }
    session.privilege = privilege
    session.deadline = .milliseconds(sessionTimeout)
    session.renewsDeadline = false
    session.opening.first = .milliseconds(retransmissionTimeout)
    session.commands.first = .milliseconds(retransmissionTimeout)
    session.quirks = quirks
    return session
  }

  /// Has `command` done over one transport.
  fileprivate func perform(
    _ command: IpmipowerCommand, over transport: any BMCTransport
  ) async throws(BMCFailure) -> IpmipowerResult {
    guard let action = command.action else {
      return try await identify(command, over: transport)
    }
    let waits = action == .on && waitsUntilOn || action == .off && waitsUntilOff
    let operation = PowerOperation(
      request: PowerRequest(
        action: action, wait: waits ? .milliseconds(sessionTimeout) : nil, isOnIfOff: isOnIfOff,
        interval: .milliseconds(waitInterval)))
    return IpmipowerResult(try await operation.run(over: transport), of: action)
  }

  private func identify(
    _ command: IpmipowerCommand, over transport: any BMCTransport
  ) async throws(BMCFailure) -> IpmipowerResult {
    guard command != .identifyStatus else {
      let state = try await transport.request(GetChassisStatus()).identification
      return state == nil || state == .off ? .off : .on
    }
    _ = try await transport.request(
      ChassisIdentify(command == .identifyOn ? .indefinite : .seconds(0)))
    return .ok
  }
}
