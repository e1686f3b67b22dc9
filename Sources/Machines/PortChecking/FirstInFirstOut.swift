/// A queue in which what was put in first comes out first. What has come out is forgotten in one go,
/// whenever the queue runs empty or half of it is gone.
struct FirstInFirstOut<Element: Sendable>: Sendable {
  private var elements: [Element] = []
  private var first = 0

  var isEmpty: Bool { first == elements.count }

  mutating func append(_ element: Element) {
    elements.append(element)
  }

  mutating func popFirst() -> Element? {
    guard first < elements.count else { return nil }
    let element = elements[first]
    first += 1
    if first == elements.count {
      elements.removeAll(keepingCapacity: true)
      first = 0
    } else if first >= 1024, first * 2 > elements.count {
      elements.removeFirst(first)
      first = 0
    }
    return element
  }
}
