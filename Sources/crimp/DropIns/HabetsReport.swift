internal import EventLoop
internal import LinkLayer
internal import MonotonicTime

/// What Habets arping shows while it runs, and what it counts.
struct HabetsReport {
  private let options: HabetsOptions
  private let console: Console
  private(set) var sent = 0
  private(set) var received = 0
  /// Whether two hardware addresses answered.
  private(set) var hasDuplicate = false
  private var lastReplier: MACAddress?
  private var roundTrips = RoundTrips()

  init(_ options: HabetsOptions, _ console: Console) {
    (self.options, self.console) = (options, console)
  }

  /// An answer, as far as it is shown.
  struct Answer {
    /// Bytes on the wire.
    var byteCount: Int
    /// The source of the frame.
    var source: MACAddress
    /// Who answered.
    var address: IPv4Address
    /// The sequence number of an answer to the ping of a MAC.
    var sequence: UInt16?
    /// Nanoseconds since the last frame was sent.
    var roundTrip: Int64
  }

  /// What stands before the first frame.
  func begin(_ plan: HabetsPlan) {
    if options.verbosity > 0 {
      let own = plan.interface.address ?? .broadcast
      console.write("This box:   Interface: \(plan.interface.name)  IP: \(own)   ")
      console.write("MAC address: \(plan.sourceMAC)\n")
    }
    if options.display == .normal { console.write("ARPING \(plan.shownTarget)\n") }
  }

  /// Tells with `-vv` when a frame is about to leave.
  func showSending() {
    guard options.verbosity > 1 else { return }
    let time = Instant.monotonicNow.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
    let fraction = String(time.remainder)
    let zeros = String(repeating: "0", count: max(0, 9 - fraction.count))
    console.write("arping: sending packet at time \(time.quotient).\(zeros)\(fraction)\n")
  }

  mutating func countSent() { sent += 1 }

  /// Shows and counts an answer.
  mutating func show(_ answer: Answer) {
    roundTrips.add(nanoseconds: answer.roundTrip)
    if options.beepsOnReply { console.write("\u{7}") }
    let isMACPing = answer.sequence != nil
    let (mac, ip) = (answer.source.description, answer.address.description)
    switch options.display {
    case .quiet: break
    case .dots: console.write("!")
    case .normal: console.write(line(answer) + "\n")
    case .rawBoth: console.write("\(mac) \(ip)\n")
    case .rawFirst: console.write((isMACPing ? ip : mac) + "\n")
    case .rawSecond: console.write((isMACPing ? mac : ip) + "\n")
    }
    if !isMACPing, let lastReplier, lastReplier != answer.source { hasDuplicate = true }
    lastReplier = answer.source
    received += 1
    console.flush()
  }

  private func line(_ answer: Answer) -> String {
    let time = Self.time(answer.roundTrip)
    if let sequence = answer.sequence {
      return "\(answer.byteCount) bytes from \(answer.address) (\(answer.source)): "
        + "icmp_seq=\(sequence) time=\(time)"
    }
    let total = options.showsSent ? "/\(sent - 1)" : ""
    return "\(answer.byteCount) bytes from \(answer.source) (\(answer.address)): "
      + "index=\(received)\(total) time=\(time)"
  }

  /// Shows that nobody answered the last frame.
  func showSilence() {
    if options.beepsOnSilence { console.write("\u{7}") }
    switch options.display {
    case .normal: console.write("Timeout\n")
    case .dots: console.write(".")
    default: break
    }
    console.flush()
  }

  /// The summary.
  func end(_ plan: HabetsPlan) {
    let lost = 100 - 100 * Double(received) / Double(sent)
    let percent = Numbers.percent(lost < 0 ? 0 : lost)
    let extra = max(0, received - sent)
    switch options.display {
    case .dots: console.write("\t\(percent)% packet loss (\(extra) extra)\n")
    case .normal:
      console.write("\n--- \(plan.shownTarget) statistics ---\n")
      console.write("\(sent) packets transmitted, \(received) packets received, ")
      console.write("\(percent)% unanswered (\(extra) extra)\n")
      console.write(roundTrips.summary + "\n")
    default: break
    }
    console.flush()
  }

  /// A duration in the unit that leaves one to four digits before the point.
  private static func time(_ nanoseconds: Int64) -> String {
    switch nanoseconds {
    case ...1000: "\(nanoseconds).000 nsec"
    case ...1_000_000: Numbers.fixed(thousandths: nanoseconds) + " usec"
    case ...1_000_000_000: Numbers.fixed(Double(nanoseconds) / 1e6) + " msec"
    default: Numbers.fixed(Double(nanoseconds) / 1e9) + " sec"
    }
  }
}

/// Round-trip times, summed up.
private struct RoundTrips {
  private var count = 0.0
  private var sum = 0.0
  private var sumOfSquares = 0.0
  private var least = Double.infinity
  private var most = 0.0

  mutating func add(nanoseconds: Int64) {
    let milliseconds = Double(nanoseconds) / 1e6
    count += 1
    sum += milliseconds
    sumOfSquares += milliseconds * milliseconds
    least = min(least, milliseconds)
    most = max(most, milliseconds)
  }

  /// The last line of a summary; empty when nothing was answered.
  var summary: String {
    guard count > 0 else { return "" }
    let mean = sum / count
    let deviation = max(0, sumOfSquares / count - mean * mean).squareRoot()
    let figures = [least, mean, most, deviation].map(Numbers.fixed).joined(separator: "/")
    return "rtt min/avg/max/std-dev = \(figures) ms"
  }
}
