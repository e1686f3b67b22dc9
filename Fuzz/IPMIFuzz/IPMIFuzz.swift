import IPMI
import OpenSSL

/// Reads the bytes as a datagram of port 623 and as every message that one can carry, and writes
/// again what was read.
///
/// Nothing may trap, what is written must read as the same value, and no session lets bytes through
/// that its keys did not make.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzIPMI(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  checkDatagram(bytes)
  checkMessage(bytes)
  checkSetup(bytes)
  checkRecords(bytes)
  if let records = try? CipherSuiteRecord.list(parsing: bytes.messageBytes) {
    precondition(written(records) { $0.append(to: &$1) } == bytes, "not the same records")
  }
  return 0
}

private let cryptography: OpenSSLCryptography = {
  guard let cryptography = try? OpenSSLCryptography() else { fatalError("libssl3 is missing") }
  return cryptography
}()

private let sessions: [SessionSecurity] = CipherSuite.supported.compactMap { suite in
  SessionSecurity(
    suite: suite, integrityKey: Secret(copying: [UInt8](1...20).messageBytes),
    cipherKey: Secret(copying: [UInt8](1...20).messageBytes))
}

private func written<Value>(
  _ values: [Value], _ append: (Value, inout [UInt8]) -> Void
) -> [UInt8] {
  var bytes: [UInt8] = []
  for value in values { append(value, &bytes) }
  return bytes
}

// MARK: - Datagrams

private func checkDatagram(_ bytes: [UInt8]) {
  guard let message = try? RMCPMessage(bytes.messageBytes) else { return }
  switch message.kind {
  case .asf: checkASF(message.body)
  case .session: checkSession(message.body)
  case .rmcpPlus: checkRMCPPlus(message.body)
  case .acknowledgement: precondition(message.header.acknowledgement == nil, "answers an answer")
  case .other: break
  }
}

private func checkASF(_ body: RawSpan) {
  guard let message = try? ASFMessage(parsing: body) else { return }
  let written = written([message]) { $0.append(to: &$1) }
  precondition((try? ASFMessage(parsing: written.messageBytes)) == message, "not the same message")
  if let pong = try? PresencePong(message) {
    precondition((try? PresencePong(pong.message)) == pong, "not the same pong")
  }
  if let ping = PresencePing(message) {
    precondition(PresencePing(ping.message) == ping, "not the same ping")
  }
}

private func checkSession(_ body: RawSpan) {
  guard let view = try? SessionPacketView(body) else { return }
  let packet = SessionPacket(view)
  let written = written([packet]) { $0.append(to: &$1) }
  precondition((try? SessionPacket(parsing: written.messageBytes)) == packet, "not the same packet")
  for type in UInt8(0)...15 {
    guard
      let authentication = try? SessionAuthentication(
        type: AuthenticationType(rawValue: type), password: .empty)
    else { fatalError("an empty password is not too long") }
    _ = authentication.verifies(view, using: cryptography)
  }
  checkMessage(packet.message)
}

private func checkRMCPPlus(_ body: RawSpan) {
  guard let packet = try? RMCPPlusPacket(body) else { return }
  checkSetup(packet.payload.copied)
  for session in sessions {
    do throws(PacketRefusal) {
      let payload = try session.open(packet, using: cryptography)
      checkMessage(payload)
    } catch .wrongCode {
      precondition(session.suite.integrity != .none, "there is no code to be wrong")
    } catch {}
  }
}

// MARK: - What they carry

private func checkMessage(_ bytes: [UInt8]) {
  guard let view = try? IPMIMessageView(bytes.messageBytes, verifyingChecksums: false) else {
    return
  }
  let message = IPMIMessage(view)
  let written = message.bytes
  precondition((try? IPMIMessage(parsing: written.messageBytes)) == message, "not the same message")
  if (try? IPMIMessageView(bytes.messageBytes)) != nil {
    precondition(written == bytes, "not the same bytes")
  }
  _ = try? MessageBridge.unwrap(message)
  checkCommand(view)
}

private func checkCommand(_ view: IPMIMessageView) {
  let description = IPMICommands.describe(
    networkFunction: view.networkFunction, command: view.command, data: view.data)
  switch description?.content {
  case .request(let request): checkAgain(request)
  case .response(let response): checkAgain(response)
  case .refusal, .unreadable, nil: break
  }
}

private func checkAgain<Request: IPMIRequest>(_ request: Request) {
  let data = request.data
  precondition((try? Request(parsing: data.messageBytes)) == request, "not the same request")
}

private func checkAgain<Response: IPMIResponse>(_ response: Response) {
  let data = response.data
  precondition((try? Response(parsing: data.messageBytes)) == response, "not the same response")
}

private func checkSetup(_ bytes: [UInt8]) {
  check(bytes, { try OpenSessionRequest(parsing: $0) }) { $0.append(to: &$1) }
  check(bytes, { try OpenSessionResponse(parsing: $0) }) { $0.append(to: &$1) }
  check(bytes, { try RAKPMessage1(parsing: $0) }) { $0.append(to: &$1) }
  check(bytes, { try RAKPMessage2(parsing: $0) }) { $0.append(to: &$1) }
  check(bytes, { try RAKPMessage3(parsing: $0) }) { $0.append(to: &$1) }
  check(bytes, { try RAKPMessage4(parsing: $0) }) { $0.append(to: &$1) }
}

private func check<Value: Equatable>(
  _ bytes: [UInt8], _ parse: (RawSpan) throws -> Value,
  _ append: (Value, inout [UInt8]) -> Void
) {
  guard let value = try? parse(bytes.messageBytes) else { return }
  let again = written([value], append)
  precondition((try? parse(again.messageBytes)) == value, "not the same message")
}
