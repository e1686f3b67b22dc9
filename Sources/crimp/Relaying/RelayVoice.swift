import Synchronization

/// The reporter of a relay, which a reload replaces while all its threads tell of connections.
final class RelayVoice: Sendable {
  private let current: Mutex<RelayReporter>

  init(_ reporter: RelayReporter) {
    current = Mutex(reporter)
  }

  /// The reporter for what happens now.
  var reporter: RelayReporter { current.withLock { $0 } }

  /// Tells of all from now on as this one does.
  func follow(_ reporter: RelayReporter) {
    current.withLock { $0 = reporter }
  }
}
