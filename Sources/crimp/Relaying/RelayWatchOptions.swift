import ArgumentParser
import EventLoop
import Glibc
import Machines
import Relay
import Sockets

/// What is put before the bytes of a relay, and who looks at them.
struct RelayWatchOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Send this file to the target before what the client sends.", valueName: "file"))
  var insert: String?

  @Flag(help: "Show all bytes on standard output.")
  var hexdump = false

  @Option(
    help: ArgumentHelp(
      "Write the connections into a pcapng file, as TCP conversations of clients.",
      valueName: "file"))
  var record: String?

  /// The bytes of `--insert`.
  func insertion(atMost limit: Int) throws(CommandFailure) -> [UInt8] {
    guard let insert else { return [] }
    let bytes = try WholeFile.bytes(at: insert)
    guard bytes.count <= limit else {
      throw CommandFailure(
        .usage, "--insert \(insert): \(bytes.count) bytes: expected \(limit) at most")
    }
    return bytes
  }

  /// Opens the file of `--record`, and leaves it as it is.
  ///
  /// - Parameter joins: whether a relay may still record into it: the one whose place this one takes.
  func recorder(joins: Bool) throws(CommandFailure) -> StreamRecorder? {
    guard let record else { return nil }
    do throws(SystemError) {
      return try StreamRecorder(path: record, application: "crimp relay", joins: joins)
    } catch {
      guard error.errno != EWOULDBLOCK else {
        throw CommandFailure(
          .unavailable, "--record \(record): another process records into it: expected another file"
        )
      }
      throw failure(error)
    }
  }

  /// Begins the recording, now that it is certain that connections come.
  func begin(_ recorder: StreamRecorder?) throws(CommandFailure) {
    do throws(SystemError) {
      try recorder?.begin()
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: SystemError) -> CommandFailure {
    CommandFailure(.inputOutput, "--record \(record ?? ""): \(error.reason)")
  }

  /// What watches a connection to `server`; nil when nothing does.
  func observer(
    of session: RelaySession, to server: SocketAddress, _ recorder: StreamRecorder?
  ) -> SessionObserver? {
    let dump = hexdump ? HexDumpObserver(session).observer : nil
    let note = "to \(session.upstream?.name ?? "")"
    guard let recorder else { return dump }
    let recording = recorder.session(from: session.client, to: server, note: note).observer
    guard let dump else { return recording }
    return SessionObserver(
      bytes: { side, bytes in
        dump.bytes(side, bytes)
        recording.bytes(side, bytes)
      }, end: recording.end, over: recording.over)
  }
}

/// Shows the bytes of one connection on standard output.
private final class HexDumpObserver {
  private let client: String
  private let target: String
  private var there: UInt64 = 0
  private var back: UInt64 = 0

  init(_ session: RelaySession) {
    client = TerminalText.escaped(session.client.description)
    target = TerminalText.escaped(session.upstream?.name ?? "")
  }

  var observer: SessionObserver {
    SessionObserver(bytes: { [self] side, bytes in show(side, bytes) })
  }

  private func show(_ side: StreamRelay.Side, _ bytes: RawSpan) {
    let isThere = side == .near
    let ends = isThere ? "\(client) -> \(target)" : "\(target) -> \(client)"
    let offset = isThere ? there : back
    // In one call, so that connections of several workers do not mix.
    StandardStream.output.write(
      Array("\(ends), \(bytes.byteCount) bytes\n".utf8) + HexDump.text(bytes, at: offset))
    if isThere { there += UInt64(bytes.byteCount) } else { back += UInt64(bytes.byteCount) }
  }
}
