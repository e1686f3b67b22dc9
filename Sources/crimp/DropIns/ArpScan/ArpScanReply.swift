internal import LinkLayer

/// What arp-scan shows of a frame that it heard: an ARP packet behind an Ethernet or LLC/SNAP header,
/// with or without a tag.
struct ArpScanReply {
  /// The station that sent the frame, by its header.
  var header: MACAddress
  /// `ar$sha`.
  var station: MACAddress
  /// `ar$spa`.
  var address: IPv4Address
  /// `ar$pro`.
  var protocolType: UInt16
  /// What follows the packet.
  var padding: [UInt8]
  var isLLC: Bool
  var vlan: Int?

  /// Why a frame is not one.
  enum Failure: Error {
    /// It is for another station, or no ARP.
    case foreign
    /// It ends before the packet does.
    case short
  }

  /// LLC's and SNAP's header before an EtherType: RFC 1042.
  static let snap: [UInt8] = [0xaa, 0xaa, 0x03, 0, 0, 0]

  init(_ bytes: [UInt8], for own: MACAddress) throws(Failure) {
    guard bytes.count >= 14 else { throw .short }
    guard bytes[0..<6].elementsEqual(own.bytes) else { throw .foreign }
    header = Self.station(bytes, 6)
    var offset = 12
    if Self.word(bytes, offset) == 0x8100 {
      guard bytes.count >= 18 else { throw .short }
      vlan = Int(Self.word(bytes, 14) & 0xfff)
      offset = 16
    }
    isLLC = bytes[(offset + 2)...].starts(with: Self.snap)
    if isLLC { offset += 2 + Self.snap.count }
    guard bytes.count >= offset + 2 else { throw .short }
    guard Self.word(bytes, offset) == EtherType.arp.rawValue else { throw .foreign }
    let packet = offset + 2
    guard bytes.count >= packet + 28 else { throw .short }
    protocolType = Self.word(bytes, packet + 2)
    station = Self.station(bytes, packet + 8)
    address = IPv4Address(
      rawValue: UInt32(Self.word(bytes, packet + 14)) << 16 | UInt32(Self.word(bytes, packet + 16)))
    padding = Array(bytes[(packet + 28)...])
  }

  private static func word(_ bytes: [UInt8], _ offset: Int) -> UInt16 {
    UInt16(bytes[offset]) << 8 | UInt16(bytes[offset + 1])
  }

  private static func station(_ bytes: [UInt8], _ offset: Int) -> MACAddress {
    MACAddress(rawValue: bytes[offset..<(offset + 6)].reduce(0) { $0 << 8 | UInt64($1) })
  }
}
