internal import CLinux
internal import EventLoop
internal import MonotonicTime

/// Large pipes for `splice(2)`, lent while they hold bytes.
///
/// A pipe of the kernel's own size, 64 KiB, costs more than copying does; one of 1 MiB costs half of it.
final class PipePool {
  private let options: RelayEngineOptions
  private var spares: [SplicePipe] = []
  private(set) var count = 0
  /// The kernel refused a large pipe: not asked again until then.
  private var nextTry = Instant.origin

  private static let retryDelay: Duration = .seconds(1)

  init(_ options: RelayEngineOptions) {
    self.options = options
  }

  var busyCount: Int { count - spares.count }

  /// An empty pipe; nil when none is to be had, and bytes must be copied.
  func take(at now: Instant) -> SplicePipe? {
    if let spare = spares.popLast() { return spare }
    guard count < options.pipeLimit, now >= nextTry else { return nil }
    do throws(SystemError) {
      let pipe = try SplicePipe(byteCount: options.pipeByteCount)
      if pipe.capacity >= options.leastPipeByteCount {
        count += 1
        return pipe
      }
    } catch {
      // No descriptor, or no memory: bytes are copied meanwhile.
    }
    nextTry = now + Self.retryDelay
    return nil
  }

  /// Takes a pipe back. One that still holds bytes is closed.
  func give(_ pipe: SplicePipe, isEmpty: Bool) {
    if isEmpty, spares.count < options.sparePipes {
      spares.append(pipe)
    } else {
      count -= 1
    }
  }
}

/// A pipe between two calls of `splice(2)`.
final class SplicePipe {
  let reader: Int32
  let writer: Int32
  /// How many bytes it holds, if each of its pages is full.
  let capacity: Int
  private let ownedReader: OwnedDescriptor
  private let ownedWriter: OwnedDescriptor

  /// A pipe of `byteCount` bytes, or of as many as the kernel allows.
  init(byteCount: Int) throws(SystemError) {
    var ends: [Int32] = [-1, -1]
    _ = try Syscalls.retrying("pipe2") { unsafe crimp_pipe_nonblocking(&ends) }
    (reader, writer) = (ends[0], ends[1])
    ownedReader = OwnedDescriptor(owning: reader)
    ownedWriter = OwnedDescriptor(owning: writer)
    capacity = Int(crimp_pipe_set_size(reader, Int32(clamping: byteCount)))
  }
}
