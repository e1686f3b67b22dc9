/// What wakes a sleeping station: AMD, "Magic Packet Technology" (publication 20213, 1995).
///
///      0                 6                                     102
///     +-----------------+-----------------+-----+-------------+-----------------+
///     | ff ff ff ff ff ff | target (6) | … 16 times | target  | SecureOn, 0/4/6 |
///     +-----------------+-----------------+-----+-------------+-----------------+
///
/// A sleeping interface looks for the pattern anywhere in a frame that it takes, so the packet may
/// be the payload of any protocol; by custom it is one of UDP to port 9, or of EtherType 0842h.
public struct MagicPacket: WireValue {
  /// How often the target stands behind the synchronisation stream.
  @inlinable public static var repetitions: Int { 16 }
  /// How many bytes the packet has without a password: 102.
  @inlinable public static var patternByteCount: Int { 6 + 6 * repetitions }
  /// The port of UDP that is used by custom: `discard`.
  @inlinable public static var customaryPort: UInt16 { 9 }

  /// The station to wake.
  public var target: MACAddress
  /// What the station asks for besides, if it was told to.
  public var password: SecureOnPassword?

  /// A packet for `target`.
  public init(target: MACAddress, password: SecureOnPassword? = nil) {
    self.target = target
    self.password = password
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing MagicPacketView) {
    self.init(target: view.target, password: view.password)
  }

  /// Reads the packet at the start of `bytes`, and as its password what follows when that is as long
  /// as one. `MagicPacketView(in:)` finds a packet that begins elsewhere.
  ///
  /// Throws `WireError.truncated` below 102 bytes, and `WireError.malformed` where the pattern is
  /// broken, or repeats what no station's address can be.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try MagicPacketView(bytes)
    self.init(view)
  }

  /// How many bytes the packet has: 102, 106 or 108.
  public var byteCount: Int { Self.patternByteCount + (password?.byteCount ?? 0) }

  /// Appends the packet.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(u48: MACAddress.broadcast.rawValue)
    for _ in 0..<Self.repetitions { output.append(u48: target.rawValue) }
    password?.write(into: &output)
  }

  /// Whether `address` can be woken: it is the address of one station.
  @inlinable public static func canWake(_ address: MACAddress) -> Bool {
    !address.isMulticast && address != .zero
  }
}
