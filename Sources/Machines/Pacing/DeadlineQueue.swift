import MonotonicTime

/// A binary heap of what is due when, the earliest first; entries of one instant in no set order.
struct DeadlineQueue<Element: Sendable>: Sendable {
  private var heap: [(due: Instant, element: Element)] = []

  /// When the earliest entry is due; nil when there is none.
  var earliest: Instant? { heap.first?.due }

  mutating func insert(_ element: Element, due: Instant) {
    heap.append((due, element))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard heap[child].due < heap[parent].due else { return }
      heap.swapAt(child, parent)
      child = parent
    }
  }

  /// Takes the earliest entry if it is due at `now`.
  mutating func popDue(at now: Instant) -> Element? {
    guard let first = heap.first, first.due <= now else { return nil }
    let last = heap.removeLast()
    guard !heap.isEmpty else { return first.element }
    heap[0] = last
    siftDown()
    return first.element
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && heap[child].due < heap[least].due {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
