internal import EventLoop
internal import MonotonicTime
internal import Relay
internal import Sockets

/// Prints what each relayed connection has moved, both ways, when it is over, and what went wrong.
struct ConnectionReporter {
  private let tool: TCPTool
  private let loop: EventLoop

  init(_ tool: TCPTool, _ loop: EventLoop) {
    self.tool = tool
    self.loop = loop
  }

  /// An event of a service.
  func tell(_ event: RelayEvent) {
    switch event {
    case .ended(let session, let report):
      ended(
        "\(session.client) -> \(session.upstream?.name ?? "")", report,
        after: loop.readClock() - session.accepted)
    case .connected: break
    case .failed(let session): tool.complain("\(session.client): no host could be reached")
    case .refused, .unreachable, .exhausted:
      if let words = event.words { tool.complain(words) }
    }
  }

  /// A connection between `ends` is over.
  func ended(_ ends: String, _ report: PumpReport, after duration: Duration) {
    let there = Throughput(byteCount: report.statistics.nearByteCount, duration: duration)
    let back = Throughput(byteCount: report.statistics.farByteCount, duration: duration)
    let seconds = (duration.milliseconds / 1000).rounded(to: 2)
    let loss = report.ending == .completed ? "" : " (\(report.ending.words))"
    StandardStream.output.writeLine("\(ends): \(there) there, \(back) back, \(seconds) s\(loss)")
  }
}
