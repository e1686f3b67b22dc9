public import LinkLayer

/// A kind of frame that a filter can ask for.
public enum FrameKind: Hashable, Sendable {
  /// Every ARP packet (RFC 826).
  case arp
  /// ARP packets behind an LLC and SNAP header, as in frames of IEEE 802.3 (RFC 1042). Ethernet only.
  case arpOverSNAP
  /// ARP packets of one operation, such as replies.
  case arpOperation(ARPOperation)
  /// ARP packets whose sender or target protocol address is this one: requests for it, answers
  /// from it, announcements and probes of it.
  case arpConcerning(IPv4Address)
  /// Router and neighbour solicitations and advertisements, and redirects (RFC 4861).
  case neighborDiscovery
  /// ICMP over IPv4 without a restriction.
  case icmp
  /// Echo replies over IPv4 with this identifier, in whole packets without options (RFC 792).
  case icmpEchoReply(identifier: UInt16)
  /// Echo replies over IPv6 with this identifier, with no extension header before them (RFC 4443,
  /// section 4.2).
  case icmpv6EchoReply(identifier: UInt16)
  /// Reports of groups, MLDv2's and the two of MLDv1, behind the one hop-by-hop header that holds
  /// Router Alert (RFC 3810, section 5).
  case multicastListener
  /// Every frame of this EtherType.
  case etherType(EtherType)
  /// UDP to this port, over IPv4 without options and IPv6 without extension headers; no fragments.
  case udpPort(UInt16)
}

/// Which VLAN a filter listens to.
public enum TagChoice: Hashable, Sendable {
  /// Frames of the port's own VLAN: without a tag, or with a priority tag (identifier 0).
  case untagged
  /// Frames whose outer tag has this identifier.
  case identifier(UInt16)
  /// All frames, whatever their tag.
  case any
}

extension SocketFilter {
  /// Takes the frames that are of one of `kinds`, in the VLAN that `tag` chooses.
  ///
  /// A program has room for about 400 kinds; ask for ``FrameKind/arp`` instead of more addresses.
  public static func accepting(
    _ kinds: FrameKind..., tag: TagChoice = .untagged, framing: LinkFraming = .ethernet
  ) -> SocketFilter {
    accepting(anyOf: kinds, tag: tag, framing: framing)
  }

  /// Takes the frames that are of one of `kinds`, in the VLAN that `tag` chooses.
  public static func accepting(
    anyOf kinds: [FrameKind], tag: TagChoice = .untagged, framing: LinkFraming = .ethernet
  ) -> SocketFilter {
    var assembler = FilterAssembler()
    tag.check(&assembler)
    let layout = FilterLayout(framing)
    for kind in kinds {
      kind.check(&assembler, layout)
    }
    assembler.instructions.append(.return(0))
    return SocketFilter(instructions: assembler.instructions)
  }

  /// Takes ARP and neighbour discovery: what the commands that resolve, probe and confirm hear.
  public static func addressResolution(
    tag: TagChoice = .untagged, framing: LinkFraming = .ethernet
  ) -> SocketFilter {
    accepting(.arp, .neighborDiscovery, tag: tag, framing: framing)
  }
}

/// Where fields stand in frames of one framing, seen without their tag.
struct FilterLayout {
  let etherType: UInt32
  let payload: UInt32
  let hardwareAddressLength: UInt32

  init(_ framing: LinkFraming) {
    switch framing {
    case .ethernet: (etherType, payload, hardwareAddressLength) = (12, 14, 6)
    case .ipoib: (etherType, payload, hardwareAddressLength) = (20, 24, 20)
    }
  }
}

/// Collects instructions in groups; all jumps stay within a group, so a long program cannot
/// outgrow the 255 instructions that a conditional jump can skip.
struct FilterAssembler {
  enum Target {
    /// The next step.
    case on
    /// The end of the group: its final `ret`.
    case finish
    /// Behind the group.
    case leave
  }

  enum Step {
    case plain(UInt16, UInt32)
    case jump(UInt16, UInt32, whenTrue: Target, whenFalse: Target)
  }

  var instructions: [SocketFilter.Instruction] = []

  /// Appends `steps` and, at their end, `ret` with `byteCount`.
  mutating func append(_ steps: [Step], finish byteCount: UInt32) {
    for (index, step) in steps.enumerated() {
      let toFinish = UInt8(truncatingIfNeeded: steps.count - index - 1)
      func distance(_ target: Target) -> UInt8 {
        switch target {
        case .on: 0
        case .finish: toFinish
        case .leave: toFinish + 1
        }
      }
      switch step {
      case .plain(let code, let operand):
        instructions.append(.init(code: code, operand: operand))
      case .jump(let code, let operand, let whenTrue, let whenFalse):
        instructions.append(
          .init(
            code: code, jumpTrue: distance(whenTrue), jumpFalse: distance(whenFalse),
            operand: operand))
      }
    }
    instructions.append(.return(byteCount))
  }
}

extension FilterAssembler.Step {
  static func load(byte offset: UInt32) -> Self { .plain(BPFCode.loadByte, offset) }
  static func load(half offset: UInt32) -> Self { .plain(BPFCode.loadHalf, offset) }
  static func load(word offset: UInt32) -> Self { .plain(BPFCode.loadWord, offset) }

  /// Goes on when the accumulator is `value`, else leaves the group.
  static func require(_ value: UInt32) -> Self {
    .jump(BPFCode.jumpEqual, value, whenTrue: .on, whenFalse: .leave)
  }

  /// Finishes the group when the accumulator is `value`, else goes on.
  static func finish(if value: UInt32) -> Self {
    .jump(BPFCode.jumpEqual, value, whenTrue: .finish, whenFalse: .on)
  }

  /// Goes on when the accumulator is within `range`, else leaves the group.
  static func require(_ range: ClosedRange<UInt32>) -> [Self] {
    [
      .jump(BPFCode.jumpGreaterOrEqual, range.lowerBound, whenTrue: .on, whenFalse: .leave),
      .jump(BPFCode.jumpGreater, range.upperBound, whenTrue: .leave, whenFalse: .on),
    ]
  }
}

extension TagChoice {
  /// Refuses frames of other VLANs: the group's `ret` refuses, leaving it goes on.
  fileprivate func check(_ assembler: inout FilterAssembler) {
    let identifier: [FilterAssembler.Step] = [
      .load(word: BPFAncillary.vlanTag), .plain(BPFCode.andConstant, 0xfff),
    ]
    switch self {
    case .any:
      return
    case .untagged:
      assembler.append(
        [.load(word: BPFAncillary.vlanTagPresent), .leave(if: 0)] + identifier + [.leave(if: 0)],
        finish: 0)
    case .identifier(let wanted):
      assembler.append(
        [.load(word: BPFAncillary.vlanTagPresent), .finish(if: 0)] + identifier
          + [.leave(if: UInt32(wanted & 0xfff))],
        finish: 0)
    }
  }
}

extension FilterAssembler.Step {
  /// Leaves the group when the accumulator is `value`, else goes on.
  fileprivate static func leave(if value: UInt32) -> Self {
    .jump(BPFCode.jumpEqual, value, whenTrue: .leave, whenFalse: .on)
  }
}

extension FrameKind {
  /// Accepts frames of this kind: the group's `ret` accepts, leaving it asks the next kind.
  fileprivate func check(_ assembler: inout FilterAssembler, _ layout: FilterLayout) {
    typealias Step = FilterAssembler.Step
    let payload = layout.payload
    if case .udpPort(let port) = self {
      return Self.checkUDP(to: port, &assembler, layout)
    }
    var steps: [Step] = [.load(half: layout.etherType)]
    switch self {
    case .etherType(let etherType):
      steps.append(.require(UInt32(etherType.rawValue)))
    case .arp:
      steps.append(.require(UInt32(EtherType.arp.rawValue)))
    case .arpOperation(let operation):
      steps += [
        .require(UInt32(EtherType.arp.rawValue)),
        .load(half: payload + 6), .require(UInt32(operation.rawValue)),
      ]
    case .arpConcerning(let address):
      // RFC 826: ar$hln is byte 4; ar$spa follows ar$sha at 8, ar$tpa follows ar$tha.
      let length = layout.hardwareAddressLength
      steps += [
        .require(UInt32(EtherType.arp.rawValue)),
        .load(byte: payload + 4), .require(length),
        .load(word: payload + 8 + length), .finish(if: address.rawValue),
        .load(word: payload + 8 + length + 4 + length), .require(address.rawValue),
      ]
    case .neighborDiscovery:
      // RFC 4861, 4: types 133 to 137 of ICMPv6, with no extension header before it.
      steps += [
        .require(UInt32(EtherType.ipv6.rawValue)),
        .load(byte: payload + 6), .require(58),
        .load(byte: payload + 40),
      ]
      steps += Step.require(133...137)
    case .icmp:
      steps += [
        .require(UInt32(EtherType.ipv4.rawValue)), .load(byte: payload + 9), .require(1),
      ]
    case .icmpEchoReply(let identifier):
      // RFC 791: version and header length are byte 0, flags and fragment offset are at 6.
      steps += [
        .require(UInt32(EtherType.ipv4.rawValue)), .load(byte: payload), .require(0x45),
        .load(half: payload + 6), .plain(BPFCode.andConstant, 0x3fff), .require(0),
        .load(byte: payload + 9), .require(1), .load(byte: payload + 20), .require(0),
        .load(half: payload + 24), .require(UInt32(identifier)),
      ]
    case .icmpv6EchoReply(let identifier):
      steps += [
        .require(UInt32(EtherType.ipv6.rawValue)), .load(byte: payload + 6), .require(58),
        .load(byte: payload + 40), .require(129),
        .load(half: payload + 44), .require(UInt32(identifier)),
      ]
    case .arpOverSNAP:
      steps = [
        .load(word: 14), .require(0xaaaa_0300), .load(word: 18),
        .require(UInt32(EtherType.arp.rawValue)),
      ]
    case .multicastListener:
      // Reports of version 1, "done", and reports of version 2: 131, 132 and 143.
      steps += [
        .require(UInt32(EtherType.ipv6.rawValue)),
        .load(byte: payload + 6), .require(0),
        .load(byte: payload + 40), .require(58),
        .load(byte: payload + 48), .finish(if: 131), .finish(if: 132), .require(143),
      ]
    case .udpPort: break
    }
    assembler.append(steps, finish: SocketFilter.wholeFrame)
  }

  /// Two groups, one a version: whatever is not of the first is judged by the second.
  private static func checkUDP(
    to port: UInt16, _ assembler: inout FilterAssembler, _ layout: FilterLayout
  ) {
    let payload = layout.payload
    let (udp, port) = (UInt32(IPProtocol.udp.rawValue), UInt32(port))
    assembler.append(
      [
        .load(half: layout.etherType), .require(UInt32(EtherType.ipv4.rawValue)),
        .load(byte: payload), .require(0x45),
        // RFC 791: fragment offset and "more fragments" are the low 14 bits of bytes 6 and 7.
        .load(half: payload + 6), .plain(BPFCode.andConstant, 0x3fff), .require(0),
        .load(byte: payload + 9), .require(udp),
        .load(half: payload + 22), .require(port),
      ], finish: SocketFilter.wholeFrame)
    assembler.append(
      [
        .load(half: layout.etherType), .require(UInt32(EtherType.ipv6.rawValue)),
        .load(byte: payload + 6), .require(udp),
        .load(half: payload + 42), .require(port),
      ], finish: SocketFilter.wholeFrame)
  }
}
