internal import CaptureFile
public import EventLoop
internal import Glibc
internal import LinkLayer
internal import Machines
public import Sockets
internal import Synchronization

/// Writes the connections of a relay into one pcapng file, as TCP conversations: with `RecordedSession`s, of
/// all workers. Every write is of whole blocks, so that the file can be read while it grows.
///
/// Several processes may record into one file (`RecordingFile`): each begins a section, whose only interface is
/// of the same kind as the others', so that packets are read alike in whichever section they stand.
public final class StreamRecorder: Sendable {
  private struct State: ~Copyable {
    var writer = PcapngWriter()
    let file: RecordingFile
    let application: String
    var hasBegun = false
    var failure: SystemError?
    var sessionCount: UInt64 = 0
  }

  private let state: Mutex<State>

  /// Opens a file, which nobody else may read. One of the same name is left as it is until `begin`.
  ///
  /// - Parameters:
  ///   - application: what the file says of who wrote it.
  ///   - joins: whether to record behind what another process records into the file, if one does.
  /// - Throws: `EWOULDBLOCK` when one does, and `joins` is false; or why it cannot be opened.
  public init(path: String, application: String, joins: Bool = false) throws(SystemError) {
    state = Mutex(
      State(file: try RecordingFile(path: path, joins: joins), application: application))
  }

  /// Begins the recording: what the file held is gone, unless another process records into it. A connection
  /// that comes earlier begins it too.
  public func begin() throws(SystemError) {
    let failure = state.withLock { state -> SystemError? in
      do throws(SystemError) {
        try Self.begin(&state)
      } catch {
        state.failure = error
      }
      return state.failure
    }
    if let failure { throw failure }
  }

  private static func begin(_ state: inout State) throws(SystemError) {
    guard !state.hasBegun else { return }
    state.hasBegun = true
    var bytes: [UInt8] = []
    do throws(CaptureWriteError) {
      try state.writer.appendSection(
        SectionInformation(application: state.application), to: &bytes)
      try state.writer.appendInterface(
        CaptureInterface(linkType: .raw, snapLength: 0, name: "relay"), to: &bytes)
    } catch {
      throw SystemError(errno: EINVAL, operation: "write")
    }
    try state.file.begin()
    try state.file.append(bytes)
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
        try Self.begin(&state)
        var bytes: [UInt8] = []
        for (index, packet) in packets.enumerated() {
          try Self.append(
            packet, at: now, index == 0 ? comments : [], state.writer, to: &bytes)
        }
        try state.file.append(bytes)
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
