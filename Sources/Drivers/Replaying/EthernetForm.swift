public import CaptureFile
public import LinkLayer

/// Puts captured frames of other link types on Ethernet: IP packets, BSD's loopback and Linux's cooked
/// captures, whose headers say little of stations or nothing.
public struct EthernetForm: Hashable, Sendable {
  /// Why a frame cannot stand on Ethernet.
  public enum Obstacle: Error, Hashable, Sendable {
    /// Frames of this link type have another nature: radio, InfiniBand, messages of a kernel.
    case linkType(LinkType)
    /// The frame says nothing of a destination, and none was given.
    case noDestination(LinkType)
    /// The bytes end before the header does.
    case short(LinkType)
    /// What the frame carries has no EtherType.
    case noEtherType(LinkType)
  }

  /// The sender of frames that name none.
  public var source: MACAddress
  /// The destination of frames that name none.
  public var destination: MACAddress?

  /// A form for frames that name no station: these are it.
  public init(source: MACAddress, destination: MACAddress?) {
    (self.source, self.destination) = (source, destination)
  }

  /// Puts the bytes of a frame of `linkType` into `frame`, in place of what was there.
  public func put(
    _ bytes: RawSpan, of linkType: LinkType, into frame: inout [UInt8]
  ) throws(Obstacle) {
    frame.removeAll(keepingCapacity: true)
    switch linkType {
    case .ethernet:
      guard bytes.byteCount >= 14 else { throw .short(linkType) }
      frame.append(bytes)
    case .raw, .ipv4, .ipv6:
      try putPacket(bytes, linkType, nil, into: &frame)
    case .null:
      guard bytes.byteCount >= 4 else { throw .short(linkType) }
      try putPacket(bytes.slice(from: 4), linkType, nil, into: &frame)
    case .linuxCooked:
      // Packet type, ARPHRD_ type, length of the address, its 8 bytes, protocol.
      guard bytes.byteCount >= 16 else { throw .short(linkType) }
      let station = bytes.u16(4) == 6 ? MACAddress(rawValue: bytes.u48(6)) : nil
      try putCooked(bytes.slice(from: 16), linkType, bytes.u16(14), station, into: &frame)
    case .linuxCooked2:
      // Protocol, 2 bytes, interface, ARPHRD_ type, packet type, length of the address, its 8 bytes.
      guard bytes.byteCount >= 20 else { throw .short(linkType) }
      let station = bytes.u8(11) == 6 ? MACAddress(rawValue: bytes.u48(12)) : nil
      try putCooked(bytes.slice(from: 20), linkType, bytes.u16(0), station, into: &frame)
    default: throw .linkType(linkType)
    }
  }

  /// A packet of IP, which its first four bits tell.
  private func putPacket(
    _ packet: RawSpan, _ linkType: LinkType, _ station: MACAddress?, into frame: inout [UInt8]
  ) throws(Obstacle) {
    guard destination != nil else { throw .noDestination(linkType) }
    guard packet.byteCount > 0 else { throw .short(linkType) }
    switch packet.u8(0) >> 4 {
    case 4: try put(.ipv4, packet, linkType, station, into: &frame)
    case 6: try put(.ipv6, packet, linkType, station, into: &frame)
    default: throw .noEtherType(linkType)
    }
  }

  private func putCooked(
    _ payload: RawSpan, _ linkType: LinkType, _ type: UInt16, _ station: MACAddress?,
    into frame: inout [UInt8]
  ) throws(Obstacle) {
    guard destination != nil else { throw .noDestination(linkType) }
    // Lower numbers are Linux's own: LLC and the like.
    guard type >= 0x0600 else { throw .noEtherType(linkType) }
    try put(EtherType(rawValue: type), payload, linkType, station, into: &frame)
  }

  private func put(
    _ type: EtherType, _ payload: RawSpan, _ linkType: LinkType, _ station: MACAddress?,
    into frame: inout [UInt8]
  ) throws(Obstacle) {
    guard let destination else { throw .noDestination(linkType) }
    frame += destination.bytes
    // Loopback's own address is none.
    let sender = station.flatMap { $0 == .zero || $0.isMulticast ? nil : $0 } ?? source
    frame += sender.bytes
    frame.append(UInt8(truncatingIfNeeded: type.rawValue >> 8))
    frame.append(UInt8(truncatingIfNeeded: type.rawValue))
    frame.append(payload)
  }
}

extension [UInt8] {
  /// Appends a copy of `bytes`.
  fileprivate mutating func append(_ bytes: RawSpan) {
    append(addingCapacity: bytes.byteCount) { (output: inout OutputSpan<UInt8>) in
      unsafe output.withUnsafeMutableBufferPointer { buffer, count in
        let room = unsafe UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(buffer)[count...])
        unsafe bytes.withUnsafeBytes { unsafe room.copyMemory(from: $0) }
        count += bytes.byteCount
      }
    }
  }
}
