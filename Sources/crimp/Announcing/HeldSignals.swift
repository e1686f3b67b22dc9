import Glibc

/// SIGTERM and SIGINT, held back until the loop takes them.
///
/// Whoever reads the pidfile may send one at once: it must find a process that ends well and removes
/// the file, however little of it has run.
enum HeldSignals {
  /// From now on they wait, here and in the children.
  static func hold() {
    var signals = sigset_t()
    unsafe sigemptyset(&signals)
    unsafe sigaddset(&signals, SIGTERM)
    unsafe sigaddset(&signals, SIGINT)
    unsafe sigprocmask(SIG_BLOCK, &signals, nil)
  }
}
