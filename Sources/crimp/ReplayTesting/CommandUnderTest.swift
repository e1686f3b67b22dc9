import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import LinkLayerTesting
import Links
import MonotonicTime

/// A command of crimp's in the place of the host under test: it runs against the capture, on a clock that
/// waits for nothing, and records what it says.
///
/// It runs as a process of its own: one that crashes is a case that fails.
struct CommandUnderTest {
  /// What differs from run to run although the random numbers are the same: the time that echo requests
  /// carry, and the port of a conversation with a controller.
  static let mask = FieldMask(free: ["icmp.data_time"])

  /// No replay takes so long: it waits for no clock.
  private static let limit: Duration = .seconds(60)

  private let words: [String]
  private let test: ReplayTestCase
  private let exchange: RecordedExchange

  init(_ words: [String], _ test: ReplayTestCase, _ exchange: RecordedExchange) {
    self.words = words
    self.test = test
    self.exchange = exchange
  }

  func result(options: ReplayTestOptions) throws(CommandFailure) -> ReplayTestResult {
    let folder = try TemporaryFolder()
    defer { folder.remove() }
    let (input, output) = (folder.path + "/then.pcapng", folder.path + "/now.pcapng")
    try WholeFile.write(ReplayableCapture(test, exchange).bytes(), to: input, isDurable: false)
    let (run, interruption) = try run(words + ["--replay", input, "--record", output])
    if let interruption {
      folder.remove()
      raise(interruption)
    }
    guard unsafe access(output, R_OK) == 0 else { throw failure(of: run) }
    var options = options
    if exchange.linkType == .raw {
      // A conversation with a controller: the port, and the address, that the kernel gave then.
      for name in ["ip.src", "ipv6.src", "udp.srcport"] { options.mask.add(name) }
    }
    let bytes = try WholeFile.bytes(at: output)
    return try compare(bytes, options)
  }

  /// Runs the command to its end. What ends this program ends the command first, so that nothing of the two
  /// stays behind.
  private func run(
    _ words: [String]
  ) throws(CommandFailure) -> (ChildProcess.Output, interruption: Int32?) {
    var hasTakenTooLong = false
    var interruption: Int32?
    let output: ChildProcess.Output
    do throws(SystemError) {
      let loop = try EventLoop()
      var command = ChildProcess.Command("/proc/self/exe", words)
      command.calledBy = "crimp"
      var child: ChildProcess?
      func end() {
        // ESRCH: it has ended by itself.
        try? child?.send(signal: SIGKILL)
      }
      let signals = try loop.onSignal([SIGINT, SIGTERM]) {
        interruption = $0
        end()
      }
      defer { signals.cancel() }
      let timer = loop.schedule(after: Self.limit) {
        hasTakenTooLong = true
        end()
      }
      defer { timer.cancel() }
      let ready = command
      output = try loop.run { () async throws(SystemError) in
        try await ChildProcess.capture(ready, on: loop) { child = $0 }
      }
    } catch {
      throw CommandFailure(error)
    }
    guard !hasTakenTooLong else {
      throw CommandFailure(
        .unavailable, "crimp \(self.words.joined(separator: " ")): it did not end within 60 s")
    }
    return (output, interruption)
  }

  private func failure(of run: ChildProcess.Output) -> CommandFailure {
    let line = words.joined(separator: " ")
    switch run.status {
    case .killed(let signal):
      return CommandFailure(.systemError, "crimp \(line): it was ended by signal \(signal)")
    case .exited(let code):
      let said = run.errorText.split(separator: "\n").first.map(String.init) ?? ""
      let text = said.hasPrefix("crimp: ") ? String(said.dropFirst(7)) : said
      return CommandFailure(
        ExitStatus(rawValue: code).flatMap { $0 == .success ? nil : $0 } ?? .unavailable,
        text.isEmpty ? "crimp \(line): it recorded nothing" : text)
    }
  }

  /// Holds the recording of this run against that of then.
  private func compare(
    _ bytes: [UInt8], _ options: ReplayTestOptions
  ) throws(CommandFailure) -> ReplayTestResult {
    var comparison = ExchangeComparison(exchange, options: options)
    let told = exchange.frames.indices.filter { !exchange.frames[$0].isTested }
    var next = told.makeIterator()
    do throws(ExchangeFault) {
      let now = try RecordedExchange(reading: bytes.rawBytes)
      for frame in now.frames {
        let instant = Instant.origin + frame.time
        if frame.isTested {
          comparison.take(frame.bytes, at: instant)
        } else if let index = next.next() {
          comparison.tell(index, at: instant)
        }
      }
    } catch .empty, .noHost {
      comparison.begin(at: .origin)
    } catch {
      throw CommandFailure(.systemError, error.description)
    }
    return ReplayTestResult(comparison)
  }
}

/// A folder of this run's own, that nobody else can read.
private struct TemporaryFolder {
  let path: String

  init() throws(CommandFailure) {
    let parent = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/crimp-replay-test.XXXXXX".utf8CString)
    guard unsafe mkdtemp(&template) != nil else {
      throw CommandFailure(
        .inputOutput,
        "\(parent): no folder can be made in it: \(unsafe String(cString: strerror(errno)))")
    }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  func remove() {
    for name in ["then.pcapng", "now.pcapng"] { unsafe unlink("\(path)/\(name)") }
    unsafe rmdir(path)
  }
}
