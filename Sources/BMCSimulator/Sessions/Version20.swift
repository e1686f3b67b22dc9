internal import IPMI

/// The state of a session of IPMI 2.0, from Open Session to its end.
struct Version20: Sendable {
  /// What the console proposed; the same once more is answered the same.
  let request: OpenSessionRequest
  /// The algorithms.
  let suite: CipherSuite
  /// What RAKP message 1 set going; nil before it.
  var login: Login?
  /// What protects the session's packets; nil until RAKP message 3 has proved the console.
  var security: SessionSecurity?
  /// Which packets of the console are new.
  var inbound = SequenceWindow(.rmcpPlus, after: 0)
  /// The number of the next packet to the console.
  var outbound: UInt32 = 1
  /// RAKP message 4, for a console that did not get it; its tag is that of the message it answers.
  var fourth: RAKPMessage4?

  /// A login between RAKP messages 1 and 3.
  struct Login: Sendable {
    /// What the console sent.
    var first: RAKPMessage1
    /// What was answered, for a console that did not get it.
    var second: [UInt8]
    /// The codes and keys.
    var exchange: RAKPExchange
    /// The user's number.
    var user: UInt8
    /// What the session may do at most.
    var limit: PrivilegeLevel
  }
}
