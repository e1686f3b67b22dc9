import EventLoop
import Glibc

/// Runs a program for each event, with an environment that holds the event and nothing else.
///
/// No shell reads anything, a few run at a time, a few hundred wait, and one that does not end is ended.
final class WatchHook {
  private static let concurrency = 4
  private static let waitingLimit = 256
  private static let patience = Duration.seconds(60)
  private static let path = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

  private let program: String
  private let loop: EventLoop
  private var waiting: [[String]] = []
  private var running = 0
  private var dropped = 0

  /// A hook that runs `program`, a path.
  init(_ program: String, on loop: EventLoop) throws(CommandFailure) {
    let isExecutable = unsafe access(program, X_OK) == 0
    guard program.contains("/"), isExecutable else {
      throw CommandFailure(.usage, "--exec \(program): expected the path of a program")
    }
    (self.program, self.loop) = (program, loop)
  }

  /// How many programs run or wait.
  var count: Int { running + waiting.count }

  /// Runs the program with `variables`, `NAME=value` each, when its turn comes.
  func run(_ variables: [String]) {
    guard waiting.count < Self.waitingLimit else {
      dropped += 1
      return
    }
    waiting.append(variables)
    startWaiting()
  }

  private func startWaiting() {
    while running < Self.concurrency, !waiting.isEmpty { start(waiting.removeFirst()) }
    guard waiting.isEmpty, dropped > 0 else { return }
    StandardStream.error.writeLine(
      "crimp: --exec \(program): \(dropped) events came while too many waited, and were left out")
    dropped = 0
  }

  private func start(_ variables: [String]) {
    var command = ChildProcess.Command(program)
    command.environment = [Self.path] + variables
    command.output = .descriptor(2)
    let child: ChildProcess
    do throws(SystemError) {
      child = try ChildProcess(command, on: loop)
    } catch {
      return StandardStream.error.writeLine("crimp: --exec \(program): \(error)")
    }
    running += 1
    let timer = loop.schedule(after: Self.patience) { [self] in
      StandardStream.error.writeLine("crimp: --exec \(program): still running after 60 s, killed")
      // It may have ended in this very turn.
      do throws(SystemError) { try child.send(signal: SIGKILL) } catch {}
    }
    loop.spawn { [self] in
      do throws(CancellationError) { _ = try await child.exitStatus } catch {}
      timer.cancel()
      running -= 1
      startWaiting()
    }
  }
}
