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
    _ onReport: @escaping (Protocol.Report) -> Void
  ) {
    self.machine = machine
    subject = machine.subject
    self.conversation = conversation
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
    carryOut(body(&machine, conversation.loop.now))
  }

  func start() {
    beginning = conversation.loop.readClock()
    carryOut(machine.start(at: beginning))
  }

  func resume() {
    alarm?.deadline = machine.deadline
  }

  func receive(_ frame: LinkFrame, at instant: Instant) {
    guard !hasEnded, instant >= beginning else { return }
    carryOut(machine.receive(frame, at: instant))
  }

  func fail(_ error: LinkError) {
    finish(.failure(.link(error)))
  }

  private func fire() {
    // A scan has millions of frames to send: they are made when there is room for them.
    guard !conversation.isCongested else {
      return conversation.whenSent { [weak self] in self?.fire() }
    }
    carryOut(machine.fire(at: conversation.loop.readClock()))
  }

  /// In their order: what is reported as sent has left, or stands in the queue.
  private func carryOut(_ actions: Protocol.Actions) {
    var frames: [LinkFrame] = []
    for action in actions {
      switch action {
      case .send(let frame): frames.append(frame)
      case .report(let report):
        guard send(&frames) else { return }
        onReport(report)
      case .finish(let end):
        guard send(&frames) else { return }
        return conversation.whenSent { self.finish(.success(end)) }
      }
    }
    guard send(&frames) else { return }
    alarm?.deadline = machine.deadline
  }

  /// Sends `frames` and empties them; a link that fails ends all machines on it.
  private func send(_ frames: inout [LinkFrame]) -> Bool {
    defer { frames.removeAll() }
    do throws(LinkError) {
      try conversation.send(frames)
      return true
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
