import LinkLayer
import MonotonicTime

/// A subject on its way to the proof.
struct ConfirmationCase: Sendable {
  enum Standing: Hashable, Sendable { case unanswered, answered, confirmed }

  let subject: AnnouncementConfirmation.Subject
  var standing = Standing.unanswered
  var tries = 0
  var firstTry = Instant.origin
  var lastTry = Instant.origin
  /// The time to the next try.
  var retry: Duration
  /// From where the host answered.
  var answerer = HardwareAddress()
  /// When it did.
  var answeredAt = Instant.origin
  /// When other owners have had their time.
  var settledAt = Instant.origin
  /// The echo requests from the address.
  var echoes = EchoSeries()
  var confirmation: AnnouncementConfirmation.Confirmation?
  /// Which entry of the queue is the valid one.
  var generation = 0

  init(_ subject: AnnouncementConfirmation.Subject, firstRetry: Duration) {
    self.subject = subject
    retry = firstRetry
  }

  /// What the answers make, on the ground of `proof`.
  mutating func confirm(by proof: AnnouncementConfirmation.Proof) {
    let complete = proof == .echo ? max(answeredAt, echoes.answeredAt ?? answeredAt) : answeredAt
    standing = .confirmed
    confirmation = AnnouncementConfirmation.Confirmation(
      address: subject.address, host: subject.host.address, hostHardwareAddress: answerer,
      proof: proof, elapsed: complete - firstTry, tries: tries)
  }

  /// Another station claims the address: all is to be proven anew. Returns whether anything was.
  mutating func startOver(_ firstRetry: Duration) -> Bool {
    echoes.startOver()
    confirmation = nil
    guard standing != .unanswered else { return false }
    standing = .unanswered
    retry = firstRetry
    return true
  }
}

/// An announced address, whichever hosts are asked about it.
struct AddressContest: Sendable {
  /// The cases that are about it.
  var cases: [Int] = []
  var lastTry: Instant?
  var lastClaim: Instant?
  /// The last station that claimed it.
  var claimant: HardwareAddress?
}

/// A host that is asked, whichever addresses it is asked about.
struct AskedHost: Sendable {
  /// Where it is: by its last answer, or as it was given. Echo requests go there.
  var station: HardwareAddress?
  /// Another address of this host, from which an echo shows whether the host answers any.
  var control: IPAddress?
  /// The echo requests from there.
  var controlEchoes = EchoSeries()
  /// Whether an echo was answered, to whichever address.
  var answersEcho = false
}
