import LinkLayer
import MonotonicTime

/// What the pings have in common: when to ask, what is outstanding, when to stop. The machine around
/// it makes the frames and says which request an answer is for.
struct PingSchedule: Hashable, Sendable {
  enum State: Hashable, Sendable { case initial, pinging, finished }

  enum Step { case send(sequence: Int), timeout(sequence: Int), finish }

  struct Request: Hashable, Sendable {
    let sequence: Int
    let sentAt: Instant
    var isAnswered = false
  }

  /// How many requests are remembered. An answer to an older one is not known any more.
  static let memory = 4096

  private(set) var state = State.initial
  private(set) var statistics = PingStatistics()
  private let options: PingOptions
  private let interval: Duration
  /// The last requests, that of number `n` at `n % memory`.
  private var requests: [Request] = []
  private var nextSend: Instant?
  private var timeOver: Instant?
  private var lingerEnd: Instant?
  /// The oldest request whose time is not over.
  private var expiring = 0

  init(_ options: PingOptions) {
    self.options = options
    interval = max(options.interval, .microseconds(1))
  }

  mutating func start(at now: Instant) {
    guard state == .initial else { return }
    state = .pinging
    timeOver = options.timeLimit.map { now + $0 }
    nextSend = options.count.map { $0 > 0 } ?? true ? now : nil
    if nextSend == nil { lingerEnd = now }
  }

  var deadline: Instant? {
    guard state == .pinging else { return nil }
    return [nextSend, timeOver, lingerEnd, expiry].compactMap { $0 }.min()
  }

  /// The next thing that is due at `now`; nil when nothing is.
  mutating func step(at now: Instant) -> Step? {
    guard state == .pinging else { return nil }
    if let expiry, expiry <= now {
      let sequence = expiring
      passOver()
      return .timeout(sequence: sequence)
    }
    if isOver(at: now) {
      state = .finished
      return .finish
    }
    guard let due = nextSend, due <= now else { return nil }
    return .send(sequence: send(at: now))
  }

  mutating func stop() -> Bool {
    guard state != .finished else { return false }
    state = .finished
    return true
  }

  /// The request of this number, while it is remembered.
  func request(_ sequence: Int) -> Request? {
    guard sequence >= 0, sequence < statistics.sent,
      sequence >= statistics.sent - PingSchedule.memory
    else { return nil }
    return requests[sequence % PingSchedule.memory]
  }

  /// Whether the time of the request of this number was over before its answer.
  func isExpired(_ sequence: Int) -> Bool { sequence < expiring }

  /// Counts an answer by `owner`. `request` must be remembered.
  mutating func answer(
    _ request: Request, by owner: HardwareAddress, isRequest: Bool, wasBroadcast: Bool,
    at now: Instant
  ) -> [PingReport] {
    let reply = PingReply(
      sequence: request.sequence, owner: owner, roundTrip: now - request.sentAt,
      isLate: isExpired(request.sequence) && !request.isAnswered, isRequest: isRequest,
      wasBroadcast: wasBroadcast)
    var reports: [PingReport] = []
    if request.isAnswered {
      statistics.countExtra()
      reports.append(.extraReply(reply))
    } else {
      requests[request.sequence % PingSchedule.memory].isAnswered = true
      statistics.countReply(after: reply.roundTrip)
      reports.append(.reply(reply))
    }
    if let first = statistics.note(owner) {
      reports.append(.duplicateOwner(owner, first: first))
    }
    skipAnswered()
    if !hasOutstanding { lingerEnd = max(lingerEnd ?? now, now + options.linger) }
    return reports
  }

  private mutating func send(at now: Instant) -> Int {
    let sequence = statistics.sent
    let request = Request(sequence: sequence, sentAt: now)
    if requests.count < PingSchedule.memory {
      requests.append(request)
    } else {
      requests[sequence % PingSchedule.memory] = request
      expiring = max(expiring, sequence + 1 - PingSchedule.memory)
    }
    statistics.countRequest()
    nextSend = options.count.map { statistics.sent < $0 } ?? true ? now + interval : nil
    return sequence
  }

  /// Whether a request may yet be sent or answered in time.
  private var hasOutstanding: Bool { nextSend != nil || expiring < statistics.sent }

  private var expiry: Instant? {
    guard expiring < statistics.sent else { return nil }
    return requests[expiring % PingSchedule.memory].sentAt + options.timeout
  }

  private mutating func passOver() {
    expiring += 1
    skipAnswered()
  }

  private mutating func skipAnswered() {
    while expiring < statistics.sent, requests[expiring % PingSchedule.memory].isAnswered {
      expiring += 1
    }
  }

  private func isOver(at now: Instant) -> Bool {
    if let timeOver, timeOver <= now { return true }
    if let limit = options.replyLimit, statistics.received >= limit { return true }
    guard !hasOutstanding else { return false }
    return lingerEnd.map { $0 <= now } ?? true
  }
}
