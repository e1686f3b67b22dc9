internal import IPMI
internal import MonotonicTime

/// The session slots of a controller. Half-open sessions take one, too: that is how real controllers
/// are locked by consoles that never come back.
struct SessionTable: Sendable {
  private let slots: Int
  private let timeout: Duration
  private(set) var sessions: [Session] = []

  init(slots: Int, timeout: Duration) {
    self.slots = max(0, slots)
    self.timeout = timeout
  }

  /// How many slots there are.
  var capacity: Int { slots }

  /// Whether a slot is free.
  var hasFreeSlot: Bool { sessions.count < slots }

  /// The sessions that have been activated, in the order of their beginning.
  var active: [Session] { sessions.filter(\.isActive) }

  /// The session of that number; setting nil ends it.
  subscript(identifier: UInt32) -> Session? {
    get { sessions.first { $0.identifier == identifier } }
    set {
      guard let index = sessions.firstIndex(where: { $0.identifier == identifier }) else { return }
      if let newValue { sessions[index] = newValue } else { sessions.remove(at: index) }
    }
  }

  /// Takes a free slot; the caller has looked that there is one.
  mutating func insert(_ session: Session) {
    sessions.append(session)
  }

  /// A handle that no session has.
  var unusedHandle: UInt8 {
    let used = Set(sessions.map(\.handle))
    return (1...254).first { !used.contains($0) } ?? 255
  }

  /// Ends the sessions that have not had a packet for too long, and returns them.
  mutating func expire(at now: Instant) -> [Session] {
    let ended = sessions.filter { $0.lastPacket + timeout <= now }
    if !ended.isEmpty { sessions.removeAll { $0.lastPacket + timeout <= now } }
    return ended
  }
}
