import LinkLayer

/// What tells the echo requests of one run from all others: identifier and payload.
struct EchoMark: Hashable, Sendable {
  /// The identifier of every request.
  let identifier: UInt16
  /// The payload of every request: too long to be guessed by a host that did not hear it.
  private let token: [UInt8]

  init(random: MachineRandom) {
    var random = random
    identifier = UInt16(truncatingIfNeeded: random.next())
    token = random.bytes(16)
  }

  /// An echo request between addresses of one family; nil for others.
  func request(
    from source: IPAddress, at sender: HardwareAddress, to host: IPAddress,
    at station: HardwareAddress, number: UInt16
  ) -> LinkFrame? {
    let payload: LinkPayload
    switch (source, host) {
    case (.v4(let source), .v4(let host)):
      let message = ICMPMessage.echoRequest(
        identifier: identifier, sequenceNumber: number, payload: token)
      payload = .icmp(ICMPPacket(source: source, destination: host, message: message))
    case (.v6(let source), .v6(let host)):
      let message = ICMPv6Message.echoRequest(
        identifier: identifier, sequenceNumber: number, payload: token)
      payload = .icmpv6(ICMPv6Packet(source: source, destination: host, message: message))
    case (.v4, .v6), (.v6, .v4):
      return nil
    }
    return LinkFrame(destination: station, source: sender, payload: payload)
  }

  /// The reply in `frame` to a request with this mark.
  func reply(in frame: LinkFrame) -> EchoReply? {
    switch frame.payload {
    case .icmp(let packet):
      guard case .echoReply(identifier, let number, token) = packet.message else { return nil }
      return EchoReply(
        source: .v4(packet.source), destination: .v4(packet.destination),
        hopLimit: packet.timeToLive, number: number)
    case .icmpv6(let packet):
      guard case .echoReply(identifier, let number, token) = packet.message else { return nil }
      return EchoReply(
        source: .v6(packet.source), destination: .v6(packet.destination),
        hopLimit: packet.hopLimit, number: number)
    default:
      return nil
    }
  }
}

/// An echo that came back.
struct EchoReply: Hashable, Sendable {
  /// Who answers.
  let source: IPAddress
  /// Which address it was asked from.
  let destination: IPAddress
  /// How many routers might still have forwarded it.
  let hopLimit: UInt8
  /// The number of the request.
  let number: UInt16

  /// Whether no router has forwarded it, as far as its hop limit tells: systems begin with one of
  /// these.
  var isUnforwarded: Bool { [32, 64, 128, 255].contains(hopLimit) }
}
