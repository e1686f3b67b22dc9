import EventLoop
import LinkLayer
import Links
import Machines
import MonotonicTime

/// A cable in memory on a loop with virtual time: this host at the near end, others at the far one.
final class Cable {
  let loop: EventLoop
  let near: MemoryLink
  let far: Peer

  static let address = IPv4Address(192, 0, 2, 10)
  static let peerAddress = IPv4Address(192, 0, 2, 1)
  static let address6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x10)
  static let peerAddress6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1)

  init(
    _ left: LinkProperties = .rehearsal("left", 1),
    _ right: LinkProperties = .rehearsal("right", 2),
    latency: Duration = .microseconds(250)
  ) throws {
    loop = try EventLoop(clock: .virtual)
    let ends = MemoryLink.pair(left, right, latency: latency)
    near = ends.left
    far = try Peer(ends.right, on: loop)
  }

  /// This host.
  var identity: LinkIdentity { near.properties.identity }

  /// An ARP ping of the peer, and with `isIPv6` one by Neighbor Discovery.
  func ping(
    isIPv6: Bool = false, _ change: (inout PingOptions) -> Void = { _ in }
  ) -> NeighborPing {
    var options = PingOptions()
    options.count = 3
    change(&options)
    guard isIPv6 else {
      return NeighborPing(
        target: Self.peerAddress, source: Self.address, identity: identity, options: options)
    }
    return NeighborPing(
      target: Self.peerAddress6, source: Self.address6, identity: identity, options: options)
  }
}

/// What is at the far end: it hears frames, and answers as it is told to.
final class Peer {
  let link: MemoryLink
  let loop: EventLoop
  /// The tag under which it answers.
  var tag: VLANTag?
  /// What it says to a frame.
  var answer: (LinkFrame) -> [LinkFrame] = { _ in [] }
  /// What it heard, and when.
  private(set) var heard: [(frame: LinkFrame, at: Instant)] = []
  /// The same, as it came.
  private(set) var heardBytes: [[UInt8]] = []

  init(_ link: MemoryLink, on loop: EventLoop) throws {
    self.link = link
    self.loop = loop
    try link.start(on: loop) { [unowned self] in hear() }
  }

  /// Its address on the link.
  var station: HardwareAddress { link.properties.hardwareAddress }

  /// Lets it answer for the addresses that are the peer's.
  func answersAsOwner() {
    answer = { [unowned self] frame in [reply(to: frame)].compactMap { $0 } }
  }

  /// The answer of an owner to a request or a solicitation.
  func reply(to frame: LinkFrame) -> LinkFrame? {
    switch frame.payload {
    case .arp(let packet)
    where packet.operation == .request && packet.targetProtocolAddress == Cable.peerAddress:
      return arpReply(Cable.peerAddress, by: station, to: packet)
    case .ndp(let packet):
      guard case .neighborSolicitation(let solicitation) = packet.message,
        solicitation.targetAddress == Cable.peerAddress6
      else { return nil }
      return advertisement(to: packet, asker: frame.source)
    default:
      return nil
    }
  }

  /// The ARP reply by which `owner` claims `address`.
  func arpReply(
    _ address: IPv4Address, by owner: HardwareAddress, to request: ARPPacket
  ) -> LinkFrame {
    let packet = ARPPacket(
      hardwareType: link.properties.hardwareType, operation: .reply,
      senderHardwareAddress: owner, senderProtocolAddress: address,
      targetHardwareAddress: request.senderHardwareAddress,
      targetProtocolAddress: request.senderProtocolAddress)
    return LinkFrame(
      destination: request.senderHardwareAddress, source: owner, payload: .arp(packet))
  }

  /// The reply to an echo request, sent to `station`.
  func echoReply(to frame: LinkFrame, at station: HardwareAddress) -> LinkFrame? {
    guard case .icmp(let packet) = frame.payload,
      case .echoRequest(let identifier, let number, let payload) = packet.message
    else { return nil }
    let message = ICMPMessage.echoReply(
      identifier: identifier, sequenceNumber: number, payload: payload)
    let reply = ICMPPacket(
      source: packet.destination, destination: packet.source, message: message)
    return LinkFrame(destination: station, source: self.station, payload: .icmp(reply))
  }

  private func advertisement(to question: NDPPacket, asker: HardwareAddress) -> LinkFrame {
    let message = NeighborAdvertisement(
      isRouter: false, isSolicited: true, overrides: true, targetAddress: Cable.peerAddress6,
      options: [.targetLinkLayerAddress(station)])
    let packet = NDPPacket(
      source: Cable.peerAddress6, destination: question.source, hopLimit: 255,
      message: .neighborAdvertisement(message))
    return LinkFrame(destination: asker, source: station, payload: .ndp(packet))
  }

  func send(_ frame: LinkFrame) {
    send(frame.bytes(framing: link.properties.framing, tag: tag, padding: .ethernetMinimum))
  }

  func send(_ bytes: [UInt8]) {
    try? link.send(bytes)
  }

  private func hear() {
    var frames: [LinkFrame] = []
    _ = try? link.receive(limit: .max) { bytes, _ in
      guard let frame = try? LinkFrame(parsing: bytes, framing: link.properties.framing) else {
        return
      }
      frames.append(frame)
      heardBytes.append(bytes.withUnsafeBytes { Array($0) })
    }
    for frame in frames {
      heard.append((frame, loop.now))
      for answer in answer(frame) { send(answer) }
    }
  }
}

extension LinkProperties {
  /// The host that has this interface and no other.
  var identity: LinkIdentity {
    LinkIdentity(
      hardwareType: hardwareType, hardwareAddress: hardwareAddress,
      broadcastAddress: broadcastAddress)
  }
}
