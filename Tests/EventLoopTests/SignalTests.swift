import EventLoop
import Glibc
import Testing

/// `raise` sends to the calling thread, so that no other test's thread is hit.
@Suite(.serialized) struct Signals {
  @Test func `a signal becomes a call on the loop`() throws {
    unblock([SIGUSR1, SIGUSR2])
    let loop = try EventLoop()
    var heard: [Int32] = []
    let registration = try loop.onSignal([SIGUSR1, SIGUSR2]) { signal in
      heard.append(signal)
      if heard.count == 2 { loop.stop() }
    }
    loop.execute {
      raise(SIGUSR1)
      raise(SIGUSR2)
    }
    loop.runUntilStopped()
    #expect(heard.sorted() == [SIGUSR1, SIGUSR2])
    registration.cancel()
    #expect(!isBlocked(SIGUSR1))
  }

  @Test func `two handlers of one signal both hear it`() throws {
    unblock([SIGUSR1, SIGUSR2])
    let loop = try EventLoop()
    var heard: [String] = []
    let one = try loop.onSignal([SIGUSR1]) { _ in heard.append("one") }
    let two = try loop.onSignal([SIGUSR1, SIGUSR2]) { signal in
      heard.append("two")
      if signal == SIGUSR2 { loop.stop() }
    }
    loop.execute { raise(SIGUSR1) }
    loop.execute { loop.execute { raise(SIGUSR2) } }
    loop.runUntilStopped()
    #expect(heard == ["one", "two", "two"])

    one.cancel()
    #expect(isBlocked(SIGUSR1), "the other handler still wants it")
    two.cancel()
    #expect(!isBlocked(SIGUSR1))
    #expect(!isBlocked(SIGUSR2))
  }

  @Test func `a handler that cancels another silences it at once`() throws {
    unblock([SIGUSR1, SIGUSR2])
    let loop = try EventLoop()
    var two: SignalRegistration?
    try loop.onSignal([SIGUSR1]) { _ in
      two?.cancel()
      loop.stop()
    }
    two = try loop.onSignal([SIGUSR1]) { _ in Issue.record("was cancelled") }
    loop.execute { raise(SIGUSR1) }
    loop.runUntilStopped()
  }

  @Test func `signals are free again when the loop is gone`() throws {
    unblock([SIGUSR1])
    do {
      let loop = try EventLoop()
      try loop.onSignal([SIGUSR1]) { _ in }
      #expect(isBlocked(SIGUSR1))
    }
    #expect(!isBlocked(SIGUSR1))
  }

  @Test func `what no program can catch is refused`() throws {
    unblock([SIGUSR1, SIGUSR2])
    let loop = try EventLoop()
    for signal in [SIGKILL, SIGSTOP, 0, -1, 65, 1000] {
      #expect(throws: SystemError(errno: EINVAL, operation: "signalfd")) {
        try loop.onSignal([SIGUSR1, signal]) { _ in }
      }
    }
    #expect(!isBlocked(SIGUSR1))
  }

  /// The pool's threads, on which tests run, block every signal.
  private func unblock(_ signals: [Int32]) {
    var set = sigset_t()
    sigemptyset(&set)
    for signal in signals { sigaddset(&set, signal) }
    pthread_sigmask(SIG_UNBLOCK, &set, nil)
  }

  private func isBlocked(_ signal: Int32) -> Bool {
    var set = sigset_t()
    pthread_sigmask(SIG_BLOCK, nil, &set)
    return sigismember(&set, signal) == 1
  }
}
