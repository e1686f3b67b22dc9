/// How payloads of a session are encrypted: 6 bits. IPMI 2.0, table 13-19.
public struct ConfidentialityAlgorithm: RawRepresentable, Hashable, Sendable {
  /// The 6 bits.
  public let rawValue: UInt8

  /// The algorithm of these bits, of which the low 6 count.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue & 0x3f
  }

  /// Not at all.
  public static let none = ConfidentialityAlgorithm(rawValue: 0)
  /// AES-128 in cipher block chaining mode.
  public static let aesCBC128 = ConfidentialityAlgorithm(rawValue: 1)
  /// xRC4 with a key of 128 bits; not spoken here.
  public static let xrc4128 = ConfidentialityAlgorithm(rawValue: 2)
  /// xRC4 with a key of 40 bits; not spoken here.
  public static let xrc440 = ConfidentialityAlgorithm(rawValue: 3)

  var isKnown: Bool { rawValue <= Self.aesCBC128.rawValue }
}
