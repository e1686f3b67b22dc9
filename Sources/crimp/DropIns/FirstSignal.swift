internal import EventLoop
internal import Glibc

extension EventLoop {
  /// Calls `handler` at the first of `signals` to arrive. Further ones change nothing, not even after
  /// the loop is gone: who ends a process may well say so twice.
  func onFirst(of signals: [Int32], _ handler: @escaping () -> Void) throws(SystemError) {
    try onSignal(signals) { _ in
      for number in signals { signal(number, SIG_IGN) }
      handler()
    }
  }
}
