import LinkLayer
import MonotonicTime

/// A subject on its way to the proof.
struct ConfirmationCase: Sendable {
  enum Standing: Hashable, Sendable { case unanswered, answered, confirmed, withdrawn }

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

  /// The address is not this host's any more: there is nothing left to prove, and nothing proven.
  mutating func withdraw() {
    standing = .withdrawn
    confirmation = nil
  }

  /// Another station claims the address: all is to be proven anew. Returns whether anything was.
  mutating func startOver(_ firstRetry: Duration) -> Bool {
    echoes.startOver()
    confirmation = nil
    guard standing == .answered || standing == .confirmed else { return false }
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
  /// The search for other owners that followed the last try that was answered.
  var search: OwnerSearch?
}

/// The owner questions of a try: the first has left with it, the others follow when the host has
/// answered. Apart from one another, so that no short disturbance takes them all.
struct OwnerSearch: Sendable {
  /// How many times a try that is answered asks for other owners.
  static let questions = 3

  /// The try that it belongs to.
  let lastTry: Instant
  /// How many questions are still to be put.
  private(set) var questionsLeft = OwnerSearch.questions - 1
  /// When the next one is due, while any is left.
  private(set) var nextQuestion: Instant
  /// When other owners have had their time; later, when a question left late.
  private(set) var end: Instant
  private let interval: Duration
  private let patience: Duration

  /// - Parameter wait: the time from the first question to the end: three tenths of it from one
  ///   question to the next, four tenths after the last.
  init(of lastTry: Instant, within wait: Duration, at now: Instant) {
    self.lastTry = lastTry
    interval = wait * 3 / 10
    patience = wait - interval * (OwnerSearch.questions - 1)
    nextQuestion = max(now, lastTry + interval)
    end = nextQuestion + interval * (OwnerSearch.questions - 2) + patience
  }

  /// Whether all questions were put and their time has passed.
  func isOver(at now: Instant) -> Bool { questionsLeft == 0 && end <= now }

  /// Counts a question that is put at `now`.
  mutating func ask(at now: Instant) {
    questionsLeft -= 1
    nextQuestion = now + interval
    end = now + interval * questionsLeft + patience
  }
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
