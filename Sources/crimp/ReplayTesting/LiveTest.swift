import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import LinkLayerTesting
import Links

/// What is behind an interface, in the place of the host under test.
struct LiveTest {
  private let command: ReplayTestCommand
  private let exchange: RecordedExchange
  private let options: ReplayTestOptions
  private let place: LinkPlace

  init(
    _ command: ReplayTestCommand, _ interface: String, _ exchange: RecordedExchange,
    _ options: ReplayTestOptions
  ) throws(CommandFailure) {
    guard exchange.linkType == .ethernet else {
      throw CommandFailure(.usage, "--interface: expected a capture of Ethernet")
    }
    self.command = command
    self.exchange = exchange
    self.options = options
    place = try LinkPlace(
      LinkSettings(interface: interface, namespace: command.netns), for: [],
      carrierWait: .seconds(2))
  }

  func result() throws(CommandFailure) -> ReplayTestResult {
    var linkOptions = PacketSocketLink.Options()
    linkOptions.isPromiscuous = true
    linkOptions.snapLength = 1 << 16
    linkOptions.receiveBufferSize = 4 << 20
    let link = try place.openHearing(.everything, options: linkOptions)
    let loop = try place.makeLoop()
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    let filter = try filter()
    let replay = LiveReplay(exchange, on: link, loop, options: options) {
      filter.accepts($0, .ethernet)
    }
    try worded { () throws(LinkError) in try replay.begin() }
    let child = try start(on: loop)
    defer {
      if let child { _ = try? child.send(signal: SIGTERM) }
    }
    let result = try worded { () throws(LinkError) in
      try loop.run { () async throws(LinkError) in try await replay.result() }
    }
    try worded { () throws(LinkError) in try link.close() }
    return result
  }

  private func filter() throws(CommandFailure) -> ExchangeFilter {
    do throws(ReplayTestCaseError) {
      return try ExchangeFilter(command.filter ?? "")
    } catch {
      throw CommandFailure(.usage, error.words)
    }
  }

  /// Starts what makes the host speak; what it says is nobody's concern.
  private func start(on loop: EventLoop) throws(CommandFailure) -> ChildProcess? {
    guard let line = command.run else { return nil }
    return try worded { () throws(SystemError) in
      var child = ChildProcess.Command("/bin/sh", ["-c", line])
      child.output = .null
      child.error = .null
      return try ChildProcess(child, on: loop)
    }
  }
}
