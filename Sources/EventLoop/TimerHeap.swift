internal import MonotonicTime

/// Actions in the order of their deadlines, those of one instant in the order of their making.
///
/// A binary heap of small entries; a table beside it knows where each stands, so that any can be
/// taken out in logarithmic time. A key names a timer once: after it fired or was removed, its slot
/// serves another timer under another generation.
final class TimerHeap {
  /// Names one timer.
  struct Key {
    fileprivate let slot: Int
    fileprivate let generation: UInt64
  }

  private struct Entry {
    let deadline: Instant
    /// How many timers were made before this one.
    let sequence: UInt64
    let slot: Int

    func precedes(_ other: Entry) -> Bool {
      deadline == other.deadline ? sequence < other.sequence : deadline < other.deadline
    }
  }

  private struct Slot {
    var generation: UInt64
    /// Where the entry stands in the heap.
    var position: Int
    var action: (() -> Void)?
  }

  private var entries: [Entry] = []
  private var slots: [Slot] = []
  private var freeSlots: [Int] = []

  /// How many timers were made so far.
  private(set) var sequence: UInt64 = 0

  /// The earliest deadline.
  var first: Instant? { entries.first?.deadline }

  var count: Int { entries.count }

  /// Adds an action for `deadline`.
  func insert(_ deadline: Instant, _ action: @escaping () -> Void) -> Key {
    let slot = takeSlot(action)
    entries.append(Entry(deadline: deadline, sequence: sequence, slot: slot))
    sequence += 1
    slots[slot].position = entries.count - 1
    rise(from: entries.count - 1)
    return Key(slot: slot, generation: slots[slot].generation)
  }

  /// Whether the timer still waits.
  func contains(_ key: Key) -> Bool {
    slots[key.slot].generation == key.generation
  }

  /// Takes the timer out; returns whether it still waited.
  @discardableResult
  func remove(_ key: Key) -> Bool {
    guard contains(key) else { return false }
    _ = takeOut(at: slots[key.slot].position)
    return true
  }

  /// Takes out the earliest action that is due at `now` and was made before `limit`, if any.
  func popDue(at now: Instant, madeBefore limit: UInt64) -> (() -> Void)? {
    guard let first = entries.first, first.deadline <= now, first.sequence < limit else {
      return nil
    }
    return takeOut(at: 0)
  }

  private func takeSlot(_ action: @escaping () -> Void) -> Int {
    guard let slot = freeSlots.popLast() else {
      slots.append(Slot(generation: 0, position: 0, action: action))
      return slots.count - 1
    }
    slots[slot].action = action
    return slot
  }

  private func takeOut(at position: Int) -> (() -> Void)? {
    let slot = entries[position].slot
    let last = entries.removeLast()
    if position < entries.count {
      put(last, at: position)
      rise(from: position)
      sink(from: slots[last.slot].position)
    }
    let action = slots[slot].action.take()
    slots[slot].generation += 1
    freeSlots.append(slot)
    return action
  }

  private func put(_ entry: Entry, at position: Int) {
    entries[position] = entry
    slots[entry.slot].position = position
  }

  private func rise(from start: Int) {
    let entry = entries[start]
    var position = start
    while position > 0 {
      let parent = (position - 1) / 2
      guard entry.precedes(entries[parent]) else { break }
      put(entries[parent], at: position)
      position = parent
    }
    put(entry, at: position)
  }

  private func sink(from start: Int) {
    let entry = entries[start]
    var position = start
    while true {
      var child = 2 * position + 1
      guard child < entries.count else { break }
      if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
      guard entries[child].precedes(entry) else { break }
      put(entries[child], at: position)
      position = child
    }
    put(entry, at: position)
  }
}
