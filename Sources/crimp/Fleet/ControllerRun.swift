import Drivers
import EventLoop
import Glibc
import IPMI
import Machines
import Sockets

/// Has something done by this machine's own controller, or by those of a list.
enum ControllerRun {
  case local(number: Int)
  case fleet(FleetRun)

  /// - Parameters:
  ///   - hosts: lists of hosts; none for this machine's own controller.
  ///   - privilege: the level that the command needs.
  init(
    _ hosts: [String], _ fleet: FleetOptions, _ local: LocalOptions, privilege: PrivilegeLevel
  ) throws(CommandFailure) {
    guard local.local else {
      self = .fleet(try FleetRun(hosts, fleet, privilege: privilege))
      return
    }
    if let host = hosts.first ?? fleet.hostsFile {
      throw CommandFailure(.usage, "\(host): expected no hosts with --local")
    }
    self = .local(number: local.device ?? 0)
  }

  /// How many controllers there are.
  var count: Int {
    switch self {
    case .local: 1
    case .fleet(let run): run.count
    }
  }

  /// Refuses to record what carries a password where it might be seen.
  func refuseToRecordSecrets() throws(CommandFailure) {
    if case .fleet(let run) = self { try run.refuseToRecordSecrets() }
  }

  /// Runs `body` for every controller and tells `onResult` its label and what came of it, as it comes.
  /// Ctrl-C gives up what is not done.
  func run<Value: Sendable>(
    _ body: @escaping (any BMCTransport) async throws(BMCFailure) -> Value,
    onResult: @escaping (String, Result<Value, BMCFailure>) -> Void
  ) throws(CommandFailure) {
    switch self {
    case .fleet(let run): try run.run(body, onResult: onResult)
    case .local(let number): onResult("local", try LocalRun(number: number).run(body))
    }
  }
}

/// Has something done by the management controller of this machine.
struct LocalRun {
  /// Which device: 0 for the first.
  var number: Int

  /// Runs `body`, and returns what came of it. Ctrl-C gives it up.
  func run<Value: Sendable, Failure: Error>(
    _ body: @escaping (any BMCTransport) async throws(Failure) -> Value
  ) throws(CommandFailure) -> Result<Value, Failure> {
    let device = try device()
    do throws(SystemError) {
      let loop = try EventLoop()
      let signals = try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
      defer { signals.cancel() }
      let controller = try LocalController(device, on: loop)
      defer { controller.close() }
      return loop.run { () async -> Result<Value, Failure> in
        do throws(Failure) {
          return .success(try await body(controller))
        } catch {
          return .failure(error)
        }
      }
    } catch {
      throw error.failure
    }
  }

  private func device() throws(CommandFailure) -> ControllerDevice {
    do throws(SystemError) {
      return try ControllerDevice(number: number)
    } catch {
      throw Self.failure(error, number)
    }
  }

  /// Why the device cannot be had, and what helps.
  private static func failure(_ error: SystemError, _ number: Int) -> CommandFailure {
    let path = "/dev/ipmi\(number)"
    switch error.errno {
    case ENOENT:
      return CommandFailure(
        .unavailable,
        "no IPMI device \(path): the modules ipmi_devintf and ipmi_si (or ipmi_ssif) make it where "
          + "the machine has a controller (modprobe ipmi_devintf ipmi_si)")
    case ENXIO, ENODEV:
      return CommandFailure(
        .unavailable, "\(path): \(error.reason): the kernel's driver has found no controller")
    case EACCES, EPERM:
      return CommandFailure(
        .noPermission, "\(path): \(error.reason): run as root, or let your group use the device")
    default: return CommandFailure(.systemError, "\(path): \(error.reason)")
    }
  }
}
