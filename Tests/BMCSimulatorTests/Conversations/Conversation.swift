import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import OpenSSL
import Sockets
import Support
import Testing

/// Our console and a simulated controller, with a network between them, in virtual time.
struct Conversation {
  /// What happens to a datagram on its way: each copy arrives after its delay.
  typealias Path = (_ datagram: [UInt8]) -> [(Duration, [UInt8])]

  var console: BMCSession
  var controller: SimulatedBMC
  /// A console on the serial line, over the same session.
  var line = SerialOverLANSession()
  var toController: Path = { [(.zero, $0)] }
  var toConsole: Path = { [(.zero, $0)] }

  private(set) var now = Instant.origin
  private(set) var answers: [UInt64: BMCAnswer] = [:]
  private(set) var failures: [UInt64: BMCFailure] = [:]
  private(set) var facts: [SessionFacts] = []
  /// What the machine's power did, in order.
  private(set) var powerChanges: [HostPower.Change] = []
  /// What the serial line printed.
  private(set) var printed: [UInt8] = []
  private(set) var lineOutcome: SerialOverLANSession.Outcome?
  private(set) var lineReports: [SerialOverLANSession.Report] = []
  /// How many datagrams either side has sent.
  private(set) var datagramCount = 0
  /// What the console sent.
  private(set) var sent: [[UInt8]] = []
  private var way: [(at: Instant, isToController: Bool, bytes: [UInt8])] = []
  private var lineCall: UInt64 = 1 << 32
  private let peer = Bench.peer()

  /// A console of these options in front of a controller of this configuration; its user is `admin`.
  init(
    _ options: SessionOptions = SessionOptions(), user: String = "admin",
    password: String = Bench.password, key: String? = nil, seed: UInt8 = 1,
    _ change: (inout BMCConfiguration) throws -> Void = { _ in }
  ) throws {
    let cryptography = try OpenSSLCryptography()
    let credentials = BMCCredentials(
      userName: try #require(UserName(user)), password: try Secret(password, atMost: 20),
      key: try key.map { try Secret($0, atMost: 20) })
    let bytes = [UInt8](repeating: seed, count: 32)
    console = BMCSession(
      credentials: credentials, options: options,
      random: SessionRandom(key: Secret(copying: bytes.messageBytes), cryptography: cryptography),
      cryptography: cryptography)
    var configuration = BMCConfiguration()
    configuration.users = try [
      Bench.account("admin", .administrator), Bench.account("user", .user),
    ]
    configuration.sensors = []
    try change(&configuration)
    controller = SimulatedBMC(
      configuration, identity: LANConfiguration.Identity(address: [192, 0, 2, 1]),
      seed: UInt64(seed), cryptography: cryptography)
  }

  // MARK: What is asked for

  mutating func submit(_ request: some IPMIRequest, as id: UInt64 = 1) {
    carryOut(console.submit(BMCCall(request), as: id, at: now))
  }

  /// Asks, and lets time pass until there is an answer.
  mutating func ask(_ request: some IPMIRequest, as id: UInt64 = 1) throws -> BMCAnswer {
    submit(request, as: id)
    run(until: { $0.answers[id] != nil || $0.failures[id] != nil })
    if let failure = failures[id] { throw failure }
    return try #require(answers[id])
  }

  mutating func cancel(_ id: UInt64) {
    carryOut(console.cancel(id, at: now))
  }

  mutating func close() {
    carryOut(console.close(at: now))
  }

  /// Has the serial line do something.
  mutating func onLine(
    _ body: (inout SerialOverLANSession, Instant) -> [SerialOverLANSession.Action]
  ) {
    line.sessionID = facts.last?.sessionID
    carryOut(body(&line, now))
  }

  // MARK: Time

  /// Lets time pass until `isDone`, or nothing can happen any more, or `limit` is over.
  mutating func run(
    for limit: Duration = .seconds(600), until isDone: (Conversation) -> Bool = { _ in false }
  ) {
    let end = now + limit
    while !isDone(self) {
      let arrival = way.map(\.at).min() ?? .distantFuture
      let deadlines = [console.deadline, controller.deadline, line.deadline]
      let deadline = deadlines.compactMap(\.self).min() ?? .distantFuture
      let next = max(now, min(arrival, deadline))
      guard next <= end, next < .distantFuture else { break }
      now = next
      if arrival <= deadline {
        deliver(at: arrival)
      } else {
        fire()
      }
    }
  }

  private mutating func fire() {
    func isDue(_ deadline: Instant?) -> Bool { deadline.map { $0 <= now } ?? false }
    if isDue(controller.deadline) { carryOut(controller.fire(at: now)) }
    if isDue(console.deadline) { carryOut(console.fire(at: now)) }
    if isDue(line.deadline) { carryOut(line.fire(at: now)) }
  }

  private mutating func deliver(at arrival: Instant) {
    guard let index = way.firstIndex(where: { $0.at == arrival }) else { return }
    let datagram = way.remove(at: index)
    let bytes = datagram.bytes.messageBytes
    if datagram.isToController {
      let actions = controller.receive(bytes, from: peer, at: now)
      carryOut(actions)
    } else {
      let actions = console.receive(bytes, at: now)
      carryOut(actions)
    }
  }

  // MARK: Actions

  private mutating func carryOut(_ actions: [SimulatedBMC.Action]) {
    for action in actions {
      switch action {
      case .send(let bytes, _, let delay):
        datagramCount += 1
        for (more, copy) in toConsole(bytes) { way.append((now + delay + more, false, copy)) }
      case .report(.power(let change)): powerChanges.append(change)
      case .report, .serialOutput: break
      }
    }
  }

  private mutating func carryOut(_ actions: [BMCSession.Action]) {
    for action in actions {
      switch action {
      case .send(let bytes):
        datagramCount += 1
        sent.append(bytes)
        for (delay, copy) in toController(bytes) { way.append((now + delay, true, copy)) }
      case .established(let facts):
        self.facts.append(facts)
        if self.facts.count > 1 { onLine { $0.sessionRenewed(at: $1) } }
      case .answered(let id, let answer): finish(id, .success(answer))
      case .failed(let id, let failure): finish(id, .failure(failure))
      case .received(let type, let payload):
        if type == .serialOverLAN { onLine { $0.receive(payload, at: $1) } }
      }
    }
  }

  private mutating func finish(_ id: UInt64, _ result: Result<BMCAnswer, BMCFailure>) {
    guard id < 1 << 32 else { return onLine { $0.answered(result, at: $1) } }
    #expect(answers[id] == nil && failures[id] == nil, "call \(id) ended twice")
    switch result {
    case .success(let answer): answers[id] = answer
    case .failure(let failure): failures[id] = failure
    }
  }

  private mutating func carryOut(_ actions: [SerialOverLANSession.Action]) {
    for action in actions {
      switch action {
      case .call(let call):
        lineCall += 1
        carryOut(console.submit(call, as: lineCall, at: now))
      case .send(let payload): carryOut(console.send(payload, as: .serialOverLAN, at: now))
      case .output(let characters): printed += characters
      case .report(let report): lineReports.append(report)
      case .finish(let outcome): lineOutcome = outcome
      }
    }
  }
}

/// A way to have a session, for tests of all of them.
enum Opening: String, CaseIterable, CustomTestStringConvertible {
  case suite17, suite3, suite8, suite12, md5, md2

  var testDescription: String { rawValue }

  var options: SessionOptions {
    var options = SessionOptions()
    if let suite {
      options.version = .version20
      options.suites = [suite]
    } else {
      options.version = .version15
      options.authenticationTypes = [self == .md5 ? .md5 : .md2]
    }
    return options
  }

  var suite: CipherSuite? {
    switch self {
    case .suite17: .suite17
    case .suite3: .suite3
    case .suite8: CipherSuite(id: 8)
    case .suite12: CipherSuite(id: 12)
    case .md5, .md2: nil
    }
  }
}
