import Glibc
import IPMI
import LinkLayer

/// Where a SecureOn password comes from: a file, the environment or a person, and never the command
/// line, which every user of the host can read.
struct SecureOnSource: Equatable, Sendable {
  /// The variable that is read when nothing else is asked for.
  static let variable = "CRIMP_SECUREON"

  /// A file whose first line is the password; `-` is standard input.
  var path: String?
  /// Whether a person is asked on the terminal.
  var asks = false

  /// The password, nil when there is none to be found and none was asked for.
  func password() throws(CommandFailure) -> SecureOnPassword? {
    if let path {
      try SecretSource.refuseShared(path)
      let bytes = try WholeFile.bytes(at: path)
      return try Self.parse(Self.firstLine(bytes), from: "--secureon-file \(path)")
    }
    if asks {
      let secret = try SecretPrompt.ask("SecureOn password: ", for: "--ask-secureon")
      return try Self.parse(
        String(decoding: secret.bytes.copied, as: UTF8.self), from: "--ask-secureon")
    }
    guard let value = unsafe getenv(Self.variable) else { return nil }
    let text = unsafe String(cString: value)
    // A child would inherit it.
    unsafe unsetenv(Self.variable)
    return try Self.parse(text, from: Self.variable)
  }

  private static func firstLine(_ bytes: [UInt8]) -> String {
    String(decoding: bytes.prefix { $0 != 0x0a && $0 != 0x0d }, as: UTF8.self)
  }

  /// The message names where the text came from and not what it was.
  private static func parse(
    _ text: String, from source: String
  ) throws(CommandFailure) -> SecureOnPassword {
    guard let password = SecureOnPassword(text: text) else {
      throw CommandFailure(
        .usage,
        "\(source): expected a SecureOn password, 4 bytes as 192.0.2.1 or 6 as 00:11:22:33:44:55")
    }
    return password
  }
}
