import LinkLayer

/// A frame that one of the library's values wrote, for other programs to judge.
struct Sample: Sendable {
  var name: String
  var bytes: [UInt8]
  /// What tshark rightly remarks on in a frame that is as it is meant to be, and why that is right.
  var remark: (text: String, why: String)?

  init(_ name: String, _ bytes: [UInt8], remark: (text: String, why: String)? = nil) {
    self.name = name
    self.bytes = bytes
    self.remark = remark
  }
}

/// Every value of the library on the wire: each format, and in it each field that changes how the
/// rest is read.
enum EveryFormat {
  static let ethernet =
    arp + tags + ipv4 + icmp + udp + tcp + ipv6 + icmpv6 + ndp + mld + wakeOnLAN

  // MARK: Building

  static func frame(
    _ type: EtherType, _ payload: [UInt8], to destination: MACAddress = .bob
  ) -> [UInt8] {
    EthernetHeader(destination: destination, source: .alice, etherType: type).bytes + payload
  }

  static func packet(
    _ protocolNumber: IPProtocol, _ payload: [UInt8], options: [UInt8] = [],
    flags: IPv4Flags = .dontFragment, fragmentOffset: UInt16 = 0, typeOfService: UInt8 = 0
  ) -> [UInt8] {
    IPv4Header(
      typeOfService: typeOfService, payloadByteCount: payload.count, identification: 1,
      flags: flags, fragmentOffset: fragmentOffset, protocolNumber: protocolNumber, source: .alice,
      destination: .bob, options: options
    ).bytes + payload
  }

  static func packet6(
    _ next: IPProtocol, _ payload: [UInt8], hopLimit: UInt8 = 64, trafficClass: UInt8 = 0,
    flowLabel: UInt32 = 0
  ) -> [UInt8] {
    IPv6Header(
      trafficClass: trafficClass, flowLabel: flowLabel, payloadLength: UInt16(payload.count),
      nextHeader: next, hopLimit: hopLimit, source: .alice, destination: .bob
    ).bytes + payload
  }

  /// A datagram from a port that no program is known by.
  static func datagram(_ payload: [UInt8] = Array("crimp".utf8), isIPv6: Bool) -> [UInt8] {
    var header = UDPHeader(
      sourcePort: 50_000, destinationPort: 50_001, payloadByteCount: payload.count)
    header.checksum =
      isIPv6
      ? header.checksum(
        source: IPv6Address.alice, destination: IPv6Address.bob, payload: payload.rawBytes)
      : header.checksum(
        source: IPv4Address.alice, destination: IPv4Address.bob, payload: payload.rawBytes)
    return header.bytes + payload
  }
}

// MARK: ARP and tags

extension EveryFormat {
  private static func packet(
    _ operation: ARPOperation, _ sender: IPv4Address, tha: MACAddress, _ target: IPv4Address
  ) -> ARPPacket {
    ARPPacket(
      operation: operation, senderHardwareAddress: HardwareAddress(.alice),
      senderProtocolAddress: sender, targetHardwareAddress: HardwareAddress(tha),
      targetProtocolAddress: target)
  }

  private static let request = packet(.request, .alice, tha: .zero, .bob)

  static let arp: [Sample] =
    ([
      ("ARP request", request, .broadcast),
      ("ARP reply", packet(.reply, .alice, tha: .bob, .bob), .bob),
      ("ARP probe", packet(.request, .unspecified, tha: .zero, .alice), .broadcast),
      ("ARP announcement", packet(.request, .alice, tha: .zero, .alice), .broadcast),
      ("gratuitous request", packet(.request, .alice, tha: .broadcast, .alice), .broadcast),
      ("gratuitous reply", packet(.reply, .alice, tha: .alice, .alice), .broadcast),
      (
        "RARP request", packet(.reverseRequest, .unspecified, tha: .alice, .unspecified), .broadcast
      ),
      ("RARP reply", packet(.reverseReply, .alice, tha: .bob, .bob), .bob),
      ("InARP request", packet(.inverseRequest, .alice, tha: .bob, .unspecified), .bob),
      ("InARP reply", packet(.inverseReply, .alice, tha: .bob, .bob), .bob),
    ] as [(String, ARPPacket, MACAddress)]).map { name, packet, destination in
      Sample(
        name,
        LinkFrame(
          destination: HardwareAddress(destination), source: HardwareAddress(.alice),
          payload: .arp(packet)
        ).bytes(framing: .ethernet, padding: .ethernetMinimum))
    } + [Sample("ARP without padding", frame(.arp, request.bytes, to: .broadcast))]

  static let tags: [Sample] = [
    tagged("802.1Q", VLANTag(priority: 3, identifier: 5)),
    tagged("802.1Q, priority alone", VLANTag(priority: 7, identifier: 0)),
    tagged("802.1Q, drop eligible", VLANTag(dropEligible: true, identifier: 4094)),
    tagged(
      "802.1ad", VLANTag(tpid: .serviceVLAN, identifier: 100), VLANTag(priority: 7, identifier: 7)),
    tagged("802.1Q in 802.1Q", VLANTag(identifier: 100), VLANTag(identifier: 7)),
    snap("802.3 with SNAP", organization: 0),
    snap("802.3 with SNAP of bridges", organization: 0xf8),
    snap("802.3 with SNAP and a tag", organization: 0, tag: VLANTag(identifier: 5)),
  ]

  private static func tagged(_ name: String, _ outer: VLANTag, _ inner: VLANTag? = nil) -> Sample {
    let header = EthernetHeader(
      destination: .broadcast, source: .alice, outerTag: outer, innerTag: inner, etherType: .arp)
    return Sample(name, padded(header.bytes + request.bytes, to: 64))
  }

  private static func snap(_ name: String, organization: UInt32, tag: VLANTag? = nil) -> Sample {
    let header = EthernetHeader(
      destination: .broadcast, source: .alice, outerTag: tag, etherType: .arp,
      encapsulation: .snap(length: UInt16(8 + request.byteCount), organization: organization))
    return Sample(name, padded(header.bytes + request.bytes, to: tag == nil ? 60 : 64))
  }

  private static func padded(_ bytes: [UInt8], to count: Int) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: max(0, count - bytes.count))
  }
}

// MARK: Wake-on-LAN

extension EveryFormat {
  static let wakeOnLAN: [Sample] =
    ([
      ("plain", nil), ("SecureOn of 4 bytes", "192.168.1.1"),
      ("SecureOn of 6", "00:22:44:66:88:aa"),
    ]
    as [(String, String?)]).flatMap { name, password in
      let magic = MagicPacket(
        target: .bob, password: password.flatMap { SecureOnPassword(text: $0) })
      let alone = LinkFrame(
        destination: HardwareAddress(.broadcast), source: HardwareAddress(.alice),
        payload: .magicPacket(magic))
      let datagram = UDPPacket(
        hosts: .v4(source: .alice, destination: .broadcast), sourcePort: 50_004,
        destinationPort: MagicPacket.customaryPort, payload: magic.bytes)
      return [
        Sample("magic packet, \(name)", alone.bytes(framing: .ethernet)),
        Sample(
          "magic packet with a tag, \(name)",
          alone.bytes(framing: .ethernet, tag: VLANTag(priority: 3, identifier: 5))),
        Sample(
          "magic packet in UDP, \(name)", frame(.ipv4, datagram.bytes, to: .broadcast)),
      ]
    }
}
