import LinkLayer

// MARK: IPv4 and what it carries

extension EveryFormat {
  static let ipv4: [Sample] =
    [
      Sample(
        "IPv4, first fragment",
        frame(
          .ipv4,
          packet(
            .udp, Array(datagram([UInt8](repeating: 0, count: 24), isIPv6: false).prefix(16)),
            flags: .moreFragments))),
      Sample(
        "IPv4, last fragment",
        frame(
          .ipv4, packet(.udp, [UInt8](repeating: 0, count: 16), flags: [], fragmentOffset: 2))),
      Sample(
        "IPv4, type of service",
        frame(.ipv4, packet(.udp, datagram(isIPv6: false), typeOfService: 0xb8))),
    ]
    + ([
      ("no operation", [.noOperation, .noOperation, .endOfList]),
      ("record route", [.option(kind: 7, data: [4] + [UInt8](repeating: 0, count: 12))]),
      ("timestamp", [.option(kind: 68, data: [5, 0] + [UInt8](repeating: 0, count: 8))]),
      ("router alert", [.option(kind: 148, data: [0, 0])]),
    ] as [(String, [HeaderOption])]).map { name, options in
      Sample(
        "IPv4, \(name)",
        frame(
          .ipv4,
          packet(.udp, datagram(isIPv6: false), options: HeaderOption.bytes(options))))
    }

  /// The start of a packet that came back: the header and eight bytes (RFC 792).
  private static let original = Array(packet(.udp, datagram(isIPv6: false)).prefix(28))

  static let icmp: [Sample] =
    ([
      (
        "echo request",
        .echoRequest(identifier: 7, sequenceNumber: 1, payload: Array("crimp".utf8))
      ),
      ("echo reply", .echoReply(identifier: 7, sequenceNumber: 1, payload: Array("crimp".utf8))),
      (
        "port unreachable",
        .destinationUnreachable(code: 3, originalLength: 0, nextHopMTU: 0, original: original)
      ),
      (
        "fragmentation needed",
        .destinationUnreachable(code: 4, originalLength: 0, nextHopMTU: 1400, original: original)
      ),
      ("redirect", .unknown(type: 5, code: 1, body: [192, 0, 2, 3] + original)),
      ("time exceeded", .unknown(type: 11, code: 0, body: [0, 0, 0, 0] + original)),
      ("parameter problem", .unknown(type: 12, code: 0, body: [20, 0, 0, 0] + original)),
      (
        "timestamp request",
        .unknown(type: 13, code: 0, body: [0, 7, 0, 1] + [UInt8](repeating: 0, count: 12))
      ),
      (
        "router advertisement",
        .unknown(type: 9, code: 0, body: [1, 2, 7, 8, 192, 0, 2, 1, 0, 0, 0, 0])
      ),
    ] as [(String, ICMPMessage)]).map { name, message in
      let packet = ICMPPacket(source: .alice, destination: .bob, message: message)
      return Sample("ICMP \(name)", frame(.ipv4, packet.bytes))
    }

  static let udp: [Sample] = [
    Sample("UDP over IPv4", frame(.ipv4, packet(.udp, datagram(isIPv6: false)))),
    Sample(
      "UDP without a checksum",
      frame(
        .ipv4,
        packet(
          .udp,
          UDPHeader(sourcePort: 50_002, destinationPort: 50_003, payloadByteCount: 0).bytes))),
    Sample("UDP over IPv6", frame(.ipv6, packet6(.udp, datagram(isIPv6: true)))),
  ]

  // MARK: TCP

  /// Segments of connections of their own: what tshark makes of a sequence is not the question.
  static let tcp: [Sample] =
    [
      segment(
        "SYN with options", .syn,
        [
          .option(kind: 2, data: [0x05, 0xb4]), .option(kind: 4, data: []),
          .option(kind: 8, data: [0, 0, 0, 1, 0, 0, 0, 0]), .noOperation,
          .option(kind: 3, data: [7]),
        ]),
      segment("SYN and ACK", [.syn, .ack], [.option(kind: 2, data: [0x05, 0xb4])]),
      segment("ACK", .ack),
      segment("data", [.psh, .ack], payload: Array("crimp".utf8)),
      segment(
        "selective acknowledgment", .ack,
        [
          .noOperation, .noOperation,
          .option(kind: 5, data: [0, 0, 0, 200, 0, 0, 1, 0]),
        ]),
      segment("FIN", [.fin, .ack]),
      segment("ECN", [.syn, .ece, .cwr, .ae]),
      segment("urgent data", [.urg, .ack], urgentPointer: 2, payload: Array("crimp".utf8)),
      segment("over IPv6", .syn, isIPv6: true),
    ] + [
      {
        var reset = segment("RST", .rst)
        reset.remark = ("Connection reset (RST)", "a reset is what it is")
        return reset
      }()
    ]

  private static func segment(
    _ name: String, _ flags: TCPFlags, _ options: [HeaderOption] = [], urgentPointer: UInt16 = 0,
    payload: [UInt8] = [], isIPv6: Bool = false
  ) -> Sample {
    let acknowledged: UInt32 = flags.contains(.ack) ? 100 : 0
    var header = TCPHeader(
      sourcePort: 50_000 + UInt16(name.utf8.reduce(0) { $0 &* 31 &+ UInt32($1) } % 10_000),
      destinationPort: 50_001, sequenceNumber: 1000, acknowledgmentNumber: acknowledged,
      flags: flags, window: 65_535, urgentPointer: urgentPointer,
      options: HeaderOption.bytes(options))
    var sum = InternetChecksum()
    let length = header.byteCount + payload.count
    if isIPv6 {
      sum.addPseudoHeader(
        source: IPv6Address.alice, destination: .bob, protocol: .tcp, length: length)
    } else {
      sum.addPseudoHeader(
        source: IPv4Address.alice, destination: .bob, protocol: .tcp, length: length)
    }
    sum.add((header.bytes + payload).rawBytes)
    header.checksum = sum.value
    let bytes = header.bytes + payload
    return Sample(
      "TCP \(name)",
      isIPv6 ? frame(.ipv6, packet6(.tcp, bytes)) : frame(.ipv4, packet(.tcp, bytes)))
  }

  // MARK: IPv6

  static let ipv6: [Sample] = [
    Sample("IPv6, no next header", frame(.ipv6, packet6(.noNextHeader, []))),
    Sample(
      "IPv6, class and flow",
      frame(
        .ipv6,
        packet6(.udp, datagram(isIPv6: true), trafficClass: 0xb8, flowLabel: 0xf_edcb))),
    extended("hop-by-hop, router alert", .hopByHop, [5, 2, 0, 0, 1, 0]),
    extended("destination options", .destinationOptions, [1, 4, 0, 0, 0, 0]),
    // Segment routing (RFC 8754): type 4, no segments left, one segment.
    extended(
      "routing", .routing,
      [4, 0, 0, 0, 0, 0] + IPv6Address.bob.bytes),
    extended("atomic fragment", .fragment, [0, 0, 0, 0, 0, 7]),
    // Reserved, parameters index, sequence number, 12 bytes of check value (RFC 4302).
    extended(
      "authentication", .authentication,
      [0, 0, 0, 0, 1, 0, 0, 0, 0, 1] + [UInt8](repeating: 0xa5, count: 12)),
    Sample(
      "IPv6, four extension headers",
      frame(
        .ipv6,
        packet6(
          .hopByHop,
          IPv6ExtensionHeader(
            kind: .hopByHop, nextHeader: .destinationOptions, body: [1, 4, 0, 0, 0, 0]
          ).bytes
            + IPv6ExtensionHeader(
              kind: .destinationOptions, nextHeader: .routing, body: [1, 4, 0, 0, 0, 0]
            ).bytes
            + IPv6ExtensionHeader(
              kind: .routing, nextHeader: .fragment,
              body: [4, 0, 0, 0, 0, 0] + IPv6Address.bob.bytes
            ).bytes
            + IPv6ExtensionHeader(kind: .fragment, nextHeader: .udp, body: [0, 0, 0, 0, 0, 8]).bytes
            + datagram(isIPv6: true)))),
  ]

  private static func extended(_ name: String, _ kind: IPProtocol, _ body: [UInt8]) -> Sample {
    let header = IPv6ExtensionHeader(kind: kind, nextHeader: .udp, body: body)
    return Sample(
      "IPv6, \(name)", frame(.ipv6, packet6(kind, header.bytes + datagram(isIPv6: true))))
  }
}
