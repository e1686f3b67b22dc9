import Glibc
import IPMI

/// Where a password or a key comes from. Never the command line: others see that.
enum SecretSource {
  /// The first line of the file at `path`, or of standard input for `-`.
  ///
  /// - Parameters:
  ///   - option: the option that named the file, for the words of a failure.
  ///   - limit: how many bytes the secret may have; a longer one is refused, never cut.
  ///   - mayBeShared: whether a file that others can read will do: a simulator's password, a recording's.
  static func file(
    _ path: String, option: String, limit: Int, mayBeShared: Bool = false
  ) throws(CommandFailure) -> Secret {
    if !mayBeShared { try refuseShared(path) }
    var bytes = try WholeFile.bytes(at: path)
    defer { bytes.wipe() }
    var line = Array(bytes.prefix { $0 != UInt8(ascii: "\n") })
    defer { line.wipe() }
    if line.last == UInt8(ascii: "\r") { line.removeLast() }
    return try secret(line, "\(option) \(path)", limit: limit)
  }

  /// A secret that others can read is none: said before it is used once more.
  static func refuseShared(_ path: String) throws(CommandFailure) {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return }
    guard status.st_mode & 0o077 == 0 else {
      throw CommandFailure(
        .noPermission, "\(path) holds a secret that others can read: `chmod 600 \(path)`")
    }
  }

  /// The value of an environment variable; nil when it is not set.
  static func environment(
    _ variable: String, limit: Int
  ) throws(CommandFailure) -> Secret? {
    guard let value = unsafe getenv(variable) else { return nil }
    var bytes = unsafe Array(UnsafeRawBufferPointer(start: value, count: strlen(value)))
    defer { bytes.wipe() }
    return try secret(bytes, variable, limit: limit)
  }

  private static func secret(
    _ bytes: [UInt8], _ source: String, limit: Int
  ) throws(CommandFailure) -> Secret {
    do throws(SecretTooLong) {
      return try Secret(copying: bytes.messageBytes, atMost: limit)
    } catch {
      throw CommandFailure(
        .usage, "\(source): the secret has \(error.byteCount) bytes: expected at most \(limit)")
    }
  }
}
