import IPMI
import Support
import Testing

@Suite("Sequence window")
struct SequenceWindowTests {
  @Test func acceptsEachNumberOnce() {
    var window = SequenceWindow(.session, after: 100)
    #expect(
      accepted([100, 101, 101, 104, 102, 102, 103, 100], by: &window) == [101, 104, 102, 103])
    #expect(window.highest == 104)
  }

  @Test func acceptsTheInitialNumberOnceWhenTold() {
    var window = SequenceWindow(.session, after: 100, acceptsHighest: true)
    #expect(accepted([100, 100, 99, 101], by: &window) == [100, 101])
  }

  @Test(arguments: [8, 16, 32]) func reachesAsFarAsItIsWide(_ width: UInt32) {
    var window = SequenceWindow(.session, after: 1000, width: Int(width))
    #expect(accepted([1001 + width], by: &window) == [])
    let ahead = [1000 + width, 1001, 1000 + 2 * width]
    #expect(accepted(ahead, by: &window) == ahead)
    // Seen, too far behind, and as far behind as may be.
    #expect(
      accepted([1000 + width, 999 + width, 1001 + width], by: &window) == [1001 + width])
  }

  @Test(arguments: [(0, 8), (7, 8), (33, 32), (1000, 32)])
  func isNeverWiderOrNarrowerThanAllowed(_ asked: Int, _ width: Int) {
    #expect(SequenceWindow(.session, after: 0, width: asked).width == width)
  }

  @Test func wrapsToZeroInASessionOfTheFirstKind() {
    var window = SequenceWindow(.session, after: .max - 1)
    #expect(accepted([0, .max, 1, 0], by: &window) == [0, .max, 1])
    #expect(SequenceNumbering.session.following(.max) == 0)
  }

  @Test func leavesOutZeroInRMCPPlus() {
    var window = SequenceWindow(.rmcpPlus, after: .max - 1, width: 8)
    #expect(accepted([0, 1, .max, .max], by: &window) == [1, .max])
    #expect(window.highest == 1)
    #expect(accepted([9, .max], by: &window) == [9])
    #expect(SequenceNumbering.rmcpPlus.following(.max) == 1)
  }

  @Test func countsAcrossTheWrapWithoutZero() {
    var window = SequenceWindow(.rmcpPlus, after: .max, width: 8)
    #expect(accepted([9, 8, 1, .max], by: &window) == [8, 1])
  }

  /// Against the plain rule: within the width, and not accepted before.
  @Test(
    arguments: [SequenceNumbering.session, .rmcpPlus], [1, 77, UInt32.max - 20] as [UInt32])
  func doesWhatTheRuleSays(_ numbering: SequenceNumbering, _ start: UInt32) {
    var generator = SeededGenerator(seed: UInt64(start))
    var window = SequenceWindow(numbering, after: start, width: 32)
    // Places along the numbering, and the number at each.
    var numbers = [start]
    for _ in 0..<400 { numbers.append(numbering.following(numbers[numbers.count - 1])) }
    var highest = 0
    var taken: Set<Int> = [0]
    for _ in 0..<2000 {
      let place = highest + .random(in: -40...40, using: &generator)
      guard numbers.indices.contains(place) else { continue }
      let isNew = abs(place - highest) <= 32 && !taken.contains(place)
      #expect(accepted([numbers[place]], by: &window).isEmpty != isNew)
      if isNew {
        taken.insert(place)
        highest = max(highest, place)
      }
    }
  }

  /// The numbers that the window accepts when they come in this order.
  private func accepted(_ numbers: [UInt32], by window: inout SequenceWindow) -> [UInt32] {
    numbers.filter { window.accept($0) }
  }
}
