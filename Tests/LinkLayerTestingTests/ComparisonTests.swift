import LinkLayer
import LinkLayerTesting
import MonotonicTime
import Testing

/// What is said, held against what was recorded.
@Suite("A comparison") struct ComparisonTests {
  private let request = Rehearsal.claim(of: Rehearsal.address)
  private let reply = Rehearsal.reply(to: Rehearsal.address)

  private func exchange(_ frames: [(milliseconds: Int, bytes: [UInt8], isTested: Bool)])
    -> RecordedExchange
  {
    RecordedExchange(
      frames: frames.enumerated().map { index, frame in
        RecordedExchange.Frame(
          number: index + 1, bytes: frame.bytes, time: .milliseconds(frame.milliseconds),
          isTested: frame.isTested)
      })
  }

  private func at(_ milliseconds: Int) -> Instant { .origin + .milliseconds(milliseconds) }

  @Test func namesWhatIsMissing() throws {
    var comparison = ExchangeComparison(exchange([(0, request, true), (900, reply, true)]))
    comparison.begin(at: at(0))
    comparison.take(reply, at: at(900))
    let result = ReplayTestResult(comparison)
    #expect(result.findings.map(\.name) == ["missing"])
    #expect(result.findings.first?.frame == 1)
    #expect(
      result.description
        == "frame 1 is missing: ARP who-has 192.0.2.10 tell 192.0.2.10, announcement of 02:00:00:00:00:0a"
    )
  }

  @Test func namesWhatIsAdditional() throws {
    var comparison = ExchangeComparison(exchange([(0, request, true)]))
    comparison.take(request, at: at(0))
    comparison.take(request, at: at(10))
    comparison.take(reply, at: at(20))
    let findings = ReplayTestResult(comparison).findings
    #expect(findings.map(\.kind) == [.additional(repeats: 1), .additional(repeats: nil)])
    #expect(findings.map(\.frame) == [1, 1])
  }

  @Test(arguments: [(99, [String]()), (101, ["late"]), (-99, []), (-101, ["early"])])
  func namesWhatIsLateOrEarly(by milliseconds: Int, kinds: [String]) {
    let recorded = exchange([(0, reply, false), (500, request, true)])
    var comparison = ExchangeComparison(recorded)
    comparison.tell(0, at: at(40))
    comparison.take(request, at: at(540 + milliseconds))
    #expect(ReplayTestResult(comparison).findings.map(\.name) == kinds)
  }

  @Test func takesFramesOfOneTickInAnyOrder() {
    var comparison = ExchangeComparison(exchange([(0, request, true), (90, reply, true)]))
    comparison.take(reply, at: at(0))
    comparison.take(request, at: at(1))
    #expect(ReplayTestResult(comparison).passes)
  }

  /// A frame that is like the one that is due is that one, told to differ; when the true one comes after
  /// all, the first was one too many.
  @Test func correctsItself() {
    var changed = request
    changed[41] ^= 1
    var comparison = ExchangeComparison(exchange([(0, request, true)]))
    comparison.take(changed, at: at(0))
    #expect(ReplayTestResult(comparison).findings.map(\.name) == ["differs"])
    comparison.take(request, at: at(1))
    #expect(ReplayTestResult(comparison).findings.map(\.name) == ["additional"])
  }

  @Test func namesFieldsAndPaddingAndLength() throws {
    var changed = request
    changed[21] = 2
    changed[59] = 7
    changed.append(0)
    var comparison = ExchangeComparison(exchange([(0, request, true)]))
    comparison.take(changed, at: at(0))
    guard case .differs(let fields)? = ReplayTestResult(comparison).findings.first?.kind else {
      Issue.record("it does not differ")
      return
    }
    #expect(fields.map(\.name) == ["arp.opcode", "byte 59", "frame.len"])
    #expect(fields.map(\.layer) == ["arp", "padding", "frame"])
    #expect(fields.map(\.recorded) == ["1 (request)", "0x00", "60"])
    #expect(fields.map(\.said) == ["2 (reply)", "0x07", "61"])
  }

  @Test(arguments: [
    (FieldMask(free: ["arp.opcode"]), true), (FieldMask(free: ["arp.*"]), true),
    (FieldMask(free: ["arp.src.hw_mac"]), false),
  ])
  func leavesMaskedFieldsAlone(mask: FieldMask, passes: Bool) {
    var changed = request
    changed[21] = 2
    var comparison = ExchangeComparison(
      exchange([(0, request, true)]), options: ReplayTestOptions(mask: mask))
    comparison.take(changed, at: at(0))
    #expect(ReplayTestResult(comparison).passes == passes)
  }

  @Test func leavesPaddingAloneWhereThatIsSaid() {
    var comparison = ExchangeComparison(
      exchange([(0, request, true)]), options: ReplayTestOptions(mask: .anotherProgram))
    comparison.take(Array(request.prefix(42)), at: at(0))
    #expect(ReplayTestResult(comparison).passes)
  }

  /// A host that says nothing more is waited for no longer than its patience, and the rest is told.
  @Test func goesOnWithoutTheHost() {
    struct Mute: TestedSystem {
      var heard = 0
      var deadline: Instant? { nil }
      mutating func start(at now: Instant) -> [[UInt8]] { [] }
      mutating func fire(at now: Instant) -> [[UInt8]] { [] }
      mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
        heard += 1
        return []
      }
    }
    for pace in [ReplayTestOptions.Pace.answers, .times] {
      var options = ReplayTestOptions()
      options.pace = pace
      var host = Mute()
      let result = ReplayTestResult(
        testing: &host,
        with: exchange([(0, request, true), (5, reply, false), (9, reply, false)]),
        options: options)
      #expect(host.heard == 2)
      #expect(result.findings.map(\.name) == ["missing"])
    }
  }
}
