internal import LinkLayer
internal import Links
internal import Machines
internal import MonotonicTime

/// The machines at work on a link, in the order in which they began: so a replay meets the same order.
///
/// Thousands may be at work, most of them about one address each. A frame is shown to those that it may
/// concern, found by the addresses that it is about, and those that end leave without a walk past all
/// the others.
struct Audience {
  private struct Seat {
    let number: Int
    let participant: any Participant
  }

  private var nextNumber = 0
  /// Those that any frame may concern.
  private var general: [Seat] = []
  /// How many of them have ended. They leave together.
  private var endedCount = 0
  private var subjects: [IPAddress: [Seat]] = [:]

  /// Everybody.
  var all: [any Participant] {
    (general + subjects.values.joined()).sorted { $0.number < $1.number }.map(\.participant)
      .filter { !$0.hasEnded }
  }

  /// Whom `frame` may concern.
  func listeners(for frame: LinkFrame) -> [any Participant] {
    guard !subjects.isEmpty else { return general.map(\.participant) }
    var addresses = frame.addressesInQuestion
    if addresses.count == 2, addresses[0] == addresses[1] { addresses.removeLast() }
    let seats = addresses.flatMap { subjects[$0] ?? [] }
    guard !seats.isEmpty else { return general.map(\.participant) }
    return (general + seats).sorted { $0.number < $1.number }.map(\.participant)
  }

  mutating func add(_ participant: any Participant) {
    let seat = Seat(number: nextNumber, participant: participant)
    nextNumber += 1
    guard let subject = participant.subject else { return general.append(seat) }
    subjects[subject, default: []].append(seat)
  }

  /// Lets one go that has ended.
  mutating func remove(_ participant: any Participant) {
    if let subject = participant.subject {
      subjects[subject]?.removeAll { $0.participant === participant }
      if subjects[subject]?.isEmpty == true { subjects[subject] = nil }
      return
    }
    endedCount += 1
    guard endedCount * 2 >= general.count else { return }
    general.removeAll { $0.participant.hasEnded }
    endedCount = 0
  }
}

/// What a conversation needs of a machine at work, whatever its protocol.
protocol Participant: AnyObject {
  /// The one address that it is about, if it is.
  var subject: IPAddress? { get }
  /// Whether it has its outcome, and is to be left alone.
  var hasEnded: Bool { get }
  func receive(_ frame: LinkFrame, at instant: Instant)
  func fail(_ error: LinkError)
}
