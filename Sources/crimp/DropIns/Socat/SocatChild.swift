import EventLoop
import Glibc

/// A program behind an address.
final class SocatChild {
  private let process: ChildProcess
  private let loop: EventLoop
  private let log: SocatLog
  /// The shell's command, if a shell runs it.
  private let command: String?
  /// Whether the program is left alone at the end (`end-close`).
  private let outlives: Bool
  private let status: Completion<ChildProcess.ExitStatus>
  /// Whether nothing is read from the program: what it says goes elsewhere.
  let onlyListens: Bool
  /// Whether the program's output was read to its end.
  var hasSaidAll: () -> Bool = { false }

  init(
    _ program: ChildProcess.Command, shellCommand: String?, onlyListens: Bool, outlives: Bool,
    on loop: EventLoop, _ log: SocatLog
  ) throws(SystemError) {
    process = try ChildProcess(program, on: loop)
    command = shellCommand
    self.onlyListens = onlyListens
    self.outlives = outlives
    self.loop = loop
    self.log = log
    let status = Completion<ChildProcess.ExitStatus>(on: loop)
    self.status = status
    loop.spawn { [process] in
      if let ended = try? await process.exitStatus { status.fulfil(ended) }
    }
  }

  /// The program's process.
  var identifier: Int32 { process.identifier }

  /// Whether the program has ended.
  var hasEnded: Bool { status.isFulfilled }

  /// Ends the program, unless it is to be left alone.
  func abandon() {
    if !outlives { send(signal: SIGTERM) }
  }

  /// Sends a signal to the program; none when it has ended.
  func send(signal: Int32) {
    try? process.send(signal: signal)
  }

  /// Ends the program, unless it ends by itself within a short while after it has said or heard all. Returns words for
  /// an end that was a failure of its own.
  func finish(within patience: Duration) async -> String? {
    if onlyListens || hasSaidAll(), !hasEnded {
      let over = Completion<Void>(on: loop)
      let timer = loop.schedule(after: patience) { over.fulfil(()) }
      loop.spawn { [status] in
        _ = await status.valueThroughCancellation
        over.fulfil(())
      }
      await over.valueThroughCancellation
      timer.cancel()
    }
    guard hasEnded else {
      abandon()
      return nil
    }
    return words(await status.valueThroughCancellation)
  }

  private func words(_ ended: ChildProcess.ExitStatus) -> String? {
    switch ended {
    case .exited(0): return nil
    case .exited(let code):
      if let command {
        log.warning("system(\"\(command)\") returned with status \(code << 8)")
      }
      return "waitpid(): child \(identifier) exited with status \(code)"
    case .killed(let signal):
      // A shell that is killed is a result of the command, not its failure.
      if let command {
        log.warning("system(\"\(command)\") returned with status \(signal)")
        return nil
      }
      return "waitpid(): child \(identifier) exited on signal \(signal)"
    }
  }
}
