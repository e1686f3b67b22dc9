internal import EventLoop
internal import LinkLayer
internal import Links
public import Machines
public import MonotonicTime

/// A machine at work in a conversation: its value, its alarm, and who waits for its outcome.
public final class RunningMachine<Protocol: Machine>: Participant {
  /// The machine as it is now.
  public private(set) var machine: Protocol

  private let conversation: Conversation
  private let onOutage: ((inout Protocol, Instant) -> Protocol.Actions)?
  private let onReport: (Protocol.Report) -> Void
  private let completion: Completion<Result<Protocol.Outcome, ConversationFailure>>
  private var alarm: Alarm?
  private(set) var hasEnded = false
  /// The one address that the machine is about, if it is.
  let subject: IPAddress?
  /// Whether it was ended from outside.
  private var isCutOff = false
  /// What arrived before this is no answer to anything that the machine said.
  private var beginning = Instant.origin

  init(
    _ machine: Protocol, in conversation: Conversation,
    _ onOutage: ((inout Protocol, Instant) -> Protocol.Actions)?,
    _ onReport: @escaping (Protocol.Report) -> Void
  ) {
    self.machine = machine
    subject = machine.subject
    self.conversation = conversation
    self.onOutage = onOutage
    self.onReport = onReport
    completion = Completion(on: conversation.loop)
    alarm = Alarm(on: conversation.loop) { [weak self] in self?.fire() }
  }

  /// Waits for the end of the machine.
  ///
  /// - Throws: `.link` when the link fails; `.cancelled` when the task is cancelled, which takes
  ///   the machine off the link.
  public func outcome() async throws(ConversationFailure) -> Protocol.Outcome {
    let result: Result<Protocol.Outcome, ConversationFailure>
    do throws(CancellationError) {
      result = try await completion.value
    } catch {
      finish(.failure(.cancelled))
      throw .cancelled
    }
    return try result.get()
  }

  /// Says something to the machine that is neither a frame nor a deadline, as to stop, and carries
  /// out what it answers. A machine may have an answer even after its end, as an announcement that is
  /// to be made again; nothing is said any more once the link has failed or the task was cancelled.
  public func perform(_ body: (inout Protocol, Instant) -> Protocol.Actions) {
    guard !isCutOff else { return }
    step(at: conversation.loop.now, body)
  }

  func start() {
    beginning = conversation.loop.readClock()
    step(at: beginning) { $0.start(at: $1) }
  }

  func resume() {
    alarm?.deadline = machine.deadline
  }

  func receive(_ frame: LinkFrame, at instant: Instant) {
    guard !hasEnded, instant >= beginning else { return }
    step(at: instant) { $0.receive(frame, at: $1) }
  }

  func fail(_ error: LinkError) {
    finish(.failure(.link(error)))
  }

  private func fire() {
    // A scan has millions of frames to send: they are made when there is room for them.
    guard !conversation.isCongested else {
      return conversation.whenSent { [weak self] in self?.fire() }
    }
    step(at: conversation.loop.readClock()) { $0.fire(at: $1) }
  }

  /// Has the machine take an event. When an outage takes what it sends, a machine that is told of that
  /// goes back to where it was before, and is told.
  private func step(at now: Instant, _ event: (inout Protocol, Instant) -> Protocol.Actions) {
    guard let onOutage else {
      _ = carryOut(event(&machine, now))
      return
    }
    let former = machine
    guard !carryOut(event(&machine, now)), !hasEnded else { return }
    machine = former
    _ = carryOut(onOutage(&machine, now))
  }

  /// In their order: what is reported as sent has left, or stands in the queue. Whether all of them
  /// were: not when the link has failed, or an outage has taken frames that somebody wants to know of.
  private func carryOut(_ actions: Protocol.Actions) -> Bool {
    var frames: [LinkFrame] = []
    for action in actions {
      switch action {
      case .send(let frame): frames.append(frame)
      case .report(let report):
        guard send(&frames) else { return false }
        onReport(report)
      case .finish(let end):
        guard send(&frames) else { return false }
        conversation.whenSent { self.finish(.success(end)) }
        return true
      }
    }
    guard send(&frames) else { return false }
    alarm?.deadline = machine.deadline
    return true
  }

  /// Sends `frames` and empties them; a link that fails ends all machines on it. Whether to go on.
  private func send(_ frames: inout [LinkFrame]) -> Bool {
    defer { frames.removeAll() }
    do throws(LinkError) {
      let isWhole = try conversation.send(frames)
      return isWhole || onOutage == nil
    } catch {
      conversation.fail(error)
      return false
    }
  }

  private func finish(_ result: Result<Protocol.Outcome, ConversationFailure>) {
    if case .failure = result { isCutOff = true }
    alarm = nil
    if !hasEnded {
      hasEnded = true
      conversation.noteEnd(of: self)
    }
    completion.fulfil(result)
  }
}
