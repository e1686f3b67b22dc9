extension LANParameter {
  /// An IPv4 address as the parameters have it: most significant byte first.
  public struct IPv4: Hashable, Sendable {
    /// The 32 bits.
    public var bits: UInt32

    /// The address of these bits.
    @inlinable public init(bits: UInt32) { self.bits = bits }

    /// The address as `192.0.2.1`; nil when `text` is none.
    public init?(_ text: String) {
      let parts = text.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count == 4 else { return nil }
      bits = 0
      for part in parts {
        guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), part.utf8.count <= 3,
          let byte = UInt8(part)
        else { return nil }
        bits = bits << 8 | UInt32(byte)
      }
    }

    init(reading reader: inout MessageReader) throws(IPMIError) {
      bits = try reader.bigEndianU32()
    }

    /// The 4 bytes.
    public var bytes: [UInt8] {
      var bytes: [UInt8] = []
      bytes.append(bigEndian: bits)
      return bytes
    }

    /// The address as ipmitool prints it, such as `192.0.2.1`.
    public var text: String { bytes.map { String($0) }.joined(separator: ".") }
  }

  /// An IPv6 address as the parameters have it: 16 bytes.
  public struct IPv6: Hashable, Sendable {
    /// The 16 bytes.
    public let bytes: [UInt8]

    /// The address of these bytes, cut or filled with zeros to 16.
    public init(_ bytes: [UInt8]) { self.bytes = bytes.fitted(to: 16) }
  }

  /// A hardware address as the parameters have it: 6 bytes.
  public struct HardwareAddress: Hashable, Sendable {
    /// The 6 bytes.
    public let bytes: [UInt8]

    /// The address of these bytes, cut or filled with zeros to 6.
    public init(_ bytes: [UInt8]) { self.bytes = bytes.fitted(to: 6) }

    /// The address as `00:0e:0c:aa:8e:13`; nil when `text` is none.
    public init?(_ text: String) {
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let bytes = parts.compactMap { part -> UInt8? in
        (1...2).contains(part.utf8.count) && !part.hasPrefix("+") ? UInt8(part, radix: 16) : nil
      }
      guard parts.count == 6, bytes.count == 6 else { return nil }
      self.bytes = bytes
    }

    /// The address as ipmitool prints it, such as `00:0e:0c:aa:8e:13`.
    public var text: String { bytes.map { hexadecimal($0) }.joined(separator: ":") }
  }
}
