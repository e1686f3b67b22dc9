internal import IPMI
internal import MonotonicTime

/// What came of an event in a handshake.
enum HandshakeEvent: Sendable {
  /// Send this datagram.
  case send([UInt8])
  /// Nobody vouches for this refusal: it is believed when nothing better comes.
  case suspect(BMCFailure)
  /// The handshake cannot go on.
  case fail(BMCFailure)
  /// The session stands.
  case establish(SessionPackets, SessionFacts)
}
