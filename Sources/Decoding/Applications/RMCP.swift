import IPMI
import LinkLayer

/// RMCP with what it carries: ASF's presence, sessions of IPMI 1.5 and 2.0. The formats of the target
/// `IPMI` have the diagrams.
extension FrameDecoder {
  mutating func writeRMCP(
    _ datagram: RawSpan, _ conversation: Conversation, into text: inout LineText
  ) {
    do throws(IPMIError) {
      let message = try RMCPMessage(datagram)
      switch message.kind {
      case .acknowledgement:
        text.append("RMCP acknowledgement of ")
        text.append(message.header.sequenceNumber)
      case .asf: writeASF(message.body, into: &text)
      case .session: try writeVersion15(message.body, into: &text)
      case .rmcpPlus: try writeVersion20(message.body, conversation, into: &text)
      case .other:
        text.append("RMCP class ")
        text.append(message.header.messageClass.rawValue)
      }
    } catch {
      text.append("RMCP, not readable: ")
      text.append("\(error)")
    }
  }

  private func writeASF(_ body: RawSpan, into text: inout LineText) {
    text.append("ASF ")
    guard body.byteCount >= 8 else { return writeCut("asf", into: &text) }
    switch body.u8(4) {
    case 0x80: text.append("presence ping")
    case 0x40: text.append("presence pong")
    default:
      text.append("type 0x")
      text.append(hex: UInt64(body.u8(4)), width: 2)
    }
    text.append(", tag ")
    text.append(body.u8(5))
    if body.u8(4) == 0x40, body.byteCount >= 17, body.u8(16) & 0x80 != 0 {
      text.append(", speaks IPMI")
    }
  }

  private func writeVersion15(
    _ body: RawSpan, into text: inout LineText
  ) throws(IPMIError) {
    let packet = try SessionPacketView(body)
    text.append("IPMI 1.5 ")
    if packet.sessionID != 0 {
      writeSession(packet.sessionID, packet.sequenceNumber, into: &text)
      text.append(packet.authenticationType == .none ? "no authentication, " : "authenticated, ")
      if ipmiSessions?.verifies(packet) == false { text.append("code not of this password, ") }
    }
    writeMessage(packet.message, into: &text)
  }

  private mutating func writeVersion20(
    _ body: RawSpan, _ conversation: Conversation, into text: inout LineText
  ) throws(IPMIError) {
    let packet = try RMCPPlusPacket(body)
    text.append("RMCP+ ")
    if packet.sessionID != 0 {
      writeSession(packet.sessionID, packet.sequenceNumber, into: &text)
    }
    guard !packet.isEncrypted, !packet.isAuthenticated else {
      return writeProtected(packet, conversation, into: &text)
    }
    guard packet.payloadType != .ipmi else { return writeMessage(packet.payload, into: &text) }
    text.append(packet.payloadType.name ?? "payload \(packet.payloadType.rawValue)")
    writeStatus(packet, into: &text)
    if ipmiSessions?.note(packet, conversation) == false {
      text.append(", not of this password")
    }
  }

  /// A packet that is authenticated, encrypted or both.
  private func writeProtected(
    _ packet: RMCPPlusPacket, _ conversation: Conversation, into text: inout LineText
  ) {
    switch ipmiSessions?.open(packet, conversation) {
    case .payload(let payload):
      if packet.isEncrypted { text.append("decrypted, ") }
      guard packet.payloadType != .ipmi else {
        return writeMessage(payload.messageBytes, into: &text)
      }
    case .refused(let refusal):
      text.append("refused (")
      text.append("\(refusal)")
      text.append("), ")
    case .unknownSession, nil:
      guard packet.isEncrypted || packet.payloadType != .ipmi else {
        return writeMessage(packet.payload, into: &text)
      }
    }
    text.append(packet.payloadType.name ?? "payload \(packet.payloadType.rawValue)")
    text.append(packet.isEncrypted ? ", encrypted, length " : ", length ")
    text.append(packet.payload.byteCount)
  }

  /// Why a message of a handshake refuses, if it does.
  private func writeStatus(_ packet: RMCPPlusPacket, into text: inout LineText) {
    let hasStatus: [PayloadType] = [.openSessionResponse, .rakp2, .rakp3, .rakp4]
    guard hasStatus.contains(packet.payloadType), packet.payload.byteCount >= 2 else { return }
    let status = RMCPPlusStatus(rawValue: packet.payload.u8(1))
    guard status != .noErrors else { return }
    text.append(", refused: ")
    text.append(status.description)
  }

  private func writeSession(
    _ session: UInt32, _ sequenceNumber: UInt32, into text: inout LineText
  ) {
    text.append("session 0x")
    text.append(hex: UInt64(session), width: 8)
    text.append(" seq ")
    text.append(sequenceNumber)
    text.append(", ")
  }

  private func writeMessage(_ bytes: RawSpan, into text: inout LineText) {
    guard let message = try? IPMIMessageView(bytes, verifyingChecksums: false) else {
      text.append("message cut")
      return
    }
    let summary = IPMIMessageSummary(message)
    text.append(summary.name)
    text.append(message.isResponse ? " response" : " request")
    text.append(", rqseq ")
    text.append(message.sequenceNumber)
    guard let code = message.completionCode, code != .completed else { return }
    text.append(", ")
    text.append(summary.refusal ?? "\(code)")
  }
}

/// What a message of IPMI is, by the registry of commands.
struct IPMIMessageSummary {
  /// The command's name, or its numbers where it has none.
  var name: String
  /// What the completion code means for the command, when it was not done.
  var refusal: String?

  init(_ message: borrowing IPMIMessageView) {
    let function = message.networkFunction
    guard
      let described = IPMICommands.describe(
        networkFunction: function, command: message.command, data: message.data)
    else {
      name =
        "netfn 0x" + String(function.rawValue, radix: 16) + " cmd 0x"
        + String(message.command, radix: 16)
      return
    }
    name = described.identity.name
    guard case .refusal(let code, let meaning) = described.content else { return }
    refusal = meaning ?? code.description
  }
}

extension PayloadType {
  /// The payload's name in the specification, table 13-16.
  var name: String? {
    switch self {
    case .ipmi: "IPMI message"
    case .serialOverLAN: "serial over LAN"
    case .oemExplicit: "OEM payload"
    case .openSessionRequest: "Open Session Request"
    case .openSessionResponse: "Open Session Response"
    case .rakp1: "RAKP 1"
    case .rakp2: "RAKP 2"
    case .rakp3: "RAKP 3"
    case .rakp4: "RAKP 4"
    default: nil
    }
  }
}
