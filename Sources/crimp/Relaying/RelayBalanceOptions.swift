import ArgumentParser
import Relay

/// How one of several targets is chosen.
struct RelayBalanceOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "How a target is chosen: round-robin, least-connections, least-bytes, source-hash or first.",
      valueName: "policy"))
  var policy = PolicyName.roundRobin

  @Option(
    help: ArgumentHelp(
      "With least-bytes: the bytes that hosts have moved, which several processes count; the target .:PORT is each of its hosts.",
      valueName: "file"))
  var hostFile: String?

  func validate() throws {
    guard hostFile == nil || policy == .leastBytes else {
      throw ValidationError("--host-file: expected --policy least-bytes beside it")
    }
  }

  /// The host file, if there is one.
  var store: HostFileStore? { hostFile.map { HostFileStore(at: $0) } }
}
