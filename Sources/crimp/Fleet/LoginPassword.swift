import IPMI
import Machines

/// The password of a login. None is tried without one by mistake: over many hosts each would count a failed
/// login, and some would lock the user out.
enum LoginPassword {
  /// What to do about it, for commands of ours.
  static let sources =
    "expected --ask-password, --password-file or CRIMP_PASSWORD, or one in the configuration "
    + "(an empty one too: 'password =' there)"

  /// `secret`, or the empty one where nothing is proved by it.
  ///
  /// - Parameters:
  ///   - secret: the password that was given or configured; nil when there was none.
  ///   - options: how sessions are opened with it.
  ///   - host: whose it is.
  static func required(
    _ secret: Secret?, for options: SessionOptions, of host: String, _ sources: String = sources
  ) throws(CommandFailure) -> Secret {
    if let secret { return secret }
    guard options.usesPassword else { return .empty }
    throw CommandFailure(.usage, "\(host): no password: \(sources)")
  }

  /// The first line of a file, which must not be empty: it mostly is by mistake.
  static func file(_ path: String, option: String) throws(CommandFailure) -> Secret {
    let secret = try SecretSource.file(path, option: option, limit: RAKPExchange.secretLimit)
    guard secret.byteCount > 0 else {
      throw CommandFailure(
        .usage, "\(option) \(path): its first line is empty: expected a password")
    }
    return secret
  }

  /// `CRIMP_PASSWORD`; nil when it is not set, or empty.
  static func environment() throws(CommandFailure) -> Secret? {
    let secret = try SecretSource.environment("CRIMP_PASSWORD", limit: RAKPExchange.secretLimit)
    return secret.flatMap { $0.byteCount > 0 ? $0 : nil }
  }
}
