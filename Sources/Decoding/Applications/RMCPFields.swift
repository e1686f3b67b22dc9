import IPMI
import LinkLayer

/// The fields of RMCP and of what it carries.
extension FrameDecoder {
  mutating func collectRMCP(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, _ conversation: Conversation,
    into fields: inout FieldCollector
  ) {
    fields.begin("rmcp", "Remote Management Control Protocol", offset, end)
    guard fields.has(RMCPHeader.byteCount, at: offset, until: end) else { return }
    fields.hexadecimal("rmcp.version", bytes, offset, 1)
    fields.hexadecimal("rmcp.reserved", bytes, offset + 1, 1)
    fields.hexadecimal("rmcp.sequence", bytes, offset + 2, 1)
    fields.bits("rmcp.type", bytes, offset + 3, 1, mask: 0x80)
    let messageClass = fields.bits("rmcp.class", bytes, offset + 3, 1, mask: 0x1f)
    let body = offset + RMCPHeader.byteCount
    fields.end(at: body)
    guard bytes.u8(offset + 3) & 0x80 == 0, body < end else { return }
    switch RMCPMessageClass(rawValue: UInt8(truncatingIfNeeded: messageClass)) {
    case .asf: collectASF(bytes, body, end, into: &fields)
    case .ipmi: collectSession(bytes, body, end, conversation, into: &fields)
    default: collectData(bytes, body, end, into: &fields)
    }
  }

  private func collectASF(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("asf", "Alert Standard Forum", offset, end)
    guard fields.has(8, at: offset, until: end) else { return }
    fields.number("asf.iana", bytes, offset, 4)
    fields.hexadecimal("asf.type", bytes, offset + 4, 1)
    fields.hexadecimal("asf.tag", bytes, offset + 5, 1)
    fields.number("asf.len", bytes, offset + 7, 1)
  }

  private mutating func collectSession(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, _ conversation: Conversation,
    into fields: inout FieldCollector
  ) {
    fields.begin("ipmi_session", "IPMI session", offset, end)
    fields.hexadecimal("ipmi_session.authtype", bytes, offset, 1)
    if AuthenticationType(rawValue: bytes.u8(offset)) == .rmcpPlus {
      collectVersion20(bytes, offset, end, conversation, into: &fields)
    } else {
      collectVersion15(bytes, offset, end, into: &fields)
    }
  }

  private func collectVersion15(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    let isAuthenticated = AuthenticationType(rawValue: bytes.u8(offset)) != .none
    let lengthOffset = offset + (isAuthenticated ? 25 : 9)
    guard fields.has(lengthOffset + 1 - offset, at: offset, until: end) else { return }
    let sequence = UInt64(bytes.u32(offset + 1).byteSwapped)
    fields.add(
      "ipmi_session.sequence", .hexadecimal(sequence, digits: 8), offset + 1..<offset + 5)
    let session = UInt64(bytes.u32(offset + 5).byteSwapped)
    fields.add("ipmi_session.id", .hexadecimal(session, digits: 8), offset + 5..<offset + 9)
    if isAuthenticated { fields.bytes("ipmi_session.authcode", bytes, offset + 9, 16) }
    let count = Int(fields.number("ipmi_session.msg.len", bytes, lengthOffset, 1))
    let message = lengthOffset + 1
    guard fields.has(count, at: message, until: end) else { return }
    fields.end(at: message)
    collectMessage(bytes, message, message + count, into: &fields)
  }

  private mutating func collectVersion20(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, _ conversation: Conversation,
    into fields: inout FieldCollector
  ) {
    guard fields.has(12, at: offset, until: end) else { return }
    let type = PayloadType(rawValue: bytes.u8(offset + 1))
    let isEncrypted = fields.flag("ipmi_session.payloadtype.enc", bytes, offset + 1, 1, mask: 0x80)
    fields.flag("ipmi_session.payloadtype.auth", bytes, offset + 1, 1, mask: 0x40)
    fields.bits(
      "ipmi_session.payloadtype", bytes, offset + 1, 1, mask: 0x3f, meaning: type.name)
    var place = offset + 2
    if type == .oemExplicit {
      guard fields.has(18, at: offset, until: end) else { return }
      fields.bytes("ipmi_session.oem.iana", bytes, place, 4)
      fields.bytes("ipmi_session.oem.payloadid", bytes, place + 4, 2)
      place += 6
    }
    let session = UInt64(bytes.u32(place).byteSwapped)
    fields.add("ipmi_session.id", .hexadecimal(session, digits: 8), place..<place + 4)
    let sequence = UInt64(bytes.u32(place + 4).byteSwapped)
    fields.add("ipmi_session.sequence", .hexadecimal(sequence, digits: 8), place + 4..<place + 8)
    let count = Int(bytes.u16(place + 8).byteSwapped)
    fields.add("ipmi_session.msg.len", .number(UInt64(count)), place + 8..<place + 10)
    let payload = place + 10
    guard fields.has(count, at: payload, until: end) else { return }
    fields.end(at: payload)
    let body = bytes.slice(offset, end - offset)
    if collectOpened(body, payload..<payload + count, conversation, into: &fields) { return }
    guard type == .ipmi, !isEncrypted else {
      return collectData(bytes, payload, payload + count, into: &fields)
    }
    collectMessage(bytes, payload, payload + count, into: &fields)
  }

  /// Notes what was under the encryption, if the session's keys are known; its fields have the place of
  /// the payload. False when they are not.
  private mutating func collectOpened(
    _ body: RawSpan, _ place: Range<Int>, _ conversation: Conversation,
    into fields: inout FieldCollector
  ) -> Bool {
    guard ipmiSessions != nil, let packet = try? RMCPPlusPacket(body) else { return false }
    guard packet.isAuthenticated || packet.isEncrypted else {
      if ipmiSessions?.note(packet, conversation) == false {
        fields.problem("the key exchange code is not of this password")
      }
      return false
    }
    switch ipmiSessions?.open(packet, conversation) {
    case .payload(let payload):
      fields.beginDerived(from: place)
      if packet.payloadType == .ipmi {
        collectMessage(payload.messageBytes, 0, payload.count, into: &fields)
      } else {
        collectData(payload.messageBytes, 0, payload.count, into: &fields)
      }
      fields.endDerived()
      return true
    case .refused(let refusal):
      fields.problem("refused: \(refusal)")
      return false
    case .unknownSession, nil: return false
    }
  }

  /// The header of a message as Wireshark names it: `target` is whom it goes to, `source` whom it comes
  /// from, request or response.
  private func collectMessage(
    _ bytes: RawSpan, _ offset: Int, _ end: Int, into fields: inout FieldCollector
  ) {
    fields.begin("ipmi", "Intelligent Platform Management Interface", offset, end)
    guard fields.has(IPMIMessageView.minimumByteCount, at: offset, until: end) else { return }
    fields.hexadecimal("ipmi.header.target", bytes, offset, 1)
    fields.bits("ipmi.header.netfn", bytes, offset + 1, 1, mask: 0xfc)
    fields.bits("ipmi.header.trg_lun", bytes, offset + 1, 1, mask: 0x03)
    fields.hexadecimal("ipmi.header.crc", bytes, offset + 2, 1)
    fields.hexadecimal("ipmi.header.source", bytes, offset + 3, 1)
    fields.bits("ipmi.header.sequence", bytes, offset + 4, 1, mask: 0xfc)
    fields.bits("ipmi.header.src_lun", bytes, offset + 4, 1, mask: 0x03)
    fields.hexadecimal(
      "ipmi.header.command", bytes, offset + 5, 1,
      meaning: commandName(bytes.slice(offset, end - offset)))
    var data = offset + 6
    if bytes.u8(offset + 1) >> 2 & 1 == 1, end - offset > IPMIMessageView.minimumByteCount {
      fields.hexadecimal(
        "ipmi.header.completion", bytes, data, 1,
        meaning: CompletionCode(rawValue: bytes.u8(data)).description)
      data += 1
    }
    if data < end - 1 {
      let isSecret = SecretCommands.contains(bytes.u8(offset + 1) >> 2, bytes.u8(offset + 5))
      if isSecret {
        fields.add("crimp.ipmi.data", .words("hidden"), data..<end - 1)
      } else {
        fields.bytes("crimp.ipmi.data", bytes, data, end - 1 - data)
      }
    }
    fields.hexadecimal("ipmi.data.crc", bytes, end - 1, 1)
  }

  private func commandName(_ bytes: RawSpan) -> String? {
    guard let message = try? IPMIMessageView(bytes, verifyingChecksums: false) else { return nil }
    return IPMIMessageSummary(message).name
  }
}

/// The commands whose data is a password or a key: it is told to nobody, though it stands in the file.
private enum SecretCommands {
  static func contains(_ networkFunction: UInt8, _ command: UInt8) -> Bool {
    let requested = networkFunction & ~1
    return [SetUserPassword.identity, SetChannelSecurityKeys.identity].contains {
      $0.networkFunction.rawValue == requested && $0.command == command
    }
  }
}
