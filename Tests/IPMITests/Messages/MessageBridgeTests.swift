import IPMI
import Testing

@Suite("Bridged messages")
struct MessageBridgeTests {
  private let request = IPMIMessage(
    networkFunction: .application, sequenceNumber: 5, command: 0x01)

  @Test func wrapsOnce() throws {
    let bridge = MessageBridge(to: .init(channel: .primaryIPMB, address: 0x72))
    let sent = bridge.wrap(request)
    // What ipmitool 1.8.19 sends for `-b 0 -t 0x72 mc info`: Send Message to the controller, and in
    // it the request from the controller's own address.
    #expect(
      sent.bytes == [
        0x20, 0x18, 0xc8, 0x81, 0x14, 0x34, 0x40,
        0x72, 0x18, 0x76, 0x20, 0x14, 0x01, 0xcb, 0xf7,
      ])
  }

  @Test func wrapsTwice() throws {
    let bridge = MessageBridge(
      to: .init(channel: .init(rawValue: 7), address: 0x82),
      via: .init(channel: .primaryIPMB, address: 0x72))
    let outer = bridge.wrap(request)
    #expect(outer.command == 0x34 && outer.data[0] == 0x40 && outer.requesterAddress == 0x81)
    let middle = try parse(Array(outer.data.dropFirst())) { try IPMIMessage(parsing: $0) }
    #expect(middle.command == 0x34 && middle.data[0] == 0x47)
    #expect(middle.responderAddress == 0x72 && middle.requesterAddress == 0x20)
    let inner = try parse(Array(middle.data.dropFirst())) { try IPMIMessage(parsing: $0) }
    #expect(inner.command == 0x01 && inner.responderAddress == 0x82)
    #expect([outer, middle, inner].allSatisfy { $0.sequenceNumber == 5 })
  }

  @Test func unwrapsAnAnswerInTheResponse() throws {
    let bridge = MessageBridge(
      to: .init(channel: .init(rawValue: 7), address: 0x82),
      via: .init(channel: .primaryIPMB, address: 0x72))
    let outer = bridge.wrap(request)
    let middle = try parse(Array(outer.data.dropFirst())) { try IPMIMessage(parsing: $0) }
    let inner = try parse(Array(middle.data.dropFirst())) { try IPMIMessage(parsing: $0) }
    let answer = IPMIMessage(answering: inner, .completed, body: [1, 2, 3])
    let passedOn = IPMIMessage(answering: middle, .completed, body: answer.bytes)
    let response = IPMIMessage(answering: outer, .completed, body: passedOn.bytes)
    #expect(try MessageBridge.unwrap(response) == .answered(answer))
    #expect(answer.answers(request))
  }

  @Test func knowsWhatIsNoAnswerYet() throws {
    let outer = MessageBridge(to: .init(channel: .primaryIPMB, address: 0x72)).wrap(request)
    #expect(try MessageBridge.unwrap(IPMIMessage(answering: outer, .completed)) == .awaited)
    let refusal = IPMIMessage(answering: outer, CompletionCode(rawValue: 0x83))
    #expect(
      try MessageBridge.unwrap(refusal) == .refused(CompletionCode(rawValue: 0x83)))
    let later = IPMIMessage(answering: request, .completed, body: [9])
    #expect(try MessageBridge.unwrap(later) == .answered(later))
  }

  @Test func refusesAnAnswerThatIsNoMessage() {
    let outer = MessageBridge(to: .init(channel: .primaryIPMB, address: 0x72)).wrap(request)
    let response = IPMIMessage(answering: outer, .completed, body: [1, 2, 3])
    #expect(throws: IPMIError.self) { _ = try MessageBridge.unwrap(response) }
  }
}
