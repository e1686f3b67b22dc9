/// Why a packet is not one of the session's.
public enum PacketRefusal: Error, Hashable, Sendable {
  /// It is not authenticated, and the session agreed that all are.
  case unauthenticated
  /// It is not encrypted, and the session agreed that all are.
  case unencrypted
  /// It says that it is authenticated, and the session agreed on no algorithm.
  case unexpectedAuthentication
  /// It says that it is encrypted, and the session agreed on no algorithm.
  case unexpectedEncryption
  /// Its authentication code is wrong: it was forged or damaged, or the keys differ.
  case wrongCode
  /// Its trailer, or what was under the encryption, is not the format's.
  case malformed(IPMIError)
}
