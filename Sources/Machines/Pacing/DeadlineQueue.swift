import MonotonicTime

/// A binary heap of what is due when, the earliest first; of one instant, the least first: a replay
/// has the same order, whatever was inserted before.
struct DeadlineQueue<Element: Comparable & Sendable>: Sendable {
  private var heap: [(due: Instant, element: Element)] = []

  /// When the earliest entry is due; nil when there is none.
  var earliest: Instant? { heap.first?.due }

  mutating func insert(_ element: Element, due: Instant) {
    heap.append((due, element))
    var child = heap.count - 1
    while child > 0 {
      let parent = (child - 1) / 2
      guard precedes(child, parent) else { return }
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

  private func precedes(_ left: Int, _ right: Int) -> Bool {
    let (left, right) = (heap[left], heap[right])
    return left.due == right.due ? left.element < right.element : left.due < right.due
  }

  private mutating func siftDown() {
    var parent = 0
    while true {
      var least = parent
      for child in [2 * parent + 1, 2 * parent + 2]
      where child < heap.count && precedes(child, least) {
        least = child
      }
      guard least != parent else { return }
      heap.swapAt(parent, least)
      parent = least
    }
  }
}
