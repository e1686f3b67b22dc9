import IPMI
import MonotonicTime
import Support
import Testing

@testable import Machines

/// A way to open a session, whose every answer somebody tampers with.
enum Opening: String, CaseIterable, CustomTestStringConvertible {
  case suite17, suite3, suite11, md5, md2

  var testDescription: String { rawValue }

  var options: SessionOptions {
    var options = SessionOptions()
    options.version = version15 == nil ? .version20 : .version15
    options.authenticationTypes = version15.map { [$0] } ?? []
    options.suites = suite.map { [$0] } ?? []
    options.deadline = .seconds(60)
    return options
  }

  var suite: CipherSuite? {
    switch self {
    case .suite17: .suite17
    case .suite3: .suite3
    case .suite11: CipherSuite(id: 11)
    case .md5, .md2: nil
    }
  }

  private var version15: AuthenticationType? {
    switch self {
    case .md5: .md5
    case .md2: .md2
    default: nil
    }
  }

  func talk(password: String = "secret", seed: UInt8 = 1) throws -> SessionTalk {
    var controller = try PaperController()
    controller.suites = suite.map { [$0] } ?? []
    controller.types = version15.map { [$0] } ?? []
    return try SessionTalk(options, password: password, seed: seed, controller: controller)
  }
}

@Suite struct `A hostile network` {
  private let on = BMCAnswer(.completed, [1, 0, 0])

  /// Which of the controller's answers is tampered with.
  private static let steps = 0..<4

  @Test(arguments: Opening.allCases, steps)
  func `a forged copy before the true answer changes nothing`(
    _ opening: Opening, _ step: Int
  ) throws {
    var bit = 0
    while true {
      var talk = try opening.talk()
      var count = 0
      let position = bit
      talk.toConsole = { index, datagram in
        count = index == step ? datagram.count * 8 : count
        guard index == step, position < datagram.count * 8 else { return [(.zero, datagram)] }
        var forged = datagram
        forged[position / 8] ^= 1 << UInt8(position % 8)
        return [(.zero, forged), (.milliseconds(1), datagram)]
      }
      talk.submit()
      try talk.run()
      #expect(talk.answers[1] == on, "bit \(bit): \(String(describing: talk.failures[1]))")
      #expect(talk.controller.done == ["status"], "bit \(bit)")
      // An odd stride meets every bit position without taking all of them.
      bit += 5
      if bit >= count { break }
    }
    #expect(bit > 8)
  }

  @Test(arguments: Opening.allCases, steps)
  func `an answer that is cut changes nothing`(_ opening: Opening, _ step: Int) throws {
    var length = 0
    var whole = 1
    while length < whole {
      var talk = try opening.talk()
      let (cut, wanted) = (length, step)
      var count = 0
      talk.toConsole = { index, datagram in
        guard index == wanted else { return [(.zero, datagram)] }
        count = datagram.count
        return [(.zero, Array(datagram.prefix(cut))), (.milliseconds(1), datagram)]
      }
      talk.submit()
      try talk.run()
      #expect(talk.answers[1] == on, "cut to \(length): \(String(describing: talk.failures[1]))")
      whole = count
      length += 1
    }
  }

  @Test(arguments: Opening.allCases)
  func `answers that come twice and thrice change nothing`(_ opening: Opening) throws {
    var talk = try opening.talk()
    talk.toConsole = { _, datagram in
      [(.zero, datagram), (.zero, datagram), (.milliseconds(400), datagram)]
    }
    talk.submit(as: 1)
    talk.submit(BMCCall(ChassisControl(.powerUp)), as: 2)
    talk.submit(as: 3)
    try talk.run()
    #expect(talk.answers.count == 3)
    #expect(talk.controller.done == ["status", "raise 3", "control 1", "status"])
  }

  @Test(arguments: Opening.allCases)
  func `the answers of another session change nothing`(_ opening: Opening) throws {
    var other = try opening.talk(seed: 2)
    other.submit()
    try other.run()
    var talk = try opening.talk()
    let foreign = other.answered
    talk.toConsole = { _, datagram in
      foreign.map { (.zero, $0) } + [(.milliseconds(1), datagram)]
    }
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.controller.sessionsOpened == 1)
  }

  @Test(arguments: Opening.allCases)
  func `its own earlier answers change nothing`(_ opening: Opening) throws {
    var talk = try opening.talk()
    var earlier: [[UInt8]] = []
    talk.toConsole = { _, datagram in
      defer { earlier.append(datagram) }
      return earlier.map { (.zero, $0) } + [(.milliseconds(1), datagram)]
    }
    talk.submit(as: 1)
    talk.submit(BMCCall(ChassisControl(.powerDown)), as: 2)
    try talk.run()
    #expect(talk.answers.count == 2)
    #expect(talk.controller.done == ["status", "raise 3", "control 0"])
    #expect(talk.controller.sessionsOpened == 1)
  }

  @Test(arguments: Opening.allCases)
  func `a controller that is slower than the console is waited for`(_ opening: Opening) throws {
    var talk = try opening.talk()
    talk.toConsole = { _, datagram in [(.milliseconds(450), datagram)] }
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
  }

  @Test(arguments: Opening.allCases, 1...12)
  func `loss, delay and repetition end in the right answer`(
    _ opening: Opening, _ seed: UInt64
  ) throws {
    var talk = try opening.talk()
    var random = SeededGenerator(seed: seed)
    func tamper(_ datagram: [UInt8]) -> [(Duration, [UInt8])] {
      let copies = [0, 1, 1, 1, 2].randomElement(using: &random) ?? 1
      return (0..<copies).map { _ in
        (.milliseconds(Int.random(in: 0...600, using: &random)), datagram)
      }
    }
    talk.toConsole = { _, datagram in tamper(datagram) }
    talk.toController = { _, datagram in tamper(datagram) }
    talk.submit(as: 1)
    talk.submit(as: 2)
    try talk.run(for: .seconds(300))
    for id: UInt64 in 1...2 {
      #expect(talk.answers[id] == on, "\(String(describing: talk.failures[id]))")
    }
  }

  @Test(arguments: (0...0x12).map { RMCPPlusStatus(rawValue: $0) }.dropFirst())
  func `refusals that nobody vouches for give way to the answer`(_ status: RMCPPlusStatus) throws {
    var controller = try PaperController()
    controller.suites = [.suite17, .suite3]
    var talk = try SessionTalk(controller: controller)
    talk.toConsole = { _, datagram in
      guard let refusal = refusal(like: datagram, status) else { return [(.zero, datagram)] }
      return [(.zero, refusal), (.milliseconds(1), datagram)]
    }
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on, "\(String(describing: talk.failures[1]))")
    #expect(talk.facts.first?.suite == .suite17)
  }

  /// A refusal in the place of a step's answer, as somebody sends it who reads along.
  private func refusal(like datagram: [UInt8], _ status: RMCPPlusStatus) -> [UInt8]? {
    let payload = Array(datagram.dropFirst(16))
    guard datagram.count > 24, datagram[4] == 6 else { return nil }
    let console = (0..<4).reduce(UInt32(0)) { $0 | UInt32(payload[4 + $1]) << (8 * UInt32($1)) }
    switch datagram[5] {
    case 0x11:
      return OpenSessionResponse(
        messageTag: payload[0], consoleSessionID: console, outcome: .refused(status)
      ).datagram
    case 0x13:
      return RAKPMessage2(
        messageTag: payload[0], consoleSessionID: console, outcome: .refused(status)
      ).datagram
    case 0x15:
      return RAKPMessage4(
        messageTag: payload[0], status: status, consoleSessionID: console,
        integrityCheckValue: .empty
      ).datagram
    default: return nil
    }
  }

  @Test(arguments: [Opening.suite17, .suite3, .suite11])
  func `an unprotected answer in a protected session is none`(_ opening: Opening) throws {
    var talk = try opening.talk()
    talk.submit(as: 1)
    try talk.run()
    let console = talk.controller.console
    talk.toConsole = { index, datagram in
      var copies: [(Duration, [UInt8])] = []
      for number in 0..<64 as Range<UInt8> {
        let lie = IPMIMessage(
          networkFunction: NetworkFunction.chassis.response, sequenceNumber: number, command: 1,
          data: [0, 0, 0, 0])
        copies.append(
          (
            .zero,
            RMCPPlusPacket.unprotected(
              .ipmi, sessionID: console, sequenceNumber: UInt32(number), payload: lie.bytes)
          ))
      }
      return copies + [(.milliseconds(1), datagram)]
    }
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2] == on)
  }

  @Test func `a packet without its code in a session of IPMI 1.5 is none`() throws {
    var talk = try Opening.md5.talk()
    talk.submit(as: 1)
    try talk.run()
    let session = try #require(talk.facts.first?.sessionID)
    talk.toConsole = { _, datagram in
      let lies = (0..<64 as Range<UInt8>).map { number in
        let lie = IPMIMessage(
          networkFunction: NetworkFunction.chassis.response, sequenceNumber: number, command: 1,
          data: [0, 0, 0, 0])
        return SessionPacket(sequenceNumber: 3, sessionID: session, message: lie.bytes).datagram
      }
      return lies.map { (.zero, $0) } + [(.milliseconds(1), datagram)]
    }
    talk.submit(as: 2)
    try talk.run()
    #expect(talk.answers[2] == on)
  }

  @Test func `the late answer to a call that was given up answers no other`() throws {
    var talk = try Opening.suite17.talk()
    talk.submit(as: 1)
    try talk.run()
    // The first answer is kept back until the second question is out.
    talk.toConsole = { index, datagram in
      [(index == 4 ? .milliseconds(200) : .milliseconds(300), datagram)]
    }
    talk.submit(BMCCall(networkFunction: .chassis, command: 0x7f, privilege: .user), as: 2)
    try talk.run(for: .milliseconds(10))
    talk.perform { $0.cancel(2, at: $1) }
    talk.submit(as: 3)
    try talk.run()
    #expect(talk.answers[3] == on)
    #expect(talk.answers[2] == nil)
  }

  @Test func `a message that wants an acknowledgement gets one`() throws {
    var talk = try Opening.suite17.talk()
    talk.toConsole = { index, datagram in
      var numbered = datagram
      if index == 1 { numbered[2] = 9 }
      return [(.zero, numbered)]
    }
    talk.submit()
    try talk.run()
    #expect(talk.answers[1] == on)
    #expect(talk.sent.contains { $0.bytes == [6, 0, 9, 0x87] })
  }

  @Test func `noise in every state ends nothing`() throws {
    var random = SeededGenerator(seed: 7)
    for opening in Opening.allCases {
      var talk = try opening.talk()
      var noise: [[UInt8]] = []
      for _ in 0..<200 {
        let count = Int.random(in: 0...80, using: &random)
        var bytes = (0..<count).map { _ in UInt8.random(in: 0 ... .max, using: &random) }
        for (index, byte) in ([6, 0, 0xff, 7] as [UInt8]).enumerated() where index < bytes.count {
          bytes[index] = byte
        }
        if bytes.count > 5 { bytes[4] = [0, 2, 6].randomElement(using: &random) ?? 6 }
        noise.append(bytes)
      }
      let all = noise
      talk.toConsole = { _, datagram in all.map { (.zero, $0) } + [(.milliseconds(1), datagram)] }
      talk.submit()
      try talk.run()
      #expect(talk.answers[1] == on)
    }
  }
}
