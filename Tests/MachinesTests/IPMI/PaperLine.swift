import IPMI
import MonotonicTime

@testable import Machines

/// The controller's end of a serial line on paper: what was typed into the line, and what it says.
struct PaperLine {
  private(set) var typed: [UInt8] = []
  /// How many characters of a packet are accepted.
  var acceptance = 255
  private var lastNumber: UInt8 = 0
  private var lastAccepted: UInt8 = 0
  private var number: UInt8 = 0
  private(set) var outstanding: SerialOverLANPacket?

  /// The acknowledgement of a packet; a repeated one is acknowledged and not typed again.
  mutating func receive(_ payload: [UInt8]) throws -> [[UInt8]] {
    let packet = try SerialOverLANPacket(parsing: payload.messageBytes)
    if packet.acknowledgedNumber != 0, packet.acknowledgedNumber == outstanding?.sequenceNumber {
      outstanding = nil
    }
    guard packet.sequenceNumber != 0 else { return [] }
    if packet.sequenceNumber != lastNumber {
      let accepted = packet.characters.prefix(acceptance)
      typed += accepted
      lastNumber = packet.sequenceNumber
      lastAccepted = UInt8(accepted.count)
    }
    return [
      SerialOverLANPacket(
        sequenceNumber: 0, acknowledgedNumber: lastNumber, acceptedCount: lastAccepted, status: []
      ).bytes
    ]
  }

  /// A packet with characters of the machine's.
  mutating func say(_ characters: [UInt8]) -> [UInt8] {
    number = number % 15 + 1
    let packet = SerialOverLANPacket(
      sequenceNumber: number, status: [], characters: characters)
    outstanding = packet
    return packet.bytes
  }
}

/// The answer that gives the line.
let activated = BMCAnswer(
  .completed,
  ActivatePayload.Response(inboundByteCount: 24, outboundByteCount: 200).data)

/// Somebody has the line.
let taken = BMCAnswer(CompletionCode(rawValue: 0x80))

/// The session of this number has the line.
func owner(_ number: UInt32) -> BMCAnswer {
  BMCAnswer(.completed, GetPayloadInstanceInfo.Response(sessionID: number).data)
}

/// A console that has the line.
func attached(
  _ change: (inout SerialOverLANOptions) -> Void = { _ in }
) -> SerialOverLANSession {
  var options = SerialOverLANOptions()
  change(&options)
  var console = SerialOverLANSession(options: options)
  _ = console.start(at: .origin)
  _ = console.answered(.success(activated), at: .origin)
  return console
}

extension [SerialOverLANSession.Action] {
  var payloads: [[UInt8]] {
    compactMap { if case .send(let bytes) = $0 { bytes } else { nil } }
  }

  var output: [UInt8] {
    flatMap { action -> [UInt8] in if case .output(let bytes) = action { bytes } else { [] } }
  }

  var calls: [UInt8] {
    compactMap { if case .call(let call) = $0 { call.command } else { nil } }
  }
}
