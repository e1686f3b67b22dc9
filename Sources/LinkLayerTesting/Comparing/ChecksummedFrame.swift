internal import Decoding
internal import LinkLayer

/// A frame that is edited: each checksum that covers a changed byte is changed by as much (RFC 1624), so
/// that a right one stays right, and a wrong one wrong.
struct ChecksummedFrame {
  private struct Checksum {
    var place: Range<Int>
    var coverage: [Range<Int>]
    /// Whether zero says that there is none: UDP over IPv4.
    var isOptional: Bool
  }

  private(set) var bytes: [UInt8]
  private var checksums: [Checksum] = []

  init(_ bytes: [UInt8], _ frame: DecodedFrame) {
    self.bytes = bytes
    var packet: (end: Int, addresses: [Range<Int>])?
    for layer in frame.layers where layer.range.upperBound <= bytes.count {
      switch layer.name {
      case "ip", "ipv6":
        packet = (
          min(bytes.count, InternetPacket(layer).end), InternetPacket(layer).addresses
        )
        if let place = layer.place(of: "ip.checksum") {
          checksums.append(Checksum(place: place, coverage: [layer.range], isOptional: false))
        }
      case "tcp", "udp", "icmp", "icmpv6", "vrrp":
        guard let packet, let place = layer.place(of: layer.name + ".checksum"),
          layer.range.lowerBound <= packet.end
        else { continue }
        let body = layer.range.lowerBound..<packet.end
        checksums.append(
          Checksum(
            place: place, coverage: [body] + (layer.coversAddresses ? packet.addresses : []),
            isOptional: layer.name == "udp"))
      default: break
      }
    }
  }

  /// Puts `new` in the place of as many bytes.
  mutating func replace(_ range: Range<Int>, with new: [UInt8]) {
    guard new.count == range.count, range.lowerBound >= 0, range.upperBound <= bytes.count,
      !bytes[range].elementsEqual(new)
    else { return }
    let old = bytes
    bytes.replaceSubrange(range, with: new)
    for checksum in checksums where !checksum.place.overlaps(range) {
      var sum = checksum.isOptional && number(at: checksum.place) == 0 ? nil : UInt32(0)
      for piece in checksum.coverage where piece.overlaps(range) {
        sum = sum.map { $0 + Self.change(of: piece, range.clamped(to: piece), old, bytes) }
      }
      guard let sum, sum != 0 else { continue }
      let value = ~Self.folded(UInt32(~number(at: checksum.place)) + Self.folded32(sum))
      replace(checksum.place, with: [UInt8(value >> 8), UInt8(value & 0xff)])
    }
  }

  private func number(at place: Range<Int>) -> UInt16 {
    guard place.count == 2, place.upperBound <= bytes.count else { return 0 }
    return UInt16(bytes[place.lowerBound]) << 8 | UInt16(bytes[place.lowerBound + 1])
  }

  /// By how much the sum of the words of `piece` changes that `range` touches.
  private static func change(
    of piece: Range<Int>, _ range: Range<Int>, _ old: [UInt8], _ new: [UInt8]
  ) -> UInt32 {
    let start = range.lowerBound - (range.lowerBound - piece.lowerBound) % 2
    var sum: UInt32 = 0
    for offset in stride(from: start, to: range.upperBound, by: 2) {
      func word(_ bytes: [UInt8]) -> UInt16 {
        let low = offset + 1 < piece.upperBound ? bytes[offset + 1] : 0
        return UInt16(bytes[offset]) << 8 | UInt16(low)
      }
      sum = folded32(sum + UInt32(~word(old)) + UInt32(word(new)))
    }
    return sum
  }

  private static func folded(_ sum: UInt32) -> UInt16 {
    UInt16(truncatingIfNeeded: folded32(sum))
  }

  private static func folded32(_ sum: UInt32) -> UInt32 {
    let once = sum >> 16 + sum & 0xffff
    return once >> 16 + once & 0xffff
  }
}

/// Where a packet of IP ends, and where its addresses are.
struct InternetPacket {
  var end: Int
  var addresses: [Range<Int>]

  init(_ layer: DecodedLayer) {
    let start = layer.range.lowerBound
    end = .max
    for case (let name, .number(let length)) in layer.fields.map({ ($0.name, $0.value) })
    where length <= 0xffff {
      // A length of zero is one that was left to the network card.
      if name == "ip.len", length > 0 { end = start + Int(length) }
      if name == "ipv6.plen", length > 0 { end = start + 40 + Int(length) }
    }
    addresses = ["ip.src", "ip.dst", "ipv6.src", "ipv6.dst"].compactMap { layer.place(of: $0) }
  }
}

extension DecodedLayer {
  func place(of name: String) -> Range<Int>? {
    fields.first { $0.name == name }?.range
  }

  /// Whether the checksum covers the addresses: not in ICMP, nor in version 2 of VRRP.
  fileprivate var coversAddresses: Bool {
    switch name {
    case "icmp": false
    case "vrrp": fields.first { $0.name == "vrrp.version" }?.value == .number(3)
    default: true
    }
  }
}
