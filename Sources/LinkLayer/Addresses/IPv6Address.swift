/// A 128-bit address of IPv6, RFC 4291.
public struct IPv6Address: Hashable, Sendable {
  /// The first 8 bytes, the first one highest.
  public let high: UInt64
  /// The last 8 bytes, the first of them highest.
  public let low: UInt64

  /// The address of two 64-bit halves.
  @inlinable public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }

  /// The address that `bytes` hold, or nil when they are not sixteen.
  public init?(bytes: [UInt8]) {
    guard bytes.count == 16 else { return nil }
    self.init(high: bytes.rawBytes.u64(0), low: bytes.rawBytes.u64(8))
  }

  /// `::`: no address.
  @inlinable public static var unspecified: IPv6Address { IPv6Address(high: 0, low: 0) }

  /// `::1`: this host.
  @inlinable public static var loopback: IPv6Address { IPv6Address(high: 0, low: 1) }

  /// `ff02::1`: every host of the link. RFC 4291, section 2.7.1.
  @inlinable public static var allNodes: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 1)
  }

  /// `ff02::2`: every router of the link. RFC 4291, section 2.7.1.
  @inlinable public static var allRouters: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 2)
  }

  /// `ff02::16`: every router of the link that listens to MLDv2. RFC 3810, section 5.2.14.
  @inlinable public static var allMLDv2Routers: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 0x16)
  }

  /// The sixteen bytes in the order of the wire.
  public var bytes: [UInt8] {
    (0..<16).map { index in
      let half = index < 8 ? high : low
      return UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * (index & 7)))
    }
  }

  /// Whether this is `::`.
  @inlinable public var isUnspecified: Bool { high | low == 0 }

  /// Whether this is `::1`.
  @inlinable public var isLoopback: Bool { high == 0 && low == 1 }

  /// Whether the address is of `fe80::/10`. RFC 4291, section 2.5.6.
  @inlinable public var isLinkLocal: Bool { high >> 54 == 0x3fa }

  /// Whether the address is of `ff00::/8`. RFC 4291, section 2.7.
  @inlinable public var isMulticast: Bool { high >> 56 == 0xff }

  /// The group that hears Neighbor Solicitations for this address: `ff02::1:ff` and its low 24
  /// bits. RFC 4291, section 2.7.1.
  @inlinable public var solicitedNodeMulticast: IPv6Address {
    IPv6Address(high: 0xff02_0000_0000_0000, low: 0x1_ff00_0000 | low & 0xff_ffff)
  }

  /// Whether this is the solicited-node group of some address. RFC 4291, section 2.7.1.
  @inlinable public var isSolicitedNodeMulticast: Bool {
    high == 0xff02_0000_0000_0000 && low >> 24 == 0x1ff
  }

  /// The IPv4 address inside `::ffff:0:0/96`, or nil. RFC 4291, section 2.5.5.2.
  @inlinable public var mappedIPv4Address: IPv4Address? {
    guard high == 0, low >> 32 == 0xffff else { return nil }
    return IPv4Address(rawValue: UInt32(truncatingIfNeeded: low))
  }

  /// The link-local address that a host makes of its MAC address: `fe80::` and the modified
  /// EUI-64. RFC 4291, appendix A; RFC 2464, section 4.
  @inlinable public static func linkLocal(_ address: MACAddress) -> IPv6Address {
    let flipped = address.rawValue ^ 0x0200_0000_0000
    let identifier = (flipped >> 24) << 40 | 0xff_fe00_0000 | flipped & 0xff_ffff
    return IPv6Address(high: 0xfe80_0000_0000_0000, low: identifier)
  }

  /// The 16-bit group at `index`, 0 to 7.
  private func group(_ index: Int) -> UInt16 {
    let half = index < 4 ? high : low
    return UInt16(truncatingIfNeeded: half >> UInt64(48 - 16 * (index & 3)))
  }
}

extension IPv6Address: Comparable {
  /// Orders addresses as numbers.
  @inlinable public static func < (left: IPv6Address, right: IPv6Address) -> Bool {
    (left.high, left.low) < (right.high, right.low)
  }
}

extension IPv6Address: LosslessStringConvertible {
  /// The address in the canonical text of RFC 5952: lower case, no leading zeros, the first
  /// longest run of two or more zero groups as `::`, an IPv4-mapped address with dots.
  public var description: String {
    var text: [UInt8] = []
    if let mapped = mappedIPv4Address {
      text.append(contentsOf: "::ffff:".utf8)
      mapped.appendText(to: &text)
      return String(decoding: text, as: UTF8.self)
    }
    let zeros = longestZeroRun
    var index = 0
    while index < 8 {
      if !zeros.isEmpty, index == zeros.lowerBound {
        text.append(contentsOf: "::".utf8)
        index = zeros.upperBound
        continue
      }
      if index > 0, index != zeros.upperBound || zeros.isEmpty { text.append(AddressText.colon) }
      AddressText.appendHex(group(index), to: &text)
      index += 1
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// Reads the forms of RFC 4291, section 2.2: eight groups, `::` once for one or more zero
  /// groups, the last two groups as an IPv4 address. Returns nil for anything else, a zone
  /// included: the interface is named apart.
  public init?(_ description: String) {
    self.init(text: Array(description.utf8)[...])
  }

  init?(text: ArraySlice<UInt8>) {
    guard let gap = IPv6Address.doubleColon(in: text) else {
      guard let groups = Groups(text, isLast: true), groups.count == 8 else { return nil }
      self = groups.address
      return
    }
    guard var before = Groups(text[..<gap], isLast: false),
      let after = Groups(text[(gap + 2)...], isLast: true), before.count + after.count < 8
    else { return nil }
    while before.count < 8 { before.append(0) }
    self.init(
      high: before.address.high | after.address.high, low: before.address.low | after.address.low)
  }

  /// Where the first `::` begins.
  private static func doubleColon(in text: ArraySlice<UInt8>) -> Int? {
    text.indices.dropLast().first {
      text[$0] == AddressText.colon && text[$0 + 1] == AddressText.colon
    }
  }

  /// The groups between colons, the last of them lowest in the address.
  private struct Groups {
    private(set) var address = IPv6Address.unspecified
    private(set) var count = 0

    /// Reads at most eight groups; of the last part, the last group may be an IPv4 address.
    init?(_ text: ArraySlice<UInt8>, isLast: Bool) {
      var start = text.startIndex
      while start < text.endIndex || count > 0 {
        let end = text[start...].firstIndex(of: AddressText.colon) ?? text.endIndex
        guard count < 8, read(text[start..<end], mayBeDotted: isLast && end == text.endIndex) else {
          return nil
        }
        guard end < text.endIndex else { return }
        start = end + 1
      }
    }

    private mutating func read(_ part: ArraySlice<UInt8>, mayBeDotted: Bool) -> Bool {
      if mayBeDotted, let dotted = IPv4Address(text: part) {
        append(UInt16(truncatingIfNeeded: dotted.rawValue >> 16))
        append(UInt16(truncatingIfNeeded: dotted.rawValue))
        return true
      }
      guard let group = AddressText.hexNumber(part, upTo: 4) else { return false }
      append(UInt16(truncatingIfNeeded: group))
      return true
    }

    mutating func append(_ group: UInt16) {
      address = IPv6Address(
        high: address.high << 16 | address.low >> 48, low: address.low << 16 | UInt64(group))
      count += 1
    }
  }

  /// The first of the longest runs of two or more zero groups; empty when there is none.
  private var longestZeroRun: Range<Int> {
    var longest = 0..<0
    var start = 0
    for index in 0..<8 {
      guard group(index) == 0 else {
        start = index + 1
        continue
      }
      let run = start..<(index + 1)
      if run.count >= 2, run.count > longest.count { longest = run }
    }
    return longest
  }
}
