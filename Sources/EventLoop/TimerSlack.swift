internal import CLinux
internal import MonotonicTime

extension EventLoop {
  /// Sets how much later than its deadline a wait of the calling thread may end, so that the kernel can
  /// wake up for several at once: 50 µs where nobody said otherwise. Held between 1 ns and a second.
  ///
  /// - Throws: what prctl(2) meets; old kernels have no other reason than a filter of system calls.
  public static func setTimerSlack(_ slack: Duration) throws(SystemError) {
    let nanoseconds = UInt(max(1, min(slack.wholeNanoseconds, 1_000_000_000)))
    _ = try Syscalls.retrying("prctl PR_SET_TIMERSLACK") { crimp_set_timer_slack(nanoseconds) }
  }
}
