import Drivers
import EventLoop
import Glibc
import IPMI
import LinkLayer
import Machines
import OpenSSL
import Sockets

/// Carries out one operation of `ipmitool` over the interface that the options name.
struct IpmitoolSession {
  private let options: IpmitoolOptions
  private let console: Console
  private let files: IpmitoolFiles

  init(_ options: IpmitoolOptions, _ files: IpmitoolFiles, _ console: Console) {
    self.options = options
    self.files = files
    self.console = console
  }

  /// Does `operation`, prints what came of it, and returns the exit status.
  func run(_ operation: any IPMIOperation) throws(Exit) -> Int32 {
    guard options.interface != .open else { return try runLocally(operation) }
    guard let host = options.host, !host.isEmpty else {
      throw console.fail("No hostname specified!\n", status: Ipmitool.Status.failed)
    }
    let cryptography = try cryptography()
    do throws(SystemError) {
      let loop = try EventLoop()
      let interrupt = try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
      defer { interrupt.cancel() }
      let sockets = BMCSockets(on: loop, cryptography: cryptography)
      defer { sockets.close() }
      sockets.scout = NeighborScout(on: loop)
      try Privileges.dropAllButNetRaw()
      return tell(
        loop.run { () async -> Result<Value, OperationFailure> in
          do throws(OperationFailure) {
            return .success(Value(report: try await converse(with: host, by: sockets, operation)))
          } catch {
            return .failure(error)
          }
        })
    } catch {
      throw console.fail("\(options.program): \(error)\n", status: Ipmitool.Status.failed)
    }
  }

  /// A report, in something that a task returns.
  private struct Value: Sendable { var report: any IPMIReport }

  private func cryptography() throws(Exit) -> any Cryptography {
    do {
      return try OpenSSLCryptography()
    } catch {
      throw console.fail("\(options.program): \(error)\n", status: 1)
    }
  }

  private func converse(
    with host: String, by sockets: BMCSockets, _ operation: any IPMIOperation
  ) async throws(OperationFailure) -> any IPMIReport {
    let addresses: [InternetAddress]
    do throws(NameError) {
      addresses = try await sockets.loop.resolve(host, port: options.port, family: options.family)
    } catch {
      throw OperationFailure(.nameNotResolved(error.words), "")
    }
    guard let address = addresses.first else {
      throw OperationFailure(.nameNotResolved("no such host"), "")
    }
    let client = BMCClient(
      address, credentials: options.credentials, options: options.session, on: sockets)
    defer { client.close() }
    if let activation = operation as? ActivateSOL, options.interface == .lanplus {
      return try await IpmitoolConsole(options, activation).run(client)
    }
    return try await operation.run(
      over: AddressedTransport(over: client, by: options.route, records: files.records))
  }

  // MARK: What is told

  private func tell(_ result: Result<Value, OperationFailure>) -> Int32 {
    var text = ReportText(options.style)
    var status = Ipmitool.Status.ok
    if result.hasReachedController { files.tell(console) }
    switch result {
    case .success(let value):
      value.report.write(to: &text)
      if !value.report.isAffirmative { status = Ipmitool.Status.failed }
    case .failure(let failure):
      failure.report?.write(to: &text)
      status = complain(failure, to: &text)
    }
    console.write(text.output)
    console.flush()
    if !text.complaints.isEmpty { console.complain(text.complaints) }
    return status
  }

  private func complain(_ failure: OperationFailure, to text: inout ReportText) -> Int32 {
    if failure.failure == .cancelled {
      text.complain("\(options.program): interrupted")
      return Ipmitool.Status.interrupted
    }
    if failure.failure.isOfSession {
      text.complain("\(options.program): \(options.host ?? ""): \(failure.failure)")
      text.complain(String(establishment.dropLast()))
    } else {
      if !failure.failure.isRefusal {
        text.complain("\(options.program): \(failure.failure)")
      }
      if !failure.complaint.isEmpty { text.complain(failure.complaint) }
    }
    return Ipmitool.Status.failed
  }

  /// What the original says when a session cannot be opened.
  private var establishment: String {
    options.interface == .lanplus
      ? "Error: Unable to establish IPMI v2 / RMCP+ session\n"
      : """
      Error: Unable to establish LAN session
      Error: Unable to establish IPMI v1.5 / RMCP session

      """
  }

  // MARK: This machine's own controller

  private func runLocally(_ operation: any IPMIOperation) throws(Exit) -> Int32 {
    let (route, records) = (options.route, files.records)
    do throws(SystemError) {
      let device = try ControllerDevice(number: options.deviceNumber)
      if options.ownAddress != IPMIMessage.controllerAddress {
        try device.setOwnAddress(options.ownAddress)
      }
      let loop = try EventLoop()
      let interrupt = try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
      defer { interrupt.cancel() }
      let controller = try LocalController(device, on: loop)
      defer { controller.close() }
      return tell(
        loop.run { () async -> Result<Value, OperationFailure> in
          do throws(OperationFailure) {
            let transport = AddressedTransport(over: controller, by: route, records: records)
            return .success(Value(report: try await operation.run(over: transport)))
          } catch {
            return .failure(error)
          }
        })
    } catch {
      let paths = ControllerDevice.paths(number: options.deviceNumber).joined(separator: " or ")
      throw console.fail(
        "Could not open device at \(paths): \(error.reason)\n", status: Ipmitool.Status.failed)
    }
  }
}

extension Result where Failure == OperationFailure {
  /// Whether a controller was spoken with, whatever came of it.
  fileprivate var hasReachedController: Bool {
    switch self {
    case .success: true
    case .failure(let failure): !failure.failure.isOfSession
    }
  }
}

extension BMCFailure {
  /// Whether it concerns the session, or the way to the controller, and not a command in it.
  var isOfSession: Bool {
    switch self {
    case .completion, .malformedAnswer, .noAnswer(.command), .disbelieved, .outcomeUnknown,
      .sessionLost,
      .cancelled,
      .deadline:
      false
    default: true
    }
  }

  /// Whether the controller answered that it does not do the command.
  var isRefusal: Bool {
    if case .completion = self { return true }
    return false
  }
}
