public import EventLoop
internal import IPMI
public import Machines
public import Sockets

/// The management controller of this machine, by the kernel's device: no session, no password, and
/// whoever may open the device may do all.
///
/// Use it on the loop's thread only.
public final class LocalController: BMCTransport {
  /// The loop that turns it.
  public let loop: EventLoop

  private let device: ControllerDevice
  private let patience: Duration
  private var registration: Registration?
  private var waiting: [Int64: (Result<BMCAnswer, BMCFailure>) -> Void] = [:]
  private var lastID: Int64 = 0
  private var isClosed = false

  /// A controller behind `device`.
  ///
  /// - Parameter patience: how long a command may take that has no deadline of its own. The driver
  ///   answers in place of a controller that does not, after some 5 seconds.
  /// - Throws: when the device cannot be watched.
  public init(
    _ device: consuming ControllerDevice, patience: Duration = .seconds(15), on loop: EventLoop
  ) throws(SystemError) {
    self.loop = loop
    self.patience = patience
    let descriptor = device.rawDescriptor
    self.device = device
    registration = try loop.watch(descriptor, .readable) { [weak self] _ in self?.receive() }
  }

  deinit { registration?.cancel() }

  /// Has `call` done, and returns what the controller answered, whatever its completion code.
  ///
  /// - Throws: why there is no answer; `.cancelled` when the task is cancelled.
  public func call(_ call: BMCCall) async throws(BMCFailure) -> BMCAnswer {
    guard !isClosed else { throw .cancelled }
    lastID += 1
    let id = lastID
    let completion = Completion<Result<BMCAnswer, BMCFailure>>(on: loop)
    waiting[id] = { completion.fulfil($0) }
    defer { waiting[id] = nil }
    do throws(SystemError) {
      try send(call, as: id)
    } catch {
      throw .socket("\(error)")
    }
    let timer = loop.schedule(after: call.deadline ?? patience) {
      completion.fulfil(.failure(.noAnswer(.command)))
    }
    defer { timer.cancel() }
    let result: Result<BMCAnswer, BMCFailure>
    do throws(CancellationError) {
      result = try await completion.value
    } catch {
      throw .cancelled
    }
    let answer = try result.get()
    return call.bridge?.transit == nil ? answer : try opened(answer, to: call)
  }

  /// Lets go of the controller. What has not been answered fails with `.cancelled`.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    registration?.cancel()
    registration = nil
    fail(.cancelled)
  }

  // MARK: Messages

  /// The driver knows the way to a controller on a bus; behind that one Send Message goes on.
  private func send(_ call: BMCCall, as id: Int64) throws(SystemError) {
    guard let bridge = call.bridge else {
      return try device.send(message(call, id), to: .controller, lun: call.lun)
    }
    guard let transit = bridge.transit else {
      return try device.send(message(call, id), to: .bus(bridge.target), lun: call.lun)
    }
    let inner = MessageBridge(to: bridge.target, ownAddress: transit.address).wrap(request(call))
    try device.send(
      ControllerDevice.Message(
        id: id, networkFunction: inner.networkFunction.rawValue, command: inner.command,
        data: inner.data), to: .bus(transit))
  }

  private func message(_ call: BMCCall, _ id: Int64) -> ControllerDevice.Message {
    ControllerDevice.Message(
      id: id, networkFunction: call.networkFunction.rawValue, command: call.command,
      data: call.data)
  }

  /// The message inside of Send Message; one is under way at a time, so its number means nothing.
  private func request(_ call: BMCCall) -> IPMIMessage {
    IPMIMessage(
      networkFunction: call.networkFunction, responderLUN: call.lun, sequenceNumber: 0,
      command: call.command, data: call.data)
  }

  /// The answer of the controller behind the one on the bus.
  private func opened(_ answer: BMCAnswer, to call: BMCCall) throws(BMCFailure) -> BMCAnswer {
    let response = IPMIMessage(
      networkFunction: SendMessage.networkFunction.response, sequenceNumber: 0,
      command: SendMessage.command, data: [answer.completionCode.rawValue] + answer.data)
    let opened: MessageBridge.Answer
    do throws(IPMIError) {
      opened = try MessageBridge.unwrap(response)
    } catch {
      throw .malformedAnswer(error, command: SendMessage.name)
    }
    switch opened {
    case .refused(let code): return BMCAnswer(code)
    case .awaited: throw .noAnswer(.command)
    case .answered(let inner):
      guard let code = inner.completionCode else { throw .noAnswer(.command) }
      return BMCAnswer(code, Array(inner.body))
    }
  }

  private func receive() {
    do throws(SystemError) {
      while !isClosed, let message = try device.receive() {
        // One that was given up may be answered all the same.
        guard let completion = waiting.removeValue(forKey: message.id) else { continue }
        guard let code = message.data.first else {
          completion(.failure(.noAnswer(.command)))
          continue
        }
        completion(
          .success(
            BMCAnswer(CompletionCode(rawValue: code), Array(message.data.dropFirst()))))
      }
    } catch {
      // The interface is gone, such as when its driver was unloaded.
      registration?.cancel()
      registration = nil
      fail(.socket("\(error)"))
    }
  }

  private func fail(_ failure: BMCFailure) {
    let completions = waiting.values
    waiting = [:]
    for completion in completions { completion(.failure(failure)) }
  }
}

extension ControllerDevice.Place {
  /// A controller on a bus.
  fileprivate static func bus(_ hop: MessageBridge.Hop) -> Self {
    .bus(channel: hop.channel.rawValue & 0x0f, address: hop.address)
  }
}
