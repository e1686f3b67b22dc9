/// The revision of a set of parameters: a byte, the present version in its high 4 bits and the
/// oldest that it is compatible with in the low ones. IPMI 2.0, section 23.2.
public struct ParameterRevision: RawRepresentable, Hashable, Sendable {
  /// The byte.
  public let rawValue: UInt8
  /// The revision of this byte.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The only one there is: 11h.
  public static let first = ParameterRevision(rawValue: 0x11)
}
