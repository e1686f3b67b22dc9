import LinkLayer
import LinkLayerTesting
import Machines
import MonotonicTime

/// Exchanges of the tests: what a machine says to a scripted neighbour, recorded in virtual time.
enum Rehearsal {
  static let own = HardwareAddress(MACAddress(2, 0, 0, 0, 0, 1))
  static let other = HardwareAddress(MACAddress(2, 0, 0, 0, 0, 10))
  static let identity = LinkIdentity(hardwareAddress: own)
  static let address = IPv4Address(192, 0, 2, 10)
  static let neighbor = IPv4Address(192, 0, 2, 1)
  static let address6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x10)
  static let neighbor6 = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0x1)

  /// Runs `system` until nothing is due, or for a minute, and writes down all that passes; `answer` is what
  /// the neighbour says to a frame, 1 ms later.
  static func exchange(
    of system: some TestedSystem, opening: [[UInt8]] = [],
    answer: ([UInt8]) -> [UInt8]? = { _ in nil }
  ) -> RecordedExchange {
    var system = system
    var passed: [(at: Instant, bytes: [UInt8], isTested: Bool)] = []
    var waiting = opening.map { (due: Instant.origin + .milliseconds(5), bytes: $0) }
    var now = Instant.origin
    func say(_ frames: [[UInt8]]) {
      for frame in frames {
        passed.append((now, frame, true))
        if let reply = answer(frame) { waiting.append((now + .milliseconds(1), reply)) }
      }
    }
    say(system.start(at: now))
    while let next = [system.deadline, waiting.first?.due].compactMap({ $0 }).min(),
      next - .origin < .seconds(60), passed.count < 1000
    {
      now = max(now, next)
      if let first = waiting.first, first.due <= now {
        waiting.removeFirst()
        passed.append((now, first.bytes, false))
        say(system.receive(first.bytes, at: now))
      } else {
        say(system.fire(at: now))
      }
    }
    let beginning = passed.first?.at ?? .origin
    return RecordedExchange(
      frames: passed.enumerated().map { index, entry in
        RecordedExchange.Frame(
          number: index + 1, bytes: entry.bytes, time: entry.at - beginning,
          isTested: entry.isTested)
      })
  }

  /// The neighbour's answer to an ARP request or a Neighbor Solicitation for its address.
  static func owner(_ bytes: [UInt8]) -> [UInt8]? {
    guard let frame = try? LinkFrame(parsing: bytes.rawBytes, framing: .ethernet) else {
      return nil
    }
    switch frame.payload {
    case .arp(let packet)
    where packet.operation == .request && packet.targetProtocolAddress == neighbor:
      return reply(to: packet.senderProtocolAddress)
    case .ndp(let packet):
      guard case .neighborSolicitation(let question) = packet.message,
        question.targetAddress == neighbor6
      else { return nil }
      return advertisement(to: packet.source.isUnspecified ? .allNodes : packet.source)
    default: return nil
    }
  }

  static func reply(to address: IPv4Address) -> [UInt8] {
    bytes(
      .arp(
        ARPPacket(
          operation: .reply, senderHardwareAddress: other, senderProtocolAddress: neighbor,
          targetHardwareAddress: own, targetProtocolAddress: address)))
  }

  static func advertisement(to address: IPv6Address) -> [UInt8] {
    bytes(
      .ndp(
        NDPPacket(
          source: neighbor6, destination: address, hopLimit: 255,
          message: .neighborAdvertisement(
            NeighborAdvertisement(
              isRouter: false, isSolicited: !address.isMulticast, overrides: true,
              targetAddress: neighbor6, options: [.targetLinkLayerAddress(other)])))))
  }

  /// Another host's announcement of an address of ours.
  static func claim(of address: IPv4Address) -> [UInt8] {
    bytes(
      .arp(
        ARPPacket(
          operation: .request, senderHardwareAddress: other, senderProtocolAddress: address,
          targetHardwareAddress: HardwareAddress(.zero), targetProtocolAddress: address)),
      to: HardwareAddress(.broadcast))
  }

  private static func bytes(_ payload: LinkPayload, to destination: HardwareAddress = own)
    -> [UInt8]
  {
    LinkFrame(destination: destination, source: other, payload: payload)
      .bytes(framing: .ethernet, tag: nil, padding: .ethernetMinimum)
  }
}
