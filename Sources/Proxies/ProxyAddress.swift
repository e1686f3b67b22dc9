/// Where a client of a proxy wants to go: a host and a TCP port.
public struct ProxyAddress: Hashable, Sendable {
  /// A host, as the protocols write one.
  public enum Host: Hashable, Sendable {
    /// An IPv4 address, its first byte the highest.
    case ipv4(UInt32)
    /// An IPv6 address in two halves.
    case ipv6(high: UInt64, low: UInt64)
    /// A name, which the proxy looks up; 1 to 255 bytes of printable ASCII without a space.
    case name(String)
  }

  /// The host.
  public var host: Host
  /// The port.
  public var port: UInt16

  /// A port of a host.
  public init(_ host: Host, port: UInt16) {
    self.host = host
    self.port = port
  }

  /// Nowhere: what a proxy tells that does not tell whence it connected (`0.0.0.0:0`).
  public static let unspecified = ProxyAddress(.ipv4(0), port: 0)

  /// The most bytes that a name has.
  public static let longestName = 255

  /// The name that these bytes are; nil when they can be none.
  static func name(_ bytes: some Collection<UInt8>) -> String? {
    guard (1...longestName).contains(bytes.count), bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
    else { return nil }
    return String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the protocols can carry it.
  var isWritable: Bool {
    guard case .name(let name) = host else { return true }
    return Self.name(name.utf8) != nil
  }
}

extension [UInt8] {
  mutating func append(bigEndian value: UInt16) {
    append(UInt8(truncatingIfNeeded: value >> 8))
    append(UInt8(truncatingIfNeeded: value))
  }

  mutating func append(bigEndian value: UInt32) {
    append(bigEndian: UInt16(truncatingIfNeeded: value >> 16))
    append(bigEndian: UInt16(truncatingIfNeeded: value))
  }

  mutating func append(bigEndian value: UInt64) {
    append(bigEndian: UInt32(truncatingIfNeeded: value >> 32))
    append(bigEndian: UInt32(truncatingIfNeeded: value))
  }

  /// The number of `count` bytes at `offset`, its highest byte first. The bytes must be there.
  func bigEndian(at offset: Int, _ count: Int) -> UInt64 {
    self[offset..<(offset + count)].reduce(0) { $0 << 8 | UInt64($1) }
  }
}
