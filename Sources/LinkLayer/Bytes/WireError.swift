/// Why bytes are not what they were read as. Five facts and no text: whoever shows it to a
/// person finds the words.
public enum WireError: Error, Hashable, Sendable {
  /// The bytes end before the layer does.
  ///
  /// - Parameters:
  ///   - layer: the format, or the part of one, that was being read.
  ///   - needed: how many bytes it takes, counted from `offset`.
  ///   - available: how many there are, counted from `offset`.
  ///   - lengthFrom: what asked for `needed`.
  ///   - offset: where the layer begins, in bytes from the start of what was read.
  case truncated(
    layer: WireLayer, needed: Int, available: Int, lengthFrom: LengthSource, offset: Int)

  /// A field holds a value that the format does not allow.
  ///
  /// - Parameters:
  ///   - layer: the format, or the part of one, that was being read.
  ///   - field: the field at fault.
  ///   - value: what it holds.
  ///   - offset: where the field begins, in bytes from the start of what was read.
  case malformed(layer: WireLayer, field: WireField, value: UInt64, offset: Int)

  /// The layer at fault.
  @inlinable public var layer: WireLayer {
    switch self {
    case .truncated(let layer, _, _, _, _), .malformed(let layer, _, _, _): layer
    }
  }

  /// Where the fault is, in bytes from the start of what was read.
  @inlinable public var offset: Int {
    switch self {
    case .truncated(_, _, _, _, let offset), .malformed(_, _, _, let offset): offset
    }
  }

  /// The same fault, told by the layer around, in which the inner one begins `count` bytes later.
  @inlinable public func shifted(by count: Int) -> WireError {
    switch self {
    case .truncated(let layer, let needed, let available, let source, let offset):
      .truncated(
        layer: layer, needed: needed, available: available, lengthFrom: source,
        offset: offset + count)
    case .malformed(let layer, let field, let value, let offset):
      .malformed(layer: layer, field: field, value: value, offset: offset + count)
    }
  }
}

/// What said how many bytes a layer takes.
public enum LengthSource: Hashable, Sendable {
  /// The format itself: its fixed part is that long.
  case format
  /// A length field that was read.
  case field(WireField)
}

/// A format, or a part of one, that a `WireError` speaks of.
public enum WireLayer: UInt8, Hashable, Sendable, CaseIterable {
  /// The Ethernet header.
  case ethernet
  /// An IEEE 802.1Q or 802.1ad tag.
  case vlanTag
  /// IEEE 802.2 logical link control, with or without SNAP.
  case logicalLinkControl
  /// The header that Linux puts before frames of IP over InfiniBand.
  case ipoib
  /// Address resolution.
  case arp
  /// The IPv4 header.
  case ipv4
  /// An option of IPv4.
  case ipv4Option
  /// The IPv6 header.
  case ipv6
  /// An extension header of IPv6.
  case ipv6Extension
  /// The UDP header.
  case udp
  /// The TCP header.
  case tcp
  /// An option of TCP.
  case tcpOption
  /// A message of ICMP.
  case icmp
  /// A message of ICMPv6.
  case icmpv6
  /// Neighbor Solicitation.
  case neighborSolicitation
  /// Neighbor Advertisement.
  case neighborAdvertisement
  /// Router Solicitation.
  case routerSolicitation
  /// Router Advertisement.
  case routerAdvertisement
  /// An option of Neighbor Discovery.
  case ndpOption
  /// The MLDv2 report.
  case multicastListenerReport
  /// A record of the MLDv2 report.
  case multicastAddressRecord
  /// The magic packet of Wake-on-LAN.
  case wakeOnLAN
}

/// A field that a `WireError` speaks of.
public enum WireField: UInt8, Hashable, Sendable, CaseIterable {
  /// The length that IEEE 802.3 has in place of the EtherType.
  case ethernetLength
  /// ARP `ar$hrd`.
  case hardwareType
  /// ARP `ar$pro`.
  case protocolType
  /// ARP `ar$hln`.
  case hardwareLength
  /// ARP `ar$pln`.
  case protocolLength
  /// The version of IP.
  case version
  /// IPv4 IHL, in words of 4 bytes.
  case headerLength
  /// IPv4 Total Length.
  case totalLength
  /// A checksum.
  case checksum
  /// IPv6 Payload Length.
  case payloadLength
  /// Next Header of IPv6 and of its extension headers.
  case nextHeader
  /// The length of an extension header of IPv6.
  case extensionLength
  /// UDP Length.
  case length
  /// TCP Data Offset, in words of 4 bytes.
  case dataOffset
  /// The length of an option.
  case optionLength
  /// ICMP or ICMPv6 type.
  case type
  /// ICMP or ICMPv6 code.
  case code
  /// The Target Address of Neighbor Discovery.
  case targetAddress
  /// How many records an MLDv2 report holds.
  case recordCount
  /// How many sources a record of MLDv2 holds.
  case sourceCount
  /// The length of an MLDv2 record's auxiliary data, in words of 4 bytes.
  case auxiliaryDataLength
  /// The six bytes of ones that begin a magic packet.
  case synchronisation
  /// The address that a magic packet repeats.
  case wakeTarget
}
