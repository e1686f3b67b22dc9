internal import IPMI

/// How a login ends: with a session, or with nothing that is left behind in the controller.
extension RMCPPlusHandshake {
  /// Gives up: the datagrams by which the controller lets all sessions go that were opened.
  mutating func abandon(_ random: inout SessionRandom) -> [[UInt8]] {
    defer { state = .finished }
    var datagrams = farewells(besides: nil)
    guard case .confirming(let opened, let exchange, let key, _) = state else { return datagrams }
    // Where it has believed our proof, and its word of that is under way or lost, the session stands.
    var packets = packets(opened, exchange.security(key, using: context.cryptography))
    let message = BMCCall(CloseSession(.sessionID(opened.controllerSessionID))).message(numbered: 0)
    datagrams.append(
      packets.seal(message.bytes, as: .ipmi, &random, using: context.cryptography))
    return datagrams
  }

  /// Tells the controller that sessions which were opened are not wanted: RAKP message 3 with a status
  /// that is an error. IPMI 2.0, section 13.22.
  func farewells(besides chosen: UInt32?) -> [[UInt8]] {
    proposals.unused(besides: chosen).map { identifier in
      RAKPMessage3(
        messageTag: tag, status: hasWrongProof ? .invalidIntegrityCheckValue : .inactiveSessionID,
        controllerSessionID: identifier, keyExchangeCode: .empty
      ).datagram
    }
  }

  func establish(
    _ opened: OpenSessionResponse.Opened, _ security: SessionSecurity, _ guid: Octets16
  ) -> HandshakeEvent {
    let facts = SessionFacts(
      suite: opened.suite, authenticationType: .rmcpPlus, sessionID: opened.controllerSessionID,
      controllerGUID: guid, refusedSuites: refusedSuites)
    return .establish(.version20(packets(opened, security)), facts)
  }

  private func packets(
    _ opened: OpenSessionResponse.Opened, _ security: SessionSecurity
  ) -> RMCPPlusPackets {
    RMCPPlusPackets(
      security: security, controllerSessionID: opened.controllerSessionID,
      consoleSessionID: consoleSessionID, window: context.options.sequenceWindow)
  }
}
