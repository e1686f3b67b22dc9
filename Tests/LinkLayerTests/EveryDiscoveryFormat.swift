import LinkLayer
import Testing

// MARK: ICMPv6, Neighbor Discovery, MLD

extension EveryFormat {
  /// The start of a packet that came back.
  private static let original6 = packet6(.udp, datagram(isIPv6: true))

  static let icmpv6: [Sample] =
    ([
      (
        "echo request",
        .echoRequest(identifier: 7, sequenceNumber: 1, payload: Array("crimp".utf8))
      ),
      ("echo reply", .echoReply(identifier: 7, sequenceNumber: 1, payload: Array("crimp".utf8))),
      ("port unreachable", .unknown(type: 1, code: 4, body: [0, 0, 0, 0] + original6)),
      ("packet too big", .unknown(type: 2, code: 0, body: [0, 0, 0x05, 0] + original6)),
      ("time exceeded", .unknown(type: 3, code: 0, body: [0, 0, 0, 0] + original6)),
    ] as [(String, ICMPv6Message)]).map { name, message in
      let packet = ICMPv6Packet(source: .alice, destination: .bob, message: message)
      return Sample("ICMPv6 \(name)", frame(.ipv6, packet.bytes))
    }

  private static let source = NDPOption.sourceLinkLayerAddress(HardwareAddress(.alice))
  private static let target = NDPOption.targetLinkLayerAddress(HardwareAddress(.alice))
  private static let prefix = IPv6Address(high: 0x2001_0db8_0000_0000, low: 0)
  private static let router = IPv6Address(high: 0xfe80_0000_0000_0000, low: 1)

  static let ndp: [Sample] = [
    sample(
      "solicitation", to: IPv6Address.bob.solicitedNodeMulticast,
      .neighborSolicitation(NeighborSolicitation(targetAddress: .bob, options: [source]))),
    sample(
      "solicitation of one neighbour", to: .bob,
      .neighborSolicitation(NeighborSolicitation(targetAddress: .bob))),
    sample(
      "duplicate address detection", from: .unspecified,
      to: IPv6Address.alice.solicitedNodeMulticast,
      .neighborSolicitation(
        NeighborSolicitation(targetAddress: .alice, options: [.nonce([1, 2, 3, 4, 5, 6])]))),
    sample(
      "unsolicited advertisement", to: .allNodes,
      .neighborAdvertisement(
        NeighborAdvertisement(overrides: true, targetAddress: .alice, options: [target]))),
    sample(
      "advertisement of a router", to: .bob,
      .neighborAdvertisement(
        NeighborAdvertisement(
          isRouter: true, isSolicited: true, overrides: true, targetAddress: .alice,
          options: [target]))),
    sample(
      "advertisement without an option", to: .bob,
      .neighborAdvertisement(NeighborAdvertisement(isSolicited: true, targetAddress: .alice))),
    sample(
      "router solicitation", to: .allRouters,
      .routerSolicitation(RouterSolicitation(options: [source]))),
    sample(
      "router solicitation from nowhere", from: .unspecified, to: .allRouters,
      .routerSolicitation(RouterSolicitation())),
    sample(
      "router advertisement with every option", from: router, to: .allNodes,
      .routerAdvertisement(everyOption)),
    sample(
      "router advertisement that ends it all", from: router, to: .allNodes,
      .routerAdvertisement(RouterAdvertisement(routerLifetime: 0))),
  ]

  private static let everyOption = RouterAdvertisement(
    currentHopLimit: 64, flags: [.managedAddresses, .otherConfiguration, .homeAgent, .proxy],
    routerLifetime: 1800, reachableTime: 30_000, retransmissionTime: 1000,
    options: [
      source, .mtu(1500),
      .prefixInformation(
        PrefixInformation(
          prefixLength: 64, flags: [.onLink, .autonomous], validLifetime: 86_400,
          preferredLifetime: 14_400, prefix: prefix)),
      .prefixInformation(
        PrefixInformation(
          prefixLength: 64, flags: [.onLink, .routerAddress],
          validLifetime: PrefixInformation.infinity,
          preferredLifetime: PrefixInformation.infinity, prefix: .alice)),
      .routeInformation(RouteInformation(prefixLength: 0, lifetime: 1800, prefix: .unspecified)),
      .routeInformation(
        RouteInformation(prefixLength: 48, flags: 0x08, lifetime: 1800, prefix: prefix)),
      .routeInformation(
        RouteInformation(prefixLength: 128, flags: 0x18, lifetime: 1800, prefix: .bob)),
      .recursiveDNSServers(RecursiveDNSServers(lifetime: 3600, addresses: [.alice, .bob])),
      .nonce([1, 2, 3, 4, 5, 6]),
      // DNS Search List (RFC 8106): reserved, lifetime, "example.org" in labels, padding.
      .unknown(
        type: 31,
        body: [0, 0, 0, 0, 0x0e, 0x10, 7] + Array("example".utf8) + [3] + Array("org".utf8)
          + [0, 0, 0, 0]),
      // An experimental option (RFC 4727).
      .unknown(type: 253, body: [1, 2, 3, 4, 5, 6]),
    ])

  private static func sample(
    _ name: String, from source: IPv6Address = .alice, to destination: IPv6Address,
    _ message: NDPMessage
  ) -> Sample {
    let packet = NDPPacket(source: source, destination: destination, message: message)
    let station = destination.isMulticast ? MACAddress.multicast(for: destination) : .bob
    let frame = LinkFrame(
      destination: HardwareAddress(station), source: HardwareAddress(.alice), payload: .ndp(packet))
    return Sample("NDP \(name)", frame.bytes(framing: .ethernet, padding: .ethernetMinimum))
  }

  private static let group = IPv6Address.alice.solicitedNodeMulticast

  static let mld: [Sample] =
    ([
      ("join", MulticastListenerReport(joining: [group, IPv6Address.bob.solicitedNodeMulticast])),
      (
        "every kind of record",
        MulticastListenerReport(
          records: [
            .modeIsInclude, .modeIsExclude, .changeToInclude, .changeToExclude, .allowNewSources,
            .blockOldSources,
          ].map {
            MulticastAddressRecord(type: $0, multicastAddress: group, sources: [.alice, .bob])
          })
      ),
      (
        "auxiliary data",
        MulticastListenerReport(records: [
          MulticastAddressRecord(
            type: .modeIsExclude, multicastAddress: group, auxiliaryData: [1, 2, 3, 4])
        ])
      ),
    ] as [(String, MulticastListenerReport)]).map { name, report in
      let destination = MACAddress.multicast(for: IPv6Address.allMLDv2Routers)
      let frame = LinkFrame(
        destination: HardwareAddress(destination), source: HardwareAddress(.alice),
        payload: .multicastListenerReport(source: router, report))
      return Sample("MLDv2 \(name)", frame.bytes(framing: .ethernet))
    }
}

// MARK: InfiniBand

extension EveryFormat {
  private static let station = HardwareAddress(
    bytes: [0x80, 0, 4, 0x8a, 0xfe, 0x80, 0, 0, 0, 0, 0, 0, 0, 2, 0xc9, 3, 0, 0, 0, 1])
  private static let everyone = HardwareAddress(
    bytes: [
      0, 0xff, 0xff, 0xff, 0xff, 0x12, 0x40, 0x1b, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0xff,
      0xff,
    ])

  /// Frames of a link whose addresses have 20 bytes.
  static let infiniBand: [Sample] = [
    Sample(
      "ARP on InfiniBand",
      infiniBand(
        .arp(
          ARPPacket(
            hardwareType: .infiniBand, operation: .request,
            senderHardwareAddress: station ?? HardwareAddress(), senderProtocolAddress: .alice,
            targetHardwareAddress: everyone ?? HardwareAddress(), targetProtocolAddress: .alice)))),
    Sample(
      "NDP on InfiniBand",
      infiniBand(
        .ndp(
          NDPPacket(
            source: .alice, destination: .allNodes,
            message: .neighborAdvertisement(
              NeighborAdvertisement(
                overrides: true, targetAddress: .alice,
                options: [.targetLinkLayerAddress(station ?? HardwareAddress())])))))),
  ]

  private static func infiniBand(_ payload: LinkPayload) -> [UInt8] {
    LinkFrame(
      destination: everyone ?? HardwareAddress(), source: HardwareAddress(), payload: payload
    ).bytes(framing: .ipoib)
  }
}
