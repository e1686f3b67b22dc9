import IPMI
import MonotonicTime
import OpenSSL
import Testing

@testable import Machines

/// A session and a paper controller with a network between them, in virtual time.
struct SessionTalk {
  /// What happens to a datagram on its way: each copy arrives after its delay.
  typealias Path = (_ index: Int, _ datagram: [UInt8]) -> [(Duration, [UInt8])]

  var session: BMCSession
  var controller: PaperController
  /// What the network does with the `index`th datagram to the controller.
  var toController: Path = { _, datagram in [(.zero, datagram)] }
  /// What the network does with the `index`th datagram to the console.
  var toConsole: Path = { _, datagram in [(.zero, datagram)] }

  private(set) var now = Instant.origin
  private(set) var answers: [UInt64: BMCAnswer] = [:]
  private(set) var failures: [UInt64: BMCFailure] = [:]
  private(set) var facts: [SessionFacts] = []
  private(set) var payloads: [[UInt8]] = []
  /// What the console sent.
  private(set) var sent: [(at: Instant, bytes: [UInt8])] = []
  /// What the controller sent.
  private(set) var answered: [[UInt8]] = []
  private var way: [(at: Instant, isToController: Bool, bytes: [UInt8])] = []

  init(
    _ options: SessionOptions = SessionOptions(), user: String = "admin",
    password: String = "secret", key: String? = nil, seed: UInt8 = 1,
    controller: PaperController? = nil
  ) throws {
    self.controller = try controller ?? PaperController()
    let cryptography = try OpenSSLCryptography()
    let credentials = BMCCredentials(
      userName: try #require(UserName(user)), password: try Secret(password, atMost: 20),
      key: try key.map { try Secret($0, atMost: 20) })
    let bytes = [UInt8](repeating: seed, count: 32)
    session = BMCSession(
      credentials: credentials, options: options,
      random: SessionRandom(key: Secret(copying: bytes.messageBytes), cryptography: cryptography),
      cryptography: cryptography)
  }

  static let status = BMCCall(GetChassisStatus())

  mutating func submit(_ call: BMCCall = status, as id: UInt64 = 1) {
    carryOut(session.submit(call, as: id, at: now))
  }

  mutating func close() {
    carryOut(session.close(at: now))
  }

  /// Hands the console a datagram that nobody sent it.
  mutating func inject(_ datagram: [UInt8]) {
    carryOut(session.receive(datagram.messageBytes, at: now))
  }

  mutating func perform(_ body: (inout BMCSession, Instant) -> [BMCSession.Action]) {
    carryOut(body(&session, now))
  }

  /// Lets time pass until nothing is on the way and no call waits, or `limit` is over.
  mutating func run(for limit: Duration = .seconds(60)) throws {
    let end = now + limit
    while true {
      let arrival = way.map(\.at).min() ?? .distantFuture
      let deadline = session.deadline ?? .distantFuture
      let next = max(now, min(arrival, deadline))
      guard next <= end, next < .distantFuture else { break }
      now = next
      if arrival <= deadline {
        let index = try #require(way.firstIndex { $0.at == arrival })
        let datagram = way.remove(at: index)
        try deliver(datagram.bytes, toController: datagram.isToController)
      } else {
        carryOut(session.fire(at: now))
      }
    }
    if limit < .seconds(60) { now = end }
  }

  private mutating func deliver(_ bytes: [UInt8], toController: Bool) throws {
    guard toController else { return carryOut(session.receive(bytes.messageBytes, at: now)) }
    for answer in try controller.receive(bytes) {
      answered.append(answer)
      for (delay, copy) in toConsole(answered.count - 1, answer) {
        way.append((now + delay, false, copy))
      }
    }
  }

  private mutating func carryOut(_ actions: [BMCSession.Action]) {
    for action in actions {
      switch action {
      case .send(let datagram):
        sent.append((now, datagram))
        for (delay, copy) in toController(sent.count - 1, datagram) {
          way.append((now + delay, true, copy))
        }
      case .established(let facts): self.facts.append(facts)
      case .answered(let id, let answer):
        #expect(answers[id] == nil && failures[id] == nil, "call \(id) ended twice")
        answers[id] = answer
      case .failed(let id, let failure):
        #expect(answers[id] == nil && failures[id] == nil, "call \(id) ended twice")
        failures[id] = failure
      case .received(_, let payload): payloads.append(payload)
      }
    }
  }
}

extension SessionTalk {
  /// When a session of 2.0 was asked for. Beside the second attempt the controller is asked which versions
  /// it speaks: that is none.
  var attempts: [Instant] {
    sent.filter { $0.bytes[4] == AuthenticationType.rmcpPlus.rawValue }.map(\.at)
  }
}
