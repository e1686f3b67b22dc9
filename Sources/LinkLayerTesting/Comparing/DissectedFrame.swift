internal import Decoding
internal import LinkLayer

/// A frame and its fields, for a comparison.
struct DissectedFrame {
  /// A field, or a part of the frame that Wireshark has no field for.
  struct Piece {
    var name: String
    var layer: String
    var range: Range<Int>
    /// Which bits of its bytes it is; nil for all.
    var mask: UInt64?
    var field: DecodedField?
  }

  var bytes: [UInt8]
  let decoded: DecodedFrame
  var pieces: [Piece] = []
  /// Where the packet ends and padding begins.
  var payloadEnd: Int
  var layers: [DecodedLayer] { decoded.layers }

  init(_ bytes: [UInt8], _ frame: DecodedFrame) {
    self.bytes = bytes
    decoded = frame
    payloadEnd = Self.payloadEnd(of: frame, count: bytes.count)
    var echo = false
    for layer in frame.layers {
      for field in layer.fields where !field.name.hasPrefix("crimp.") {
        var name = field.name
        // What was decrypted, or is cut, has no bytes of its own here.
        if field.range.upperBound > bytes.count { continue }
        if name == "data.data", echo { name = "icmp.data" }
        pieces.append(
          Piece(
            name: name, layer: layer.name, range: field.range, mask: field.mask, field: field))
      }
      echo = echo || layer.isEcho
    }
  }

  /// The frame with what a network card was to fill in, if it was caught before that.
  static func completed(_ bytes: [UInt8], _ frame: DecodedFrame) -> [UInt8] {
    var bytes = bytes
    var packet: InternetPacket?
    for layer in frame.layers {
      if layer.name == "ip" || layer.name == "ipv6" { packet = InternetPacket(layer) }
      guard layer.name == "tcp" || layer.name == "udp", let packet, packet.end <= bytes.count,
        let place = layer.place(of: layer.name + ".checksum"), place.count == 2,
        place.upperBound <= packet.end, layer.range.lowerBound <= packet.end
      else { continue }
      var sum = InternetChecksum()
      for range in packet.addresses { sum.add(bytes.rawBytes.slice(range.lowerBound, range.count)) }
      sum.add(UInt16(layer.name == "tcp" ? 6 : 17))
      sum.add(UInt16(truncatingIfNeeded: packet.end - layer.range.lowerBound))
      let partial = ~sum.value
      guard partial == UInt16(bytes[place.lowerBound]) << 8 | UInt16(bytes[place.lowerBound + 1])
      else { continue }
      bytes[place.lowerBound] = 0
      bytes[place.lowerBound + 1] = 0
      sum.add(
        bytes.rawBytes.slice(layer.range.lowerBound, packet.end - layer.range.lowerBound))
      let value = layer.name == "udp" && sum.value == 0 ? 0xffff : sum.value
      bytes[place.lowerBound] = UInt8(value >> 8)
      bytes[place.lowerBound + 1] = UInt8(value & 0xff)
    }
    return bytes
  }

  /// Where the outermost packet says that it ends; all of the frame when it does not.
  private static func payloadEnd(of frame: DecodedFrame, count: Int) -> Int {
    for layer in frame.layers {
      let start = layer.range.lowerBound
      switch layer.name {
      case "ip", "ipv6": return min(count, InternetPacket(layer).end)
      case "arp":
        guard case .number(let stations)? = layer.value(of: "arp.hw.size"),
          case .number(let addresses)? = layer.value(of: "arp.proto.size"), stations <= 255,
          addresses <= 255
        else { return count }
        return min(count, start + 8 + 2 * Int(stations) + 2 * Int(addresses))
      case "eth":
        guard case .number(let length)? = layer.value(of: "eth.len"), length <= 1500 else {
          continue
        }
        return min(count, layer.range.upperBound + Int(length))
      default: continue
      }
    }
    return count
  }
}

extension DecodedLayer {
  fileprivate func value(of name: String) -> FieldValue? {
    fields.first { $0.name == name }?.value
  }

  fileprivate var isEcho: Bool {
    switch value(of: name + ".type") {
    case .number(let type)?:
      name == "icmp" ? type == 0 || type == 8 : name == "icmpv6" && (type == 128 || type == 129)
    default: false
    }
  }
}
