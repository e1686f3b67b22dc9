internal import CLinux
internal import Glibc

/// The epoll set and the handlers of what is in it.
///
/// Level-triggered: a handler that leaves bytes unread is called again, so none is forced to drain
/// its descriptor. Handlers are found by descriptor number. Since a number is reused as soon as it
/// is closed, each watch has a generation that the kernel gives back with the event: an event of
/// a watch that is gone finds another generation and is dropped.
///
/// A class, so that the loop holds it by `let`: then no access to it is checked for exclusivity at
/// run time, which cost a fifth of a round trip.
@safe final class Poller {
  private struct Slot {
    var generation: UInt32 = 0
    var handler: ((Readiness) -> Void)?
  }

  private let epoll: OwnedDescriptor
  private let events: UnsafeMutableBufferPointer<epoll_event>
  private var slots: [Slot] = []
  private var hasPreciseTimeout = true

  init() throws(SystemError) {
    epoll = try OwnedDescriptor("epoll_create1") { epoll_create1(Int32(EPOLL_CLOEXEC)) }
    unsafe events = .allocate(capacity: 256)
  }

  deinit {
    unsafe events.deallocate()
  }

  /// Watches `descriptor`, and returns the generation that names this watch.
  func add(
    _ descriptor: Int32, _ interest: Interest, _ handler: @escaping (Readiness) -> Void
  ) throws(SystemError) -> UInt32 {
    guard descriptor >= 0 else { throw SystemError(errno: EBADF, operation: "epoll_ctl") }
    let index = Int(descriptor)
    let generation = (index < slots.count ? slots[index].generation : 0) &+ 1
    try control(EPOLL_CTL_ADD, descriptor, interest, generation)
    while slots.count <= index { slots.append(Slot()) }
    // A handler still here belongs to a descriptor that was closed without a word: the kernel
    // forgot it, or it would have refused the number as already there.
    slots[index] = Slot(generation: generation, handler: handler)
    return generation
  }

  /// Changes what the watch wants to hear of; a watch that is gone stays gone.
  func change(
    _ descriptor: Int32, _ generation: UInt32, to interest: Interest
  ) throws(SystemError) {
    guard isWatching(descriptor, generation) else { return }
    try control(EPOLL_CTL_MOD, descriptor, interest, generation)
  }

  /// Calls another handler for the watch; a watch that is gone stays gone.
  func replaceHandler(
    _ descriptor: Int32, _ generation: UInt32, _ handler: @escaping (Readiness) -> Void
  ) {
    guard isWatching(descriptor, generation) else { return }
    slots[Int(descriptor)].handler = handler
  }

  /// Drops the handler, and any event that still waits to be dispatched. The kernel goes on until the
  /// descriptor is closed.
  func forget(_ descriptor: Int32, _ generation: UInt32) {
    guard isWatching(descriptor, generation) else { return }
    slots[Int(descriptor)].generation &+= 1
    slots[Int(descriptor)].handler = nil
  }

  /// Ends the watch, and drops its handler and any event of it that still waits to be dispatched.
  func remove(_ descriptor: Int32, _ generation: UInt32) {
    guard isWatching(descriptor, generation) else { return }
    forget(descriptor, generation)
    // The owner may have closed the descriptor first: then the kernel has dropped it already.
    _ = epoll_ctl(epoll.rawValue, EPOLL_CTL_DEL, descriptor, nil)
  }

  /// Whether the watch named by `generation` still stands.
  func isWatching(_ descriptor: Int32, _ generation: UInt32) -> Bool {
    let index = Int(descriptor)
    return index < slots.count && slots[index].generation == generation
      && slots[index].handler != nil
  }

  /// Waits for events: for ever when `timeout` is nil, else for that many nanoseconds at most.
  ///
  /// Returns how many are ready; 0 when the time is up or a signal's handler ran.
  func wait(nanoseconds timeout: Int64?) -> Int {
    let count = hasPreciseTimeout ? waitPrecisely(timeout) : waitMilliseconds(timeout)
    if count >= 0 { return Int(count) }
    switch errno {
    case EINTR: return 0
    case ENOSYS where hasPreciseTimeout:
      hasPreciseTimeout = false
      return wait(nanoseconds: timeout)
    case let code: preconditionFailure("\(SystemError(errno: code, operation: "epoll_wait"))")
    }
  }

  /// The handler and readiness of event `index` of the last wait; nil for what is gone.
  @inline(__always)
  func event(_ index: Int) -> (handler: (Readiness) -> Void, readiness: Readiness)? {
    let event = unsafe events[index]
    let data = unsafe event.data.u64
    let slot = Int(truncatingIfNeeded: data & 0xffff_ffff)
    guard slot < slots.count, slots[slot].generation == UInt32(truncatingIfNeeded: data >> 32),
      let handler = slots[slot].handler
    else { return nil }
    return (handler, Readiness(rawValue: unsafe event.events))
  }

  /// epoll_pwait2(2), Linux 5.11: the timeout is exact.
  private func waitPrecisely(_ timeout: Int64?) -> Int32 {
    guard let timeout else {
      return unsafe epoll_pwait2(
        epoll.rawValue, events.baseAddress, Int32(events.count), nil, nil)
    }
    let (seconds, nanoseconds) = timeout.quotientAndRemainder(dividingBy: 1_000_000_000)
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
    return unsafe epoll_pwait2(
      epoll.rawValue, events.baseAddress, Int32(events.count), &time, nil)
  }

  /// epoll_wait(2), rounded up: a timeout below a millisecond must not become a busy loop.
  private func waitMilliseconds(_ timeout: Int64?) -> Int32 {
    let milliseconds = timeout.map { $0 / 1_000_000 + ($0 % 1_000_000 > 0 ? 1 : 0) } ?? -1
    return unsafe epoll_wait(
      epoll.rawValue, events.baseAddress, Int32(events.count), Int32(clamping: milliseconds))
  }

  private func control(
    _ operation: Int32, _ descriptor: Int32, _ interest: Interest, _ generation: UInt32
  ) throws(SystemError) {
    var event = unsafe epoll_event()
    unsafe event.events = interest.rawValue
    unsafe event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: descriptor))
    _ = try Syscalls.retrying("epoll_ctl") {
      unsafe epoll_ctl(epoll.rawValue, operation, descriptor, &event)
    }
  }
}
