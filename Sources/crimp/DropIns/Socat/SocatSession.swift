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
  /// How long a queue is given to have room, if nothing tells when it has.
  private static let patience: Duration = .microseconds(50)
  private static let mostPatience: Duration = .milliseconds(10)

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
    left.onLoss = { [unowned self] in tellLoss(.near, $0) }
    right.onLoss = { [unowned self] in tellLoss(.far, $0) }
    left.onIgnoredEnd = { [weak self] in self?.lookAgain(.near) }
    right.onIgnoredEnd = { [weak self] in self?.lookAgain(.far) }
    left.onUntoldWait = { [weak self] in self?.trySoon(.near, $0) }
    right.onUntoldWait = { [weak self] in self?.trySoon(.far, $0) }

    let ending = Completion<PumpReport?>(on: run.loop)
    let pump = Pump(left, right, options, on: run.engine) { ending.fulfil($0) }
    self.pump = pump
    do throws(SystemError) {
      try pump.start()
    } catch {
      run.log.error("\(error)")
      await endChildren()
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
    options.endObserver = { [unowned self] side in end(side).stream.noteEnd() }
    options.passesResets = near.stream.isConnection && far.stream.isConnection
    options.nearByteLimit = near.byteLimit
    options.farByteLimit = far.byteLimit
    return options
  }

  private func lookAgain(_ side: StreamRelay.Side) {
    run.loop.schedule(after: Self.interval) { [weak self] in self?.pump?.retry(side) }
  }

  private func trySoon(_ side: StreamRelay.Side, _ count: Int) {
    run.loop.schedule(after: min(Self.patience * (1 << min(count, 8)), Self.mostPatience)) {
      [weak self] in
      self?.end(side).stream.endWait()
      self?.pump?.retry(side)
    }
  }

  // MARK: Ending

  private func conclude(_ report: PumpReport?) async -> Int32 {
    switch report?.ending {
    case .lost(let side, let code)?: return await concludeLoss(of: side, code)
    case .idle? where near.stream.writeFailure != nil: return await concludeLoss(of: .near, 0)
    case .idle? where far.stream.writeFailure != nil: return await concludeLoss(of: .far, 0)
    case .idle? where run.line.idleTimeout != nil && !near.stream.hasEnded && !far.stream.hasEnded:
      run.log.notice("inactivity timeout triggered")
    default: break
    }
    return await endChildren()
  }

  /// A write that fails is an error. A stream that is lost while it is only read has ended, of which a
  /// warning is enough, as in the original; unless it is another failure than that.
  private func concludeLoss(of side: StreamRelay.Side, _ code: Int32) async -> Int32 {
    let stream = end(side).stream
    if let code = stream.cooledDown {
      run.log.notice("write(\(number(side))): \(SocatWords.reason(code))")
    } else if let failure = stream.writeFailure {
      run.log.error(
        stream.secureFailure.map { "SSL_write(): \($0)" }
          ?? "\(writeCall(side, failure.byteCount)): \(SocatWords.reason(failure.code))")
      await endChildren()
      return 1
    } else if code == ECONNRESET || code == EPIPE {
      tellLoss(side, code)
      stream.noteEnd()
    } else {
      run.log.error(
        stream.secureFailure.map { "SSL_read(): \($0)" }
          ?? "\(readCall(side)): \(SocatWords.reason(code))")
      await endChildren()
      return 1
    }
    return await endChildren()
  }

  private func tellLoss(_ side: StreamRelay.Side, _ code: Int32) {
    run.log.warning("\(readCall(side)): \(SocatWords.reason(code))")
    let (from, to) = side == .near ? (1, 2) : (2, 1)
    run.log.notice("socket \(from) to socket \(to) is in error")
  }

  private func readCall(_ side: StreamRelay.Side) -> String {
    "read(\(number(side)), 0x0, \(run.line.blockByteCount))"
  }

  private func writeCall(_ side: StreamRelay.Side, _ byteCount: Int) -> String {
    guard let receiver = end(side).stream.receiver else {
      return "write(\(number(side)), 0x0, \(byteCount))"
    }
    return "sendto(\(number(side)), 0x0, \(byteCount), 0, \(SocatWords.address(receiver)),"
      + " \(SocatWords.byteCount(receiver)))"
  }

  private func end(_ side: StreamRelay.Side) -> SocatEndpoint { side == .near ? near : far }

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
      for child in end.children {
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
    }
    return status
  }
}
