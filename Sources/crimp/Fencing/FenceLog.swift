import Glibc

/// Where a fence agent tells what it does. No secret is ever handed to it.
final class FenceLog: Sendable {
  private let isQuiet: Bool
  private let isVerbose: Bool
  private let file: StandardStream?

  init(_ input: FenceInput) throws(FenceFailure) {
    isQuiet = input.isSet("quiet")
    isVerbose = input.isSet("verbose") || (Int(input["verbose_level"] ?? "") ?? 0) > 0
    guard let path = input["debug_file"] else {
      file = nil
      return
    }
    let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw FenceFailure("debug_file \(path): \(unsafe String(cString: strerror(errno)))")
    }
    file = StandardStream(descriptor: descriptor)
  }

  /// A step.
  func note(_ words: String) {
    if isVerbose { write(words) }
    file?.writeLine("\(FenceAgent.program): \(words)")
  }

  /// A failure, or what somebody should know.
  func complain(_ words: String) {
    if !isQuiet { write(words) }
    file?.writeLine("\(FenceAgent.program): \(words)")
  }

  private func write(_ words: String) {
    StandardStream.error.writeLine("\(FenceAgent.program): \(words)")
  }
}
