public import EventLoop
public import Machines
internal import MonotonicTime
public import Sockets

/// Joins two byte streams: moves the bytes of each to the other until both have ended, and closes them.
///
/// Which ends and losses do what, the machine `StreamRelay` says. A pump owns its streams from `start` on.
/// While it runs the loop keeps it alive: nobody needs to hold it.
public final class Pump {
  /// The stream that was there first: a client.
  public var near: any ByteStream { outbound.source }
  /// The stream that was made for it: a target.
  public var far: any ByteStream { outbound.sink }

  private let engine: RelayEngine
  private var machine: StreamRelay
  private let outbound: PumpFlow
  private let inbound: PumpFlow
  private var registrations: [Registration] = []
  /// There is none while nothing is timed.
  private var alarm: Alarm?
  private var lossNumber: Int32 = 0
  private var withoutReader: StreamRelay.Side?
  private var onEnd: ((PumpReport) -> Void)?
  private var phase = Phase.new
  private var runsAgain = false
  /// Streams whose end could not be written yet: TLS's `close_notify`, an empty datagram.
  private var unfinishedEnds: [any ByteStream] = []
  /// What is left to do once those are written, when all else is over.
  private var conclusion: StreamRelay.Actions?
  private let passesResets: Bool
  /// Whose writing the kernel has said is over. A stream that has ended too is not read any more, so that
  /// nothing but this tells of its loss.
  private var nearHasHungUp = false
  private var farHasHungUp = false

  private enum Phase {
    /// Not started, or about to be.
    case new
    /// Waits for the loop.
    case waiting
    /// Moves bytes.
    case moving
  }

  /// A pump between two streams that the loop does not watch yet.
  ///
  /// - Parameter onEnd: is called once, when both streams are closed.
  public init(
    _ near: any ByteStream, _ far: any ByteStream, _ options: PumpOptions = PumpOptions(),
    on engine: RelayEngine, _ onEnd: @escaping (PumpReport) -> Void
  ) {
    self.engine = engine
    self.onEnd = onEnd
    passesResets = options.passesResets
    machine = StreamRelay(options.policy, at: engine.loop.now)
    outbound = PumpFlow(.near, from: near, to: far, options, on: engine)
    inbound = PumpFlow(.far, from: far, to: near, options, on: engine)
    outbound.pump = self
    inbound.pump = self
  }

  /// Whether both streams are closed.
  public var hasEnded: Bool { onEnd == nil }

  /// How many bytes were moved so far.
  public var statistics: PumpStatistics {
    var result = PumpStatistics()
    result.nearByteCount = outbound.byteCount
    result.farByteCount = inbound.byteCount
    result.splicedByteCount = outbound.splicedByteCount + inbound.splicedByteCount
    return result
  }

  /// Writes bytes to one stream before all that the other one sends. Call it before `start`.
  public func insert(_ bytes: [UInt8], toward side: StreamRelay.Side) {
    precondition(phase == .new, "Bytes are inserted into a pump that runs.")
    (side == .near ? inbound : outbound).insert(bytes)
  }

  /// Relays bytes of one stream that were read before there was a pump: they count as its own, and go behind
  /// what was inserted. Call it before `start`.
  public func relay(_ bytes: [UInt8], readFrom side: StreamRelay.Side) {
    precondition(phase == .new, "Bytes are inserted into a pump that runs.")
    (side == .near ? outbound : inbound).relayRead(bytes)
  }

  /// Begins to move bytes.
  ///
  /// - Throws: what keeps the loop from watching a stream; both are closed then, and `onEnd` is not called.
  public func start() throws(SystemError) {
    precondition(phase == .new && registrations.isEmpty, "A pump is started twice.")
    do throws(SystemError) {
      try watch(.near, near)
      try watch(.far, far)
    } catch {
      onEnd = nil
      release(isClosing: false)
      near.close()
      far.close()
      throw error
    }
    phase = .waiting
    arm()
    resume()
  }

  /// Ends it now: closes both streams. What the kernel has, it delivers.
  public func stop() {
    finish(.stopped, [])
  }

  /// Ends it now, and lets both peers know that something was lost.
  public func reset() {
    finish(.stopped, [.resetNear, .resetFar])
  }

  /// Tries a stream again of whose readiness its descriptors do not tell: one that waits for a time, a file
  /// that may have grown.
  public func retry(_ side: StreamRelay.Side) {
    guard phase != .new, !hasEnded else { return }
    isReady(side, [.readable, .writable])
  }

  // MARK: Readiness

  /// Watches a stream's descriptors, edge-triggered. What epoll does not watch, a file, is always ready.
  private func watch(
    _ side: StreamRelay.Side, _ stream: any ByteStream
  ) throws(SystemError) {
    let handler = { [self] (readiness: Readiness) in
      noteHangUp(side, readiness)
      isReady(side, readiness)
    }
    if let standing = (stream as? StreamSocket)?.takeWatch() {
      registrations.append(standing.registration)
      standing.registration.replaceHandler(handler)
      return handler(standing.readiness)
    }
    let (reader, writer) = (stream.readDescriptor, stream.writeDescriptor)
    if reader == writer {
      try watch(reader, [.readable, .writable, .peerClosed, .priority], handler)
    } else {
      try watch(reader, [.readable, .peerClosed]) { [self] in isReady(side, $0) }
      try watch(writer, [.writable], handler)
    }
  }

  private func watch(
    _ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) {
    do throws(SystemError) {
      registrations.append(
        try engine.loop.watch(descriptor, interest.union(.edgeTriggered), handler))
    } catch {
      guard error.errno == fileIsNotWatched else { throw error }
      handler([.readable, .writable])
    }
  }

  private func noteHangUp(_ side: StreamRelay.Side, _ readiness: Readiness) {
    guard !readiness.isDisjoint(with: [.error, .hangUp]) else { return }
    if side == .near { nearHasHungUp = true } else { farHasHungUp = true }
  }

  private func isReady(_ side: StreamRelay.Side, _ readiness: Readiness) {
    let (reading, writing) = side == .near ? (outbound, inbound) : (inbound, outbound)
    let stream = reading.source
    let isOver = !readiness.isDisjoint(with: [.error, .hangUp])
    let isOpaque = !stream.canSplice
    if isOver || isOpaque || !readiness.isDisjoint(with: [.readable, .peerClosed, .priority]) {
      reading.canRead = true
    }
    if !readiness.isDisjoint(with: [.error, .hangUp, .peerClosed, .priority]) {
      reading.mustReadOn = true
    }
    if isOver || isOpaque || readiness.contains(.writable) { writing.canWrite = true }
    guard phase != .new else { return }
    if readiness.contains(.error), reading.isHeldUp, let code = pendingError(of: stream) {
      // Its last bytes cannot be delivered before the other side reads, which may be never.
      lossNumber = code
      return carryOut(machine.readingFailed(side))
    }
    resume()
  }

  private func pendingError(of stream: any ByteStream) -> Int32? {
    guard let socket = stream.transport as? StreamSocket else { return nil }
    let code = socket.takeError()
    return code == 0 ? nil : code
  }

  // MARK: Moving

  /// Moves what can be moved, both ways.
  func resume() {
    guard phase == .waiting else {
      runsAgain = true
      return
    }
    phase = .moving
    repeat {
      runsAgain = false
      finishEnds()
      run(outbound)
      run(inbound)
    } while runsAgain
    phase = .waiting
    if nearHasHungUp { concludeHangUp(of: .near) }
    if farHasHungUp { concludeHangUp(of: .far) }
  }

  private func finishEnds() {
    guard !unfinishedEnds.isEmpty else { return }
    unfinishedEnds.removeAll { $0.endWriting() != .blocked }
    if unfinishedEnds.isEmpty, let conclusion { finish(.completed, conclusion) }
  }

  private func concludeHangUp(of side: StreamRelay.Side) {
    guard !hasEnded, !machine.isOpen(side) else { return }
    guard let code = pendingError(of: side == .near ? near : far) else {
      if machine.isOpen(side.other) { withoutReader = side }
      return carryOut(machine.writingEnded(side, at: engine.loop.now))
    }
    if lossNumber == 0 { lossNumber = code }
    carryOut(machine.writingFailed(side))
  }

  private func run(_ flow: PumpFlow) {
    guard machine.isOpen(flow.side), !hasEnded else { return }
    let before = flow.byteCount
    let halt = flow.run()
    let now = engine.loop.now
    if flow.byteCount != before { machine.moved(at: now) }
    switch halt {
    case .waiting: break
    case .yielded: engine.yield(self)
    case .ended:
      flow.tellEnd()
      carryOut(machine.ended(flow.side, at: now))
    case .sinkEnded:
      withoutReader = flow.side.other
      carryOut(machine.writingEnded(flow.side.other, at: now))
    case .sourceFailed(let code):
      if lossNumber == 0 { lossNumber = code }
      carryOut(machine.readingFailed(flow.side))
    case .sinkFailed(let code):
      if lossNumber == 0 { lossNumber = code }
      // Whoever meets an error takes it: what is left to read is not told by an event then.
      (flow === outbound ? inbound : outbound).canRead = true
      runsAgain = true
      carryOut(machine.writingFailed(flow.side.other))
    }
  }

  private func carryOut(_ actions: StreamRelay.Actions) {
    let isOver = actions.contains(.close) && machine.ending == .completed
    if actions.contains(.endWritingNear) { endWriting(near, isOver: isOver) }
    if actions.contains(.endWritingFar) { endWriting(far, isOver: isOver) }
    guard actions.contains(.close), let ending = machine.ending else { return arm() }
    switch ending {
    case .completed where !unfinishedEnds.isEmpty: awaitEnds(actions)
    case .completed: finish(.completed, actions)
    case .idle: finish(.idle, actions)
    case .lost(let side): finish(.lost(side, errno: lossNumber), actions)
    }
  }

  private func endWriting(_ stream: any ByteStream, isOver: Bool) {
    // Closing a socket of which all was read tells its peer the same.
    if isOver, stream is StreamSocket { return }
    if stream.readDescriptor != stream.writeDescriptor {
      // It will be closed: the loop must not watch it any more.
      let number = stream.writeDescriptor
      for registration in registrations where registration.descriptor == number {
        registration.cancel()
      }
    }
    // A connection that is lost tells so when it is read.
    guard stream.endWriting() == .blocked else { return }
    unfinishedEnds.append(stream)
    if stream.readDescriptor != stream.writeDescriptor {
      watchAgain(stream.writeDescriptor, of: stream === near ? .near : .far)
    }
  }

  private func watchAgain(_ descriptor: Int32, of side: StreamRelay.Side) {
    do throws(SystemError) {
      try watch(descriptor, [.writable]) { [self] readiness in
        noteHangUp(side, readiness)
        isReady(side, readiness)
      }
    } catch {
      unfinishedEnds = []
    }
  }

  /// Closing now would lose what tells a peer that it has all. It is waited for as bytes are.
  private func awaitEnds(_ actions: StreamRelay.Actions) {
    conclusion = actions
    guard let timeout = machine.policy.idleTimeout else { return }
    alarm?.deadline = nil
    let alarm = Alarm(on: engine.loop) { [unowned self] in finish(.completed, actions) }
    alarm.deadline = engine.loop.now + timeout
    self.alarm = alarm
  }

  // MARK: Time

  /// The machine's deadline moves with every byte: an alarm that is early asks again.
  private func arm() {
    guard let deadline = machine.deadline else { return }
    if let earlier = alarm?.deadline, earlier <= deadline { return }
    let alarm =
      alarm
      ?? Alarm(on: engine.loop) { [unowned self] in
        carryOut(machine.fire(at: engine.loop.now))
      }
    alarm.deadline = deadline
    self.alarm = alarm
  }

  // MARK: Ending

  private func finish(_ ending: PumpReport.Ending, _ actions: StreamRelay.Actions) {
    guard let tell = onEnd.take() else { return }
    release(isClosing: true)
    end(near, isLost: actions.contains(.resetNear))
    end(far, isLost: actions.contains(.resetFar))
    tell(PumpReport(ending: ending, statistics: statistics, withoutReader: withoutReader))
  }

  private func end(_ stream: any ByteStream, isLost: Bool) {
    if isLost, passesResets { engine.resets.reset(stream) } else { stream.close() }
  }

  /// A socket's own descriptor is forgotten by the kernel when it is closed, which saves a system call; a
  /// terminal's is another process's too.
  private func release(isClosing: Bool) {
    let isSockets = isClosing && near is StreamSocket && far is StreamSocket
    for registration in registrations {
      if isSockets { registration.cancelBeforeClose() } else { registration.cancel() }
    }
    registrations = []
    alarm?.deadline = nil
    outbound.stop()
    inbound.stop()
  }
}

/// `EPERM`: epoll does not watch regular files.
private let fileIsNotWatched: Int32 = 1
