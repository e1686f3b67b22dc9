import Glibc
import IPMI
import Sockets

/// What `nc` asks for at the terminal.
enum NetcatSecrets {
  /// The key of `-S`.
  static func signature(_ messages: NetcatMessages) throws(Exit) -> SegmentSignature {
    let secret = try? SecretPrompt.ask("TCP MD5SIG password: ", for: "-S")
    guard let signature = secret.flatMap({ SegmentSignature(key: $0.bytes) }) else {
      throw messages.fail("Unable to read TCP MD5SIG password")
    }
    return signature
  }
}
