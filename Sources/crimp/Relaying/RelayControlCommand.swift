import EventLoop
import FoundationEssentials
import Glibc
import Relay
import Sockets

/// `crimp relay show`, `reload`, `drain`, `enable` and `disable`: asks a running relay.
struct RelayControlCommand {
  /// The words that are no place to listen at.
  private static let verbs: Set = ["show", "reload", "drain", "enable", "disable"]

  let request: ControlRequest
  let path: String
  let isJSON: Bool

  /// Reads the operands; nil when they are not for a running relay.
  init?(_ command: RelayCommand) throws(CommandFailure) {
    guard Self.verbs.contains(command.listen) else { return nil }
    guard let path = command.controlling.control else {
      throw CommandFailure(
        .usage, "\(command.listen): --control: expected the path of the relay's socket")
    }
    let words = ([command.listen] + command.targets).joined(separator: " ")
    do throws(ControlRequestError) {
      request = try ControlRequest(parsing: Array(words.utf8))
    } catch {
      throw CommandFailure(.usage, "\(words): \(error.description)")
    }
    self.path = path
    isJSON = command.json
  }

  func perform(on loop: EventLoop) throws(CommandFailure) -> ExitStatus {
    let lines = try loop.run { () async throws(CommandFailure) in try await ask(on: loop) }
    if isJSON {
      for line in lines { StandardStream.output.writeLine(line) }
    } else {
      for line in RelayStatusTable(lines).lines { StandardStream.output.writeLine(line) }
    }
    return .success
  }

  private func ask(on loop: EventLoop) async throws(CommandFailure) -> [String] {
    let client: ControlClient
    do throws(ConnectionError) {
      client = try await ControlClient.connect(to: path, on: loop)
    } catch {
      switch error.cause.errno {
      case ENOENT, ECONNREFUSED:
        throw CommandFailure(.unavailable, "control \(path): no relay answers there")
      case EACCES, EPERM:
        throw CommandFailure(
          .noPermission, "control \(path): permission missing: ask as the relay's user, or as root")
      default: throw CommandFailure(.unavailable, "control \(path): \(error.cause.reason)")
      }
    }
    defer { client.close() }
    do throws(ControlFailure) {
      return try await client.ask(request)
    } catch {
      switch error {
      case .refused(let words): throw CommandFailure(.negative, words)
      case .ended: throw CommandFailure(.unavailable, "control \(path): the relay hung up")
      }
    }
  }
}
