import Machines
import MonotonicTime
import Testing

@Suite struct `Two joined streams` {
  private let later = Instant.origin + .seconds(1)

  @Test(arguments: StreamRelay.Side.allCases)
  func `an end is passed on, and the answer to it waited for`(_ first: StreamRelay.Side) {
    var relay = StreamRelay(at: .origin)
    #expect(relay.ended(first, at: later) == .endWriting(first.other))
    #expect(!relay.isOpen(first) && relay.isOpen(first.other))
    #expect(relay.ending == nil)
    #expect(relay.ended(first.other, at: later) == [.endWriting(first), .close])
    #expect(relay.ending == .completed)
  }

  @Test(arguments: StreamRelay.Side.allCases)
  func `an end closes both when the policy says so`(_ first: StreamRelay.Side) {
    var policy = StreamRelay.Policy()
    (policy.nearEnd, policy.farEnd) = (.close, .close)
    var relay = StreamRelay(policy, at: .origin)
    #expect(relay.ended(first, at: later) == .close)
    #expect(relay.ending == .completed)
  }

  @Test(arguments: StreamRelay.Side.allCases)
  func `an ignored end leaves the other stream alone`(_ first: StreamRelay.Side) {
    var policy = StreamRelay.Policy()
    (policy.nearEnd, policy.farEnd) = (.ignore, .ignore)
    var relay = StreamRelay(policy, at: .origin)
    #expect(relay.ended(first, at: later) == [])
    #expect(relay.isOpen(first.other))
    #expect(relay.ended(first.other, at: later) == .close)
  }

  @Test(arguments: StreamRelay.Side.allCases)
  func `a loss that is read is passed on at once`(_ lost: StreamRelay.Side) {
    var relay = StreamRelay(at: .origin)
    #expect(relay.readingFailed(lost) == [.reset(lost.other), .close])
    #expect(relay.ending == .lost(lost))
  }

  @Test(arguments: StreamRelay.Side.allCases)
  func `a loss met in writing waits for what the lost stream had sent`(_ lost: StreamRelay.Side) {
    var relay = StreamRelay(at: .origin)
    #expect(relay.writingFailed(lost) == [])
    #expect(relay.isOpen(lost) && !relay.isOpen(lost.other))
    #expect(relay.ended(lost, at: later) == [.reset(lost.other), .close])
    #expect(relay.ending == .lost(lost))
  }

  @Test func `a loss met in writing to a stream that had ended is passed on at once`() {
    var relay = StreamRelay(at: .origin)
    #expect(relay.ended(.near, at: later) == .endWritingFar)
    #expect(relay.writingFailed(.near) == [.resetFar, .close])
  }

  @Test(arguments: StreamRelay.Side.allCases)
  func `a reader that has gone leaves the other direction`(_ sink: StreamRelay.Side) {
    var relay = StreamRelay(at: .origin)
    #expect(relay.writingEnded(sink, at: later) == [])
    #expect(relay.isOpen(sink))
    #expect(relay.ended(sink, at: later) == [.endWriting(sink.other), .close])
    #expect(relay.ending == .completed)
  }

  @Test func `one way only ends with its source`() {
    var policy = StreamRelay.Policy()
    policy.onlySource = .near
    var relay = StreamRelay(policy, at: .origin)
    #expect(relay.isOpen(.near) && !relay.isOpen(.far))
    #expect(relay.ended(.near, at: later) == [.endWritingFar, .close])
  }

  @Test func `idleness counts from the last byte, in either direction`() {
    var policy = StreamRelay.Policy()
    policy.idleTimeout = .seconds(10)
    var relay = StreamRelay(policy, at: .origin)
    relay.moved(at: .origin + .seconds(7))
    #expect(relay.fire(at: .origin + .seconds(10)) == [])
    #expect(relay.deadline == .origin + .seconds(17))
    #expect(relay.fire(at: .origin + .seconds(17)) == .close)
    #expect(relay.ending == .idle)
    #expect(relay.deadline == nil)
  }

  @Test func `once a stream has ended another patience holds`() {
    var policy = StreamRelay.Policy()
    policy.halfClosedTimeout = .milliseconds(500)
    var relay = StreamRelay(policy, at: .origin)
    #expect(relay.deadline == nil)
    _ = relay.ended(.near, at: .origin + .seconds(3))
    #expect(relay.deadline == .origin + .milliseconds(3500))
    relay.moved(at: .origin + .milliseconds(3400))
    #expect(relay.deadline == .origin + .milliseconds(3900))
  }

  /// Whatever happens in whatever order: it ends once, and after that nothing is asked for.
  @Test func `every sequence of events comes to one end`() {
    for code in 0..<(8 * 8 * 8 * 8) {
      for policyCode in 0..<9 {
        var policy = StreamRelay.Policy()
        policy.nearEnd = [.halfClose, .close, .ignore][policyCode % 3]
        policy.farEnd = [.halfClose, .close, .ignore][policyCode / 3]
        var relay = StreamRelay(policy, at: .origin)
        var closings = 0
        for event in [code % 8, code / 8 % 8, code / 64 % 8, code / 512] {
          let side = StreamRelay.Side.allCases[event % 2]
          let hadEnded = relay.ending != nil
          let actions =
            switch event / 2 {
            case 0: relay.ended(side, at: later)
            case 1: relay.writingEnded(side, at: later)
            case 2: relay.readingFailed(side)
            default: relay.writingFailed(side)
            }
          #expect(!hadEnded || actions.isEmpty)
          #expect(actions.contains(.close) == (!hadEnded && relay.ending != nil))
          if actions.contains(.close) { closings += 1 }
        }
        #expect(closings <= 1)
        #expect((relay.ending != nil) == (closings == 1))
      }
    }
  }
}
