import Machines
import MonotonicTime
import Support
import Testing

/// The schedule of a replay, in virtual time.
@Suite struct FrameReplayTests {
  /// A frame of a recording: milliseconds, bytes, link.
  private struct Recorded {
    var at: Int64?
    var bytes = 100
    var link = 0
  }

  /// When each frame left, in microseconds, and by which link; as long as the clock is looked at.
  private func play(
    _ recording: [Recorded], _ change: (inout FrameReplay.Options) -> Void = { _ in },
    turns: Int = 100_000
  ) -> (left: [(Int64, Int)], replay: FrameReplay, ended: Instant) {
    var options = FrameReplay.Options()
    change(&options)
    var replay = FrameReplay(options)
    var now = Instant.origin + .seconds(5)
    let start = now
    var (position, waiting) = (0, 0)
    var left: [(Int64, Int)] = []
    replay.start(at: now)
    for _ in 0..<turns {
      switch replay.step(at: now) {
      case .read:
        guard position < recording.count else {
          replay.endRound(at: now)
          continue
        }
        let frame = recording[position]
        position += 1
        replay.offer(
          link: frame.link, recordedAt: frame.at.map { .origin + .milliseconds($0) },
          byteCount: frame.bytes)
      case .gather: waiting += 1
      case .send(let link):
        left += (0..<waiting).map { _ in ((now - start).wholeNanoseconds / 1000, link) }
        replay.noteSent(waiting, at: now)
        waiting = 0
      case .wait(let instant):
        #expect(instant > now)
        now = instant
      case .rewind: position = 0
      case .finish: return (left, replay, now)
      }
    }
    return (left, replay, now)
  }

  /// A pipe that was silent for three seconds: nothing is late, and the limit stays where it was.
  @Test func countsFromTheFirstFrame() {
    var options = FrameReplay.Options()
    options.timeLimit = .seconds(4)
    var replay = FrameReplay(options)
    let start = Instant.origin + .seconds(5)
    replay.start(at: start)
    #expect(replay.step(at: start) == .read)
    let first = start + .seconds(3)
    replay.noteFirstFrame(at: first)
    replay.offer(link: 0, recordedAt: .origin, byteCount: 60)
    #expect(replay.step(at: first) == .gather(link: 0))
    #expect(replay.step(at: first) == .read)
    replay.offer(link: 0, recordedAt: .origin + .milliseconds(500), byteCount: 60)
    #expect(replay.step(at: first) == .send(link: 0))
    replay.noteSent(1, at: first)
    #expect(replay.step(at: first) == .wait(until: first + .milliseconds(500)))
    #expect(replay.lateness.greatest == .zero)
    #expect(replay.step(at: start + .seconds(4)) == .finish)
  }

  @Test func keepsTheTimesOfTheRecording() {
    let recording = [
      Recorded(at: 1000), Recorded(at: 1001), Recorded(at: 1001), Recorded(at: 2500),
    ]
    #expect(play(recording).left.map(\.0) == [0, 1000, 1000, 1_500_000])
    let fast = play(recording) { $0.pace = .recorded(speed: 4) }
    #expect(fast.left.map(\.0) == [0, 250, 250, 375_000])
    let slow = play(recording) { $0.pace = .recorded(speed: 0.5) }
    #expect(slow.left.map(\.0) == [0, 2000, 2000, 3_000_000])
    let cut = play(recording) { $0.longestGap = .milliseconds(100) }
    #expect(cut.left.map(\.0) == [0, 1000, 1000, 101_000])
  }

  /// A clock that was set back, and frames without a time: they follow at once, and all after them keep
  /// their gaps.
  @Test func standsStillWhereTimeRunsBackwards() {
    let recording = [
      Recorded(at: 5000), Recorded(at: 5010), Recorded(at: 100), Recorded(at: nil),
      Recorded(at: 130), Recorded(at: 129),
    ]
    let (left, replay, _) = play(recording)
    #expect(left.map(\.0) == [0, 10_000, 10_000, 10_000, 40_000, 40_000])
    #expect(replay.stepsBack == 2)
  }

  /// What a file can say that nobody has seen: no arithmetic ends the program.
  @Test func bearsTimesBeyondMeasure() {
    for speed in [1, 1e-9, 1e9] {
      var replay = FrameReplay()
      var options = FrameReplay.Options()
      options.pace = .recorded(speed: speed)
      replay = FrameReplay(options)
      replay.start(at: .origin)
      for time in [Int64.min, .max, .min, 0, .max, .max] {
        guard replay.step(at: .distantFuture) == .read else { break }
        replay.offer(link: 0, recordedAt: Instant(nanoseconds: time), byteCount: .max)
        #expect(replay.step(at: .distantFuture) == .gather(link: 0))
      }
    }
  }

  @Test func holdsARateToTheEnd() {
    let recording = (0..<1000).map { Recorded(at: Int64($0 * $0), bytes: $0 % 2 == 0 ? 60 : 1500) }
    let frames = play(recording) {
      $0.pace = .framesPerSecond(3000)
      $0.rounds = 9
    }
    #expect(frames.left.count == 9000)
    // A third of a millisecond each: no rounding adds up over 9000 of them.
    #expect(frames.left.last?.0 == 2_999_666)
    #expect(frames.left[3].0 == 1000)
    let bits = play(recording) { $0.pace = .bitsPerSecond(1e6) }
    #expect(bits.left[1].0 == 480)
    #expect(bits.left[2].0 == 480 + 12_000)
    // 500 of 480 µs, and 499 of 12 ms.
    #expect(bits.left.last?.0 == 6_228_000)
  }

  @Test func playsRoundsWithTheirGap() {
    let recording = [Recorded(at: 0), Recorded(at: 10)]
    let (left, replay, _) = play(recording) {
      $0.rounds = 3
      $0.roundGap = .milliseconds(5)
    }
    #expect(left.map(\.0) == [0, 10_000, 15_000, 25_000, 30_000, 40_000])
    #expect(replay.currentRound == 3)
    let none = play([]) { $0.rounds = nil }
    #expect(none.left.isEmpty && none.replay.currentRound == 1)
  }

  @Test func endsAtItsLimits() {
    let recording = (0..<10).map { Recorded(at: Int64($0)) }
    #expect(play(recording) { $0.frameLimit = 3 }.left.count == 3)
    #expect(
      play(recording) {
        $0.frameLimit = 25
        $0.rounds = nil
      }.left.count == 25)
    let timed = play(recording) {
      $0.rounds = nil
      $0.timeLimit = .milliseconds(95)
    }
    // Rounds of nine milliseconds: their ends and starts fall together.
    #expect(timed.ended == .origin + .seconds(5) + .milliseconds(95))
    #expect(timed.left.last?.0 ?? 0 < 95_000)
  }

  /// The second link's frames never overtake the first's, however many are due at once.
  @Test(arguments: [ReplayPace.topSpeed, .recorded(speed: 1)])
  func keepsTheOrderAcrossLinks(pace: ReplayPace) {
    var random = SeededGenerator(seed: 3)
    let recording = (0..<1000).map {
      Recorded(at: Int64($0 / 100), link: Int.random(in: 0...1, using: &random))
    }
    let (left, replay, _) = play(recording) { $0.pace = pace }
    #expect(left.map(\.1) == recording.map(\.link))
    #expect(replay.lateness.count == (pace == .topSpeed ? 0 : 1000))
  }

  @Test func gathersUpToABatch() {
    var replay = FrameReplay()
    replay.start(at: .origin)
    for number in 0..<64 {
      #expect(replay.step(at: .origin) == .read)
      replay.offer(link: 0, recordedAt: .origin, byteCount: number)
      #expect(replay.step(at: .origin) == .gather(link: 0))
    }
    #expect(replay.step(at: .origin) == .read)
    replay.offer(link: 0, recordedAt: .origin, byteCount: 60)
    #expect(replay.step(at: .origin) == .send(link: 0))
    // A link that takes a part keeps the rest waiting; what none takes is given up.
    replay.noteSent(62, at: .origin)
    replay.noteRefused()
    #expect(replay.step(at: .origin) == .gather(link: 0))
    replay.stop()
    #expect(replay.step(at: .origin) == .send(link: 0))
    replay.noteSent(2, at: .origin)
    #expect(replay.step(at: .origin) == .finish)
  }

  /// Against the definition, on numbers of every size.
  @Test func tellsPercentilesWithinThreePercent() throws {
    var random = SeededGenerator(seed: 11)
    var histogram = LatenessHistogram()
    #expect(histogram.percentile(0.5) == nil)
    var values: [Int64] = []
    for _ in 0..<5000 {
      let value = Int64.random(
        in: 0...(1 << Int64.random(in: 0...50, using: &random)), using: &random)
      values.append(value)
      histogram.add(.nanoseconds(value))
    }
    values.sort()
    for part in [0.01, 0.5, 0.9, 0.99, 1] {
      let exact = values[Int((Double(values.count) * part).rounded(.up)) - 1]
      let told = try #require(histogram.percentile(part)).wholeNanoseconds
      #expect(told >= exact && Double(told) <= Double(exact) * 1.04 + 1, "\(part)")
    }
    histogram.add(.seconds(Int64.max))
    histogram.add(.zero - .seconds(1))
    #expect(histogram.greatest == .nanoseconds(Int64.max) && histogram.count == 5002)
  }
}
