public import EventLoop
internal import Machines
internal import MonotonicTime
internal import Sockets

/// What all relayed connections of one loop share: the buffer that their bytes pass through, the pipes
/// that they are spliced through, and the turn of those that have more to move.
///
/// An idle connection holds neither buffer nor pipe. Use it on its loop's thread only.
@safe public final class RelayEngine {
  /// The loop.
  public let loop: EventLoop
  /// The sizes that it was made with.
  public let options: RelayEngineOptions

  /// Lent to one flow at a time, within one call.
  let buffer: UnsafeMutableRawBufferPointer
  let pipes: PipePool
  let resets: LingeringResets

  /// Pumps that gave way to others with bytes left to move.
  private var waiting: [Pump] = []
  private var isTurnPlanned = false

  /// An engine for a loop. It makes the process ignore `SIGPIPE` (`BrokenPipes.ignore`).
  public init(on loop: EventLoop, _ options: RelayEngineOptions = RelayEngineOptions()) {
    self.loop = loop
    self.options = options
    BrokenPipes.ignore()
    unsafe buffer = .allocate(byteCount: max(4096, options.bufferByteCount), alignment: 4096)
    pipes = PipePool(options)
    resets = LingeringResets(on: loop)
  }

  deinit {
    unsafe buffer.deallocate()
  }

  /// How many pipes there are, in use or kept for the next that needs one.
  public var pipeCount: Int { pipes.count }

  /// How many pipes hold bytes on their way.
  public var busyPipeCount: Int { pipes.busyCount }

  /// Lets a pump go on in the next turn, after what became ready meanwhile.
  func yield(_ pump: Pump) {
    waiting.append(pump)
    guard !isTurnPlanned else { return }
    isTurnPlanned = true
    loop.execute { [self] in
      isTurnPlanned = false
      let round = waiting
      waiting.removeAll(keepingCapacity: true)
      for pump in round { pump.resume() }
    }
  }
}

/// The sizes of a `RelayEngine`.
public struct RelayEngineOptions: Hashable, Sendable {
  /// How many bytes the shared buffer has: the most that one read takes.
  public var bufferByteCount = 256 * 1024
  /// How many bytes a pipe is to hold. A process without `CAP_SYS_RESOURCE` gets at most
  /// `fs.pipe-max-size`, which is this.
  public var pipeByteCount = 1024 * 1024
  /// A pipe that the kernel makes smaller than this is not used: copying is quicker.
  public var leastPipeByteCount = 256 * 1024
  /// How many pipes there may be. An unprivileged user's pipes shrink beyond 64 of 1 MiB
  /// (`fs.pipe-user-pages-soft`).
  public var pipeLimit = 64
  /// How many empty pipes are kept for the next that needs one.
  public var sparePipes = 8
  /// How many bytes one direction moves before others get their turn.
  public var turnByteCount = 4 * 1024 * 1024

  /// The defaults, which the measurements in `ARCHITECTURE.md` gave.
  public init() {}
}
