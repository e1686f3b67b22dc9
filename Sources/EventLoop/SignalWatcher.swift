internal import CLinux
internal import Glibc

/// A handler of signals on a loop, until `cancel()`.
public struct SignalRegistration {
  let loop: EventLoop
  let identifier: Int

  /// Ends it. A signal that no handler of the loop names any more gets its former disposition back.
  public func cancel() {
    loop.assertInside()
    loop.signals?.remove(identifier)
  }
}

extension EventLoop {
  /// Calls `handler` on the loop with the number of each signal of `signals` that arrives.
  ///
  /// The signals are blocked in the calling thread and read from a `signalfd(2)`, so nothing is
  /// interrupted. Threads inherit the mask: call this before any other thread is started, or one
  /// of those takes the signal with its default action. Several handlers of one signal all hear it.
  ///
  /// - Throws: `EINVAL` for a number that is no signal, or that nothing can catch.
  @discardableResult
  public func onSignal(
    _ signals: [Int32], _ handler: @escaping (Int32) -> Void
  ) throws(SystemError) -> SignalRegistration {
    assertInside()
    if self.signals == nil { self.signals = try SignalWatcher(on: self) }
    guard let watcher = self.signals else { preconditionFailure() }
    return SignalRegistration(loop: self, identifier: try watcher.add(signals, handler))
  }
}

/// The signalfd of a loop and its handlers.
final class SignalWatcher {
  private struct Handler {
    let identifier: Int
    let signals: [Int32]
    let call: (Int32) -> Void
  }

  private let descriptor: OwnedDescriptor
  private var handlers: [Handler] = []
  private var nextIdentifier = 0
  /// Signals that were not blocked before this watcher blocked them.
  private var blocked: Set<Int32> = []

  init(on loop: EventLoop) throws(SystemError) {
    var none = sigset_t()
    unsafe sigemptyset(&none)
    descriptor = try OwnedDescriptor("signalfd") {
      unsafe signalfd(-1, &none, Int32(SFD_CLOEXEC | SFD_NONBLOCK))
    }
    try loop.watch(descriptor.rawValue, .readable) { [weak self] _ in self?.read() }
  }

  deinit {
    for signal in blocked { Self.unblock(signal) }
  }

  func add(_ signals: [Int32], _ call: @escaping (Int32) -> Void) throws(SystemError) -> Int {
    guard signals.allSatisfy(Self.canBeCaught) else {
      throw SystemError(errno: EINVAL, operation: "signalfd")
    }
    let identifier = nextIdentifier
    nextIdentifier += 1
    handlers.append(Handler(identifier: identifier, signals: signals, call: call))
    try listen()
    for signal in signals { block(signal) }
    return identifier
  }

  func remove(_ identifier: Int) {
    handlers.removeAll { $0.identifier == identifier }
    try? listen()
    let wanted = Set(handlers.flatMap(\.signals))
    for signal in blocked.subtracting(wanted) {
      Self.unblock(signal)
      blocked.remove(signal)
    }
  }

  private static func canBeCaught(_ signal: Int32) -> Bool {
    (1...64).contains(signal) && signal != SIGKILL && signal != SIGSTOP
  }

  /// Tells the signalfd which signals it reads.
  private func listen() throws(SystemError) {
    var set = Self.set(of: handlers.flatMap(\.signals))
    _ = try Syscalls.retrying("signalfd") { unsafe signalfd(descriptor.rawValue, &set, 0) }
  }

  private func block(_ signal: Int32) {
    var (set, before) = (Self.set(of: [signal]), sigset_t())
    unsafe pthread_sigmask(SIG_BLOCK, &set, &before)
    if unsafe sigismember(&before, signal) == 0 { blocked.insert(signal) }
  }

  private static func unblock(_ signal: Int32) {
    var set = Self.set(of: [signal])
    unsafe pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private static func set(of signals: [Int32]) -> sigset_t {
    var set = sigset_t()
    unsafe sigemptyset(&set)
    for signal in signals { unsafe sigaddset(&set, signal) }
    return set
  }

  private func read() {
    var information = signalfd_siginfo()
    let size = MemoryLayout<signalfd_siginfo>.size
    while unsafe Glibc.read(descriptor.rawValue, &information, size) == size {
      let signal = Int32(truncatingIfNeeded: information.ssi_signo)
      // A handler may cancel others: ask again before each call.
      for identifier in handlers.map(\.identifier) {
        let handler = handlers.first { $0.identifier == identifier }
        if let handler, handler.signals.contains(signal) { handler.call(signal) }
      }
    }
  }
}
