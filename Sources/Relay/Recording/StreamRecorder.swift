internal import CaptureFile
public import EventLoop
internal import Glibc
internal import LinkLayer
internal import Machines
public import Sockets
internal import Synchronization

/// Writes the connections of a relay into one pcapng file, as TCP conversations: with `RecordedSession`s, of
/// all workers. Every write is of whole blocks, so that the file can be read while it grows.
public final class StreamRecorder: Sendable {
  private struct State: ~Copyable {
    var writer: PcapngWriter
    var file: OwnedDescriptor
    var failure: SystemError?
    var sessionCount: UInt64 = 0
  }

  private let state: Mutex<State>

  /// Begins a file, which nobody else may read; one of the same name is written over.
  public init(path: String, application: String) throws(SystemError) {
    let file = try OwnedDescriptor("open") {
      unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    }
    var writer = PcapngWriter()
    var bytes: [UInt8] = []
    do throws(CaptureWriteError) {
      try writer.appendSection(
        SectionInformation(application: application), to: &bytes)
      try writer.appendInterface(
        CaptureInterface(linkType: .raw, snapLength: 0, name: "relay"), to: &bytes)
    } catch {
      throw SystemError(errno: EINVAL, operation: "write")
    }
    try Self.write(bytes, to: file.rawValue)
    state = Mutex(State(writer: writer, file: file))
  }

  /// What kept the file from being written on; nothing is written after it. Nil while all is well.
  public var failure: SystemError? { state.withLock { $0.failure } }

  /// A connection to be recorded. UNIX sockets, which have no addresses that a packet could bear, are shown
  /// as ::1, with a port of its own for each connection.
  ///
  /// - Parameters:
  ///   - client: who connected.
  ///   - server: what it connected to.
  ///   - note: what its first packet's comment says.
  public func session(
    from client: SocketAddress, to server: SocketAddress, note: String
  ) -> RecordedSession {
    let number = state.withLock { state in
      state.sessionCount &+= 1
      return state.sessionCount
    }
    let port = UInt16(truncatingIfNeeded: 1024 + (number - 1) % 64_000)
    return RecordedSession(
      RecordedConversation(
        from: client.internetAddress ?? Self.standIn(port),
        to: server.internetAddress ?? Self.standIn(1)),
      note, in: self)
  }

  private static func standIn(_ port: UInt16) -> InternetAddress {
    InternetAddress(.v6(IPv6Address(high: 0, low: 1)), port: port)
  }

  /// Appends packets of one moment.
  func append(_ packets: [[UInt8]], comments: [String] = []) {
    guard !packets.isEmpty else { return }
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    let now = CaptureTimestamp(
      seconds: Int64(time.tv_sec), nanoseconds: UInt32(truncatingIfNeeded: time.tv_nsec))
    state.withLock { state in
      guard state.failure == nil else { return }
      do throws(SystemError) {
        var bytes: [UInt8] = []
        for (index, packet) in packets.enumerated() {
          try Self.append(
            packet, at: now, index == 0 ? comments : [], state.writer, to: &bytes)
        }
        try Self.write(bytes, to: state.file.rawValue)
      } catch {
        state.failure = error
      }
    }
  }

  private static func append(
    _ packet: [UInt8], at time: CaptureTimestamp, _ comments: [String], _ writer: PcapngWriter,
    to bytes: inout [UInt8]
  ) throws(SystemError) {
    do throws(CaptureWriteError) {
      try unsafe writer.append(packet.span.bytes, at: time, comments: comments, to: &bytes)
    } catch {
      throw SystemError(errno: EINVAL, operation: "write")
    }
  }

  private static func write(_ bytes: [UInt8], to descriptor: Int32) throws(SystemError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try Syscalls.retrying("write") {
        unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
      }
      rest = rest.dropFirst(count)
    }
  }
}

/// One connection that a `StreamRecorder` records.
public final class RecordedSession {
  private let recorder: StreamRecorder
  private var conversation: RecordedConversation

  init(_ conversation: RecordedConversation, _ note: String, in recorder: StreamRecorder) {
    self.conversation = conversation
    self.recorder = recorder
    recorder.append(self.conversation.begin(), comments: [note])
  }

  /// Records what it is shown.
  public var observer: SessionObserver {
    SessionObserver(
      bytes: { [self] side, bytes in recorder.append(conversation.sent(side, bytes)) },
      end: { [self] side in recorder.append(conversation.ended(side)) },
      over: { [self] ending in recorder.append(conversation.over(lost: ending.lostSide)) })
  }
}

extension PumpReport.Ending {
  /// Which stream was lost; nil when none was.
  fileprivate var lostSide: StreamRelay.Side? {
    guard case .lost(let side, _) = self else { return nil }
    return side
  }
}
