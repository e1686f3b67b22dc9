internal import CLinux
internal import EventLoop
internal import Glibc
internal import Machines
internal import Sockets

/// One direction of a pump: bytes from a source to a sink.
///
/// It reads only when all that it read before is written. What the sink does not take at once waits here,
/// in the pipe or in a buffer of its own, and the source is left alone until it is gone: its sender
/// meets TCP's own back-pressure.
final class PumpFlow {
  /// Why the flow does not go on.
  enum Halt {
    /// The loop or the limit will tell when there is more to do.
    case waiting
    /// It has moved much, and others wait.
    case yielded
    /// The source has ended, and all of it is delivered.
    case ended
    /// The sink takes nothing more.
    case sinkEnded
    /// Reading failed.
    case sourceFailed(Int32)
    /// Writing failed.
    case sinkFailed(Int32)
  }

  // The large ones first: there are two flows to each idle connection.
  let source: any ByteStream
  let sink: any ByteStream
  private let engine: RelayEngine
  private let terms: FlowTerms?
  /// Whose direction it is: set by it.
  unowned var pump: Pump?

  private(set) var byteCount: UInt64 = 0
  private(set) var splicedByteCount: UInt64 = 0

  /// What was read and is not yet written: in the pipe, or here.
  private var pipe: SplicePipe?
  private var pipedCount = 0
  private var held: [UInt8] = []
  private var heldOffset = 0

  let side: StreamRelay.Side
  /// Whether the loop told of something to read that was not read yet.
  var canRead = false
  /// Whether the sink took all at the last try.
  var canWrite = true
  /// A short read proves nothing now: the end, an error or urgent data stands behind it.
  var mustReadOn = false

  private let maySplice: Bool
  private let mustSplice: Bool
  private var isSpliceable = true
  private var isSplicing: Bool
  /// How many reads in a row were large, while copying, or small, while splicing.
  private var streak: UInt8 = 0
  private var waitsForLimit = false

  /// Reads of so many bytes, twice in a row, are worth a pipe.
  private static let largeRead = 64 * 1024
  /// Reads of less than this, four times in a row, are not.
  private static let smallRead = 16 * 1024

  init(
    _ side: StreamRelay.Side, from source: any ByteStream, to sink: any ByteStream,
    _ options: PumpOptions, on engine: RelayEngine
  ) {
    self.side = side
    self.source = source
    self.sink = sink
    self.engine = engine
    terms = FlowTerms(side, options)
    maySplice =
      options.mode != .copy && options.observer == nil && source.canSplice && sink.canSplice
    mustSplice = options.mode == .splice
    isSplicing = maySplice && mustSplice
    // What is read ahead, as by TLS's handshake, no loop tells of.
    canRead = !source.canSplice
  }

  /// Whether bytes wait for a sink that takes none.
  var isHeldUp: Bool { !canWrite && (pipedCount > 0 || heldOffset < held.count) }

  /// Puts bytes before all that the source sends. Before the pump starts.
  func insert(_ bytes: [UInt8]) {
    held.append(contentsOf: bytes)
  }

  /// Puts bytes there that the source sent before the pump had it. Before the pump starts.
  func relayRead(_ bytes: [UInt8]) {
    insert(bytes)
    byteCount += UInt64(bytes.count)
  }

  /// Moves what can be moved.
  func run() -> Halt {
    var budget = engine.options.turnByteCount
    while true {
      if let halt = pipedCount > 0 ? drainPipe() : flushHeld() { return halt }
      if terms?.remaining == 0 { return .ended }
      guard canRead, canWrite, !waitsForLimit else { return .waiting }
      guard budget > 0 else { return .yielded }
      let allowance = allowance()
      guard allowance > 0 else { return .waiting }
      let before = byteCount
      let halt = isSplicing ? splice(allowance) : copy(allowance)
      budget -= Int(byteCount - before)
      if let halt { return halt }
    }
  }

  /// The limit has something for this flow again.
  func limitAllowsMore() {
    waitsForLimit = false
    pump?.resume()
  }

  /// Gives back what it has of the engine. Nothing moves afterwards.
  func stop() {
    for limit in terms?.limits ?? [] { limit.forget(self) }
    if let pipe = pipe.take() { engine.pipes.give(pipe, isEmpty: pipedCount == 0) }
    pipedCount = 0
    held = []
    heldOffset = 0
  }

  /// How many bytes may be read now; when none may, the limit will call.
  private func allowance() -> Int {
    guard let terms else { return .max }
    let most = Int(clamping: terms.remaining)
    var allowed = most
    for limit in terms.limits where allowed > 0 {
      allowed = min(allowed, limit.allowance(for: self))
      guard allowed == 0 else { continue }
      waitsForLimit = true
      limit.wait(self)
    }
    return allowed
  }

  private var isLimited: Bool { terms.map { !$0.limits.isEmpty } ?? false }

  /// The source has ended, and all of it is delivered.
  func tellEnd() {
    terms?.endObserver?(side)
  }

  private func count(_ read: Int) {
    byteCount += UInt64(read)
    guard let terms else { return }
    if terms.remaining != .max { terms.remaining -= UInt64(read) }
    for limit in terms.limits { limit.spend(read) }
  }

  // MARK: Copying

  /// Reads once through the shared buffer, and writes what it read.
  private func copy(_ allowance: Int) -> Halt? {
    let room = min(allowance, unsafe engine.buffer.count)
    let buffer = unsafe UnsafeMutableRawBufferPointer(rebasing: engine.buffer[..<room])
    switch unsafe source.read(into: buffer) {
    case .blocked:
      notReadable()
      return .waiting
    case .end: return .ended
    case .failed(let code): return .sourceFailed(code)
    case .moved(let read):
      count(read)
      noteCopied(read, of: room)
      let bytes = unsafe UnsafeRawBufferPointer(rebasing: buffer[..<read])
      terms?.observer?(side, unsafe bytes.bytes)
      return unsafe write(bytes)
    }
  }

  /// Writes, and keeps what the sink does not take.
  private func write(_ bytes: UnsafeRawBufferPointer) -> Halt? {
    let written: Int
    switch unsafe sink.write(bytes) {
    case .moved(let count): written = count
    case .blocked: written = 0
    case .end: return .sinkEnded
    case .failed(let code): return .sinkFailed(code)
    }
    guard written < bytes.count else { return nil }
    held = unsafe Array(bytes[written...])
    heldOffset = 0
    // Where bytes are the descriptor's own, a short write says that it is full.
    guard sink.canSplice || written == 0 else { return nil }
    canWrite = false
    return .waiting
  }

  private func flushHeld() -> Halt? {
    while heldOffset < held.count {
      guard canWrite else { return .waiting }
      let transfer = unsafe held.withUnsafeBytes { bytes in
        unsafe sink.write(UnsafeRawBufferPointer(rebasing: bytes[heldOffset...]))
      }
      switch transfer {
      case .moved(let count): heldOffset += count
      case .blocked: canWrite = false
      case .end: return .sinkEnded
      case .failed(let code): return .sinkFailed(code)
      }
    }
    if !held.isEmpty {
      held = []
      heldOffset = 0
    }
    return nil
  }

  private func noteCopied(_ read: Int, of room: Int) {
    if read < room, source.shortReadsEmpty, !mustReadOn { canRead = false }
    guard maySplice, isSpliceable else { return }
    streak = read >= Self.largeRead || (read == room && isLimited) ? streak + 1 : 0
    guard streak >= 2 else { return }
    isSplicing = true
    streak = 0
  }

  private func notReadable() {
    canRead = false
    mustReadOn = false
  }

  // MARK: Splicing

  /// Moves bytes from the source into a pipe, and from there to the sink.
  private func splice(_ allowance: Int) -> Halt? {
    guard let pipe = pipe ?? engine.pipes.take(at: engine.loop.now) else {
      return copy(allowance)
    }
    let moved = crimp_splice(
      source.readDescriptor, pipe.writer, min(allowance, pipe.capacity))
    guard moved > 0 else {
      let code = moved == 0 ? 0 : errno
      engine.pipes.give(pipe, isEmpty: true)
      return moved == 0 ? .ended : spliceFailed(code)
    }
    self.pipe = pipe
    pipedCount = moved
    splicedByteCount += UInt64(moved)
    count(moved)
    noteSpliced(moved)
    return drainPipe()
  }

  /// Reading into the pipe failed: nothing is in it.
  private func spliceFailed(_ code: Int32) -> Halt? {
    switch code {
    case EAGAIN:
      notReadable()
      return .waiting
    case EINTR: return nil
    case EINVAL, ENOSYS, EOPNOTSUPP:
      stopSplicing()
      return nil
    default:
      guard case .failed(let code) = source.readFailure(code) else { return .ended }
      return .sourceFailed(code)
    }
  }

  private func drainPipe() -> Halt? {
    guard let pipe else { return nil }
    while pipedCount > 0 {
      guard canWrite else { return .waiting }
      let moved = crimp_splice(pipe.reader, sink.writeDescriptor, pipedCount)
      if moved > 0 {
        pipedCount -= moved
        continue
      }
      let code = moved == 0 ? EPIPE : errno
      switch code {
      case EAGAIN: canWrite = false
      case EINTR: continue
      case EINVAL, ENOSYS, EOPNOTSUPP: return unpipe(pipe)
      default:
        guard case .failed(let code) = sink.writeFailure(code) else { return .sinkEnded }
        return .sinkFailed(code)
      }
    }
    self.pipe = nil
    engine.pipes.give(pipe, isEmpty: true)
    return nil
  }

  /// The sink does not take a pipe's bytes: takes them out, to be written from here.
  private func unpipe(_ pipe: SplicePipe) -> Halt? {
    stopSplicing()
    held = []
    heldOffset = 0
    while pipedCount > 0 {
      let count = unsafe Glibc.read(pipe.reader, engine.buffer.baseAddress, engine.buffer.count)
      guard count > 0 else { return .sinkFailed(errno) }
      unsafe held.append(contentsOf: engine.buffer.prefix(count))
      pipedCount -= count
    }
    self.pipe = nil
    engine.pipes.give(pipe, isEmpty: true)
    return nil
  }

  private func stopSplicing() {
    isSpliceable = false
    isSplicing = false
    streak = 0
  }

  private func noteSpliced(_ count: Int) {
    guard !mustSplice, !isLimited else { return }
    streak = count < Self.smallRead ? streak + 1 : 0
    guard streak >= 4 else { return }
    isSplicing = false
    streak = 0
  }
}

/// What few flows have: a limit, an observer, a last byte.
private final class FlowTerms {
  /// The flow's own limit stands first: who waits for it stands in no queue meanwhile.
  let limits: [RateLimit]
  let observer: PumpOptions.Observer?
  let endObserver: ((StreamRelay.Side) -> Void)?
  /// How many bytes may still be read.
  var remaining: UInt64

  /// Nil when there is nothing of the kind.
  init?(_ side: StreamRelay.Side, _ options: PumpOptions) {
    let limits =
      side == .near
      ? [options.nearLimit, options.nearSharedLimit] : [options.farLimit, options.farSharedLimit]
    self.limits = limits.compactMap { $0 }
    observer = options.observer
    endObserver = options.endObserver
    let most = side == .near ? options.nearByteLimit : options.farByteLimit
    let observes = observer != nil || endObserver != nil
    guard !self.limits.isEmpty || observes || most != nil else { return nil }
    remaining = most ?? .max
  }
}
