/// How the numbers of a session's packets follow one another.
public enum SequenceNumbering: Hashable, Sendable {
  /// IPMI 1.5: after FFFFFFFFh comes 0. IPMI 1.5, section 6.11.11.
  case session
  /// IPMI 2.0: after FFFFFFFFh comes 1, because 0 stands for no session. IPMI 2.0, section 6.12.13.
  case rmcpPlus

  /// The number after `number`.
  @inlinable public func following(_ number: UInt32) -> UInt32 {
    let next = number &+ 1
    return next == 0 && self == .rmcpPlus ? 1 : next
  }

  /// How far `number` is ahead of `reference` along the shorter way; negative when it is behind.
  func distance(from reference: UInt32, to number: UInt32) -> Int {
    let ahead = Int64(Int32(truncatingIfNeeded: number &- reference))
    guard self == .rmcpPlus else { return Int(ahead) }
    // 0 is left out, so a way across it is one shorter.
    if ahead > 0, number < reference { return Int(ahead) - 1 }
    if ahead < 0, number > reference { return Int(ahead) + 1 }
    return Int(ahead)
  }
}

/// Which numbers of received packets are new: the guard against packets that come twice, late, or
/// again from a recorder. IPMI 1.5, section 6.11.11; IPMI 2.0, section 6.12.13.
///
/// A number may be up to `width` ahead of the highest one seen, or up to `width` behind it and not
/// seen yet. Ask only for packets whose authentication code was right: any other must not move it.
public struct SequenceWindow: Hashable, Sendable {
  /// How the numbers follow one another.
  public let numbering: SequenceNumbering
  /// How far ahead and behind is allowed: 8 to 32.
  public let width: Int
  /// The highest number that was accepted.
  public private(set) var highest: UInt32
  /// Bit n: whether `highest` - n was seen.
  private var seen: UInt64

  /// A window that takes as seen all that went before.
  ///
  /// - Parameters:
  ///   - highest: the number from which on the sender counts: the initial sequence number of a 1.5
  ///     session, 0 in a 2.0 one.
  ///   - acceptsHighest: whether `highest` itself is accepted once. Some controllers use the initial
  ///     number again for their first packet after the activation (Intel SE7520, OpenIPMI's
  ///     simulator), and a console's first packet always has it.
  ///   - width: at least 8 (the specification's), at most 32: some controllers leave numbers out
  ///     (ASRock MT-C224).
  public init(
    _ numbering: SequenceNumbering, after highest: UInt32, acceptsHighest: Bool = false,
    width: Int = 32
  ) {
    self.numbering = numbering
    self.width = Swift.min(Swift.max(width, 8), 32)
    self.highest = highest
    seen = acceptsHighest ? ~1 : ~0
  }

  /// Whether a packet with this number is new; if so, it is not any more.
  public mutating func accept(_ number: UInt32) -> Bool {
    // 0 is no packet's number in a 2.0 session.
    if number == 0, numbering == .rmcpPlus { return false }
    let distance = numbering.distance(from: highest, to: number)
    guard abs(distance) <= width else { return false }
    if distance > 0 {
      seen = seen << UInt64(distance) | 1
      highest = number
      return true
    }
    let bit: UInt64 = 1 << UInt64(-distance)
    guard seen & bit == 0 else { return false }
    seen |= bit
    return true
  }
}
