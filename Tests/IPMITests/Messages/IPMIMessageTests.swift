import IPMI
import Support
import Testing

@Suite("IPMI messages")
struct IPMIMessageTests {
  /// Set Session Privilege Level as ipmitool sends it: the message of `Fixtures/ipmi/suite-3.txt`.
  private let request: [UInt8] = [0x20, 0x18, 0xc8, 0x81, 0x04, 0x3b, 0x04, 0x3c]
  /// What a controller answers to it.
  private let response: [UInt8] = [0x81, 0x1c, 0x63, 0x20, 0x04, 0x3b, 0x00, 0x04, 0x9d]

  @Test func readsARequest() throws {
    let message = try parse(request) { try IPMIMessage(parsing: $0) }
    #expect(
      message
        == IPMIMessage(
          networkFunction: .application, sequenceNumber: 1, command: 0x3b, data: [0x04]))
    #expect(message.bytes == request)
    #expect(message.completionCode == nil)
    #expect(message.body == [0x04])
  }

  @Test func readsAResponse() throws {
    let asked = try parse(request) { try IPMIMessage(parsing: $0) }
    let message = try parse(response) { try IPMIMessage(parsing: $0) }
    #expect(message == IPMIMessage(answering: asked, .completed, body: [0x04]))
    #expect(message.bytes == response)
    #expect(message.completionCode == .completed)
    #expect(message.body == [0x04])
    #expect(message.responderAddress == 0x20 && message.requesterAddress == 0x81)
    #expect(message.answers(asked))
  }

  @Test func answersOneRequestOnly() throws {
    let asked = IPMIMessage(networkFunction: .chassis, sequenceNumber: 7, command: 1)
    let answer = IPMIMessage(answering: asked, .completed)
    #expect(answer.answers(asked))
    var other = asked
    other.sequenceNumber = 8
    #expect(!answer.answers(other))
    other = asked
    other.command = 2
    #expect(!answer.answers(other))
    other = asked
    other.networkFunction = .application
    #expect(!answer.answers(other))
    #expect(!asked.answers(asked))
    // Some controllers answer as if the console had the controller's address.
    other = answer
    other.requesterAddress = 0x20
    #expect(other.answers(asked))
  }

  @Test func refusesEveryTurnedBit() {
    for turned in oneBitTurned(in: request) + oneBitTurned(in: response) {
      #expect(throws: IPMIError.self) { try parse(turned) { _ = try IPMIMessage(parsing: $0) } }
    }
  }

  @Test func saysWhichChecksumIsWrong() {
    var bytes = request
    bytes[2] = 0xc9
    #expect(throws: IPMIError.malformed(layer: .message, value: 0xc9, offset: 2)) {
      try parse(bytes) { _ = try IPMIMessage(parsing: $0) }
    }
    bytes = request
    bytes[7] = 0x3d
    #expect(throws: IPMIError.malformed(layer: .message, value: 0x3d, offset: 7)) {
      try parse(bytes) { _ = try IPMIMessage(parsing: $0) }
    }
  }

  @Test func leavesChecksumsUncheckedWhenTold() throws {
    var bytes = response
    bytes[2] = 0
    bytes[8] = 0
    let message = try parse(bytes) { try IPMIMessage(parsing: $0, verifyingChecksums: false) }
    #expect(message.bytes == response)
  }

  @Test func refusesWhatIsCut() {
    for beginning in beginnings(of: response).filter({ $0.count < 8 }) {
      #expect(throws: IPMIError.self) {
        try parse(beginning) { _ = try IPMIMessage(parsing: $0, verifyingChecksums: false) }
      }
    }
  }

  @Test func readsWhatItWrites() throws {
    var generator = SeededGenerator(seed: 0x1b31)
    for _ in 0..<2000 {
      let function = NetworkFunction(rawValue: .random(in: 0...0x3f, using: &generator))
      let count = Int.random(in: (function.isResponse ? 1 : 0)...80, using: &generator)
      let message = IPMIMessage(
        responderAddress: .random(in: 0...0xff, using: &generator), networkFunction: function,
        responderLUN: .random(in: 0...0xff, using: &generator),
        requesterAddress: .random(in: 0...0xff, using: &generator),
        sequenceNumber: .random(in: 0...0xff, using: &generator),
        requesterLUN: .random(in: 0...0xff, using: &generator),
        command: .random(in: 0...0xff, using: &generator),
        data: .random(count: count, using: &generator))
      let bytes = message.bytes
      #expect(bytes.count == message.byteCount)
      #expect(try parse(bytes) { try IPMIMessage(parsing: $0) } == message)
    }
  }
}
