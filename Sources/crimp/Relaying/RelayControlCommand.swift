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

  /// The options that a running relay is asked with.
  private static let options: Set = ["--control", "--json"]

  /// Reads the operands; nil when they are not for a running relay.
  ///
  /// - Parameter arguments: what `command` was read from: all other options are the relay's own, and would do
  ///   nothing here.
  init?(_ command: RelayCommand, _ arguments: [String]) throws(CommandFailure) {
    guard Self.verbs.contains(command.listen) else { return nil }
    if let option = Self.foreignOption(in: arguments) {
      throw CommandFailure(
        .usage, "\(command.listen) and \(option): expected no option but --control and --json")
    }
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

  private static func foreignOption(in arguments: [String]) -> String? {
    var isValue = false
    for argument in arguments {
      guard argument != "--" else { return nil }
      if !isValue, argument.hasPrefix("-") {
        let name = String(argument.prefix { $0 != "=" })
        guard options.contains(name) else { return name }
      }
      isValue = !isValue && argument == "--control"
    }
    return nil
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
      case EAGAIN: throw ListeningPlaces.silence(ofControl: path)
      default: throw CommandFailure(.unavailable, "control \(path): \(error.cause.reason)")
      }
    }
    defer { client.close() }
    do throws(ControlFailure) {
      return try await client.ask(request)
    } catch {
      switch error {
      case .refused(let words):
        throw CommandFailure(.negative, TerminalText.escaped(words))
      case .ended: throw CommandFailure(.unavailable, "control \(path): the relay hung up")
      case .silent: throw ListeningPlaces.silence(ofControl: path)
      }
    }
  }
}
