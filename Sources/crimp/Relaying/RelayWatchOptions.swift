import ArgumentParser

/// What is put before the bytes of a relay, and who looks at them.
struct RelayWatchOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "Send this file to the target before what the client sends.", valueName: "file"))
  var insert: String?

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
}
