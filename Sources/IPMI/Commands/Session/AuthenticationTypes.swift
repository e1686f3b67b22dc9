/// A set of authentication types: a bit each. IPMI 2.0, tables 22-15 and 23-4.
public struct AuthenticationTypes: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8

  /// The types of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Not at all.
  public static let none = AuthenticationTypes(rawValue: 1 << 0)
  /// A digest by MD2.
  public static let md2 = AuthenticationTypes(rawValue: 1 << 1)
  /// A digest by MD5.
  public static let md5 = AuthenticationTypes(rawValue: 1 << 2)
  /// The password itself.
  public static let straightPassword = AuthenticationTypes(rawValue: 1 << 4)
  /// The manufacturer's own.
  public static let oem = AuthenticationTypes(rawValue: 1 << 5)

  /// The set of this type alone; empty for types that have no bit.
  public init(_ type: AuthenticationType) {
    self.init(rawValue: type.rawValue < 6 ? 1 << type.rawValue : 0)
  }

  /// The types as ipmitool prints them: each followed by a space.
  public var text: String {
    var text = ""
    if contains(.none) { text += "NONE " }
    if contains(.md2) { text += "MD2 " }
    if contains(.md5) { text += "MD5 " }
    if contains(.straightPassword) { text += "PASSWORD " }
    if contains(.oem) { text += "OEM " }
    return text
  }
}
