import EventLoop
import Glibc
import Machines
import Relay
import Sockets

/// Two open ends, and the bytes of each for the other.
final class SocatSession {
  private let run: SocatRun
  private let near: SocatEndpoint
  private let far: SocatEndpoint
  private var pump: Pump?

  /// How long a program that has said all is given to end by itself.
  private static let farewell: Duration = .milliseconds(100)
  /// How long one that only listens is given once it has heard all.
  private static let listenersFarewell: Duration = .seconds(1)
  /// How often an end that is ignored is looked behind.
  private static let interval: Duration = .seconds(1)

  init(_ run: SocatRun, _ near: SocatEndpoint, _ far: SocatEndpoint) {
    self.run = run
    self.near = near
    self.far = far
  }

  /// Moves bytes to the end, and returns with what this session's process would exit.
  func status() async -> Int32 {
    defer {
      near.cleanUp()
      far.cleanUp()
    }
    let (left, right) = (near.stream, far.stream)
    run.log.notice(
      "starting data transfer loop with FDs [\(left.readDescriptor),\(left.writeDescriptor)] and "
        + "[\(right.readDescriptor),\(right.writeDescriptor)]")
    run.log.everythingIsOpen()
    prepare()
    let (leftNumber, rightNumber) = (left.readDescriptor, right.readDescriptor)
    left.onEnd = { [run] in run.log.notice("socket 1 (fd \(leftNumber)) is at EOF") }
    right.onEnd = { [run] in run.log.notice("socket 2 (fd \(rightNumber)) is at EOF") }
    left.onIgnoredEnd = { [weak self] in self?.lookAgain(.near) }
    right.onIgnoredEnd = { [weak self] in self?.lookAgain(.far) }

    let ending = Completion<PumpReport?>(on: run.loop)
    let pump = Pump(left, right, options, on: run.engine) { ending.fulfil($0) }
    self.pump = pump
    do throws(SystemError) {
      try pump.start()
    } catch {
      run.log.error("\(error)")
      return 1
    }
    let report = await ending.valueThroughCancellation
    self.pump = nil
    let status = await conclude(report)
    for end in [near, far] { await end.linger?(run.line.closingTimeout) }
    run.log.notice(status == 0 ? "exiting with status 0" : "exit(\(status))")
    return status
  }

  /// Cuts blocks where that can be seen, and shows what is written.
  private func prepare() {
    let (left, right) = (near.stream, far.stream)
    _ = numbers
    if run.dump != nil || left.keepsMessages || right.keepsMessages {
      left.blockByteCount = run.line.blockByteCount
      right.blockByteCount = run.line.blockByteCount
    }
    guard let dump = run.dump else { return }
    right.onWrite = { dump.show($0, from: .near, at: $1) }
    left.onWrite = { dump.show($0, from: .far, at: $1) }
  }

  private var options: PumpOptions {
    var options = PumpOptions()
    options.policy.halfClosedTimeout = run.line.closingTimeout
    options.policy.idleTimeout = run.line.idleTimeout
    switch run.line.direction {
    case .both: break
    case .leftToRight: options.policy.onlySource = .near
    case .rightToLeft: options.policy.onlySource = .far
    }
    options.endObserver = { [near, far] side in
      (side == .near ? near : far).stream.noteEnd()
    }
    options.nearByteLimit = near.byteLimit
    options.farByteLimit = far.byteLimit
    return options
  }

  private func lookAgain(_ side: StreamRelay.Side) {
    run.loop.schedule(after: Self.interval) { [weak self] in self?.pump?.retry(side) }
  }

  // MARK: Ending

  private func conclude(_ report: PumpReport?) async -> Int32 {
    switch report?.ending {
    case .lost(let side, let code)?:
      guard !tookEasy(side) else { return 0 }
      let stream = side == .near ? near.stream : far.stream
      let reason = SocatWords.reason(code)
      run.log.error(
        stream.failedWriting
          ? "write(\(number(side)), 0x0, \(run.line.blockByteCount)): \(reason)"
          : "read(\(number(side)), 0x0, \(run.line.blockByteCount)): \(reason)")
      await endChildren()
      return 1
    case .idle? where run.line.idleTimeout != nil && !near.stream.hasEnded && !far.stream.hasEnded:
      run.log.notice("inactivity timeout triggered")
    default: break
    }
    return await endChildren()
  }

  private func tookEasy(_ side: StreamRelay.Side) -> Bool {
    guard let code = (side == .near ? near : far).stream.cooledDown else { return false }
    run.log.notice("write(\(number(side))): \(SocatWords.reason(code))")
    return true
  }

  private func number(_ side: StreamRelay.Side) -> Int32 {
    numbers[side == .near ? 0 : 1]
  }

  /// The descriptors' numbers while they were open.
  private lazy var numbers = [near.stream.readDescriptor, far.stream.readDescriptor]

  /// Ends the programs behind the ends, and returns 1 when one of them failed by itself.
  @discardableResult
  private func endChildren() async -> Int32 {
    var status: Int32 = 0
    for (end, other) in [(near, far), (far, near)] {
      guard let child = end.child else { continue }
      let hasHeardAll = child.onlyListens && other.stream.hasEnded
      let patience = hasHeardAll ? Self.listenersFarewell : Self.farewell
      guard let words = await child.finish(within: patience) else { continue }
      if hasHeardAll {
        run.log.warning(words)
      } else {
        run.log.error(words)
        status = 1
      }
    }
    return status
  }
}
