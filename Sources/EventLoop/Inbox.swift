internal import CLinux
internal import Glibc
internal import Synchronization

/// What other threads have for the loop, and the wake-up that tells it so.
final class Inbox: Sendable {
  enum Item: @unchecked Sendable {
    case job(ReadyJob)
    case closure(@Sendable () -> Void)
  }

  private struct Contents {
    var items: [Item] = []
    var total = 0
  }

  private let wakeUp: OwnedDescriptor
  private let contents = Mutex(Contents())

  init() throws(SystemError) {
    wakeUp = try OwnedDescriptor("eventfd") {
      eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))
    }
  }

  /// The eventfd. Watched edge-triggered it is never read: each write is an event.
  var descriptor: Int32 { wakeUp.rawValue }

  /// How many items ever came.
  var total: Int { contents.withLock { $0.total } }

  /// Leaves `item`, and wakes the loop unless an earlier item already did.
  func append(_ item: Item) {
    let isFirst = contents.withLock { contents in
      contents.items.append(item)
      contents.total += 1
      return contents.items.count == 1
    }
    if isFirst { _ = eventfd_write(wakeUp.rawValue, 1) }
  }

  func takeAll() -> [Item] {
    contents.withLock { contents in
      defer { contents.items = [] }
      return contents.items
    }
  }
}
