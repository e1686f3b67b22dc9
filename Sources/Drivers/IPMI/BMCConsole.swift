internal import EventLoop
public import IPMI
public import Machines
internal import MonotonicTime

/// A serial console over LAN at work: the machine, its alarm, and the client whose session it stands on.
///
/// The client is the console's alone while it runs. Use it on the loop's thread only.
public final class BMCConsole {
  /// Is told that something came, or that time has passed: ``pendingCount`` may have changed.
  public var onProgress: (() -> Void)?

  let client: BMCClient
  private let onOutput: ([UInt8]) -> Void
  private let onReport: (SerialOverLANSession.Report) -> Void
  private let completion: Completion<SerialOverLANSession.Outcome>
  private var machine: SerialOverLANSession
  private var alarm: Alarm?
  private var hasSession: Bool

  /// A console over the session of `client`, which needs IPMI 2.0.
  ///
  /// - Parameters:
  ///   - client: whose session; it is not closed here.
  ///   - options: how the console is kept.
  ///   - onOutput: is given the characters of the line.
  ///   - onReport: is told what happens on the way.
  public init(
    _ client: BMCClient, options: SerialOverLANOptions = SerialOverLANOptions(),
    onOutput: @escaping ([UInt8]) -> Void,
    onReport: @escaping (SerialOverLANSession.Report) -> Void = { _ in }
  ) {
    self.client = client
    self.onOutput = onOutput
    self.onReport = onReport
    completion = Completion(on: client.loop)
    machine = SerialOverLANSession(options: options)
    hasSession = client.facts != nil
    alarm = Alarm(on: client.loop) { [weak self] in
      self?.perform { $0.fire(at: $1) }
    }
    client.onPayload = { [weak self] type, bytes in
      guard type == .serialOverLAN else { return }
      self?.perform { $0.receive(bytes, at: $1) }
    }
    client.onSession = { [weak self] _ in self?.sessionStands() }
  }

  deinit {
    client.onPayload = nil
    client.onSession = nil
  }

  /// Takes the line.
  public func start() { perform { $0.start(at: $1) } }

  /// Types these characters.
  public func type(_ characters: [UInt8]) { perform { $0.type(characters, at: $1) } }

  /// Sends a break on the line.
  public func sendBreak() { perform { $0.sendBreak(at: $1) } }

  /// Has the controller do this once: a break, a ring, a flush.
  public func perform(_ operation: SerialOverLANPacket.Operation) {
    perform { $0.perform(operation, at: $1) }
  }

  /// Sets the handshake lines that the system sees: `pauses` for CTS inactive, `dropsCarrier` for DCD
  /// and DSR inactive.
  public func setLines(_ operation: SerialOverLANPacket.Operation) {
    perform { $0.setLines(operation, at: $1) }
  }

  /// Gives the line back, and ends.
  public func stop() { perform { $0.stop(at: $1) } }

  /// How many typed characters the controller has not accepted.
  public var pendingCount: Int { machine.pendingCount }

  /// How many of them wait behind the packet that is on its way, and that packet's number.
  var waitingCount: Int { machine.waitingCount }
  var outstandingNumber: UInt8? { machine.outstandingNumber }

  /// Whether the line is this console's at present.
  public var isAttached: Bool { machine.state == .active }

  /// Whether it has ended.
  public var hasEnded: Bool { completion.isFulfilled }

  /// Waits for the end.
  ///
  /// - Throws: `CancellationError` when the task is cancelled; the console goes on.
  public func outcome() async throws(CancellationError) -> SerialOverLANSession.Outcome {
    try await completion.value
  }

  private func sessionStands() {
    // The first one is the console's own.
    guard hasSession else {
      hasSession = true
      return
    }
    perform { $0.sessionRenewed(at: $1) }
  }

  private func perform(
    _ body: (inout SerialOverLANSession, Instant) -> [SerialOverLANSession.Action]
  ) {
    machine.sessionID = client.facts?.sessionID
    carryOut(body(&machine, client.loop.now))
    alarm?.deadline = machine.deadline
    onProgress?()
  }

  private func carryOut(_ actions: [SerialOverLANSession.Action]) {
    for action in actions {
      switch action {
      case .call(let call):
        client.submit(call) { [weak self] result in
          self?.perform { $0.answered(result, at: $1) }
        }
      case .send(let payload): client.send(payload, as: .serialOverLAN)
      case .output(let characters): onOutput(characters)
      case .report(let report): onReport(report)
      case .finish(let outcome): completion.fulfil(outcome)
      }
    }
  }
}
