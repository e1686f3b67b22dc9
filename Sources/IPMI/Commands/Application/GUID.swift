/// A globally unique identifier of 16 bytes, in the order of the wire. Which field each byte
/// belongs to depends on who filled it in: see ``Encoding``. IPMI 2.0, section 20.8.
public struct GUID: Hashable, Sendable {
  /// The 16 bytes.
  public let octets: Octets16

  /// The identifier of these bytes.
  public init(_ octets: Octets16) {
    self.octets = octets
  }

  /// How the bytes are laid out.
  public enum Encoding: Hashable, Sendable, CaseIterable {
    /// As the specification says: the last byte of the text first.
    case ipmi
    /// As SMBIOS does, and most controllers: the first three fields least significant byte first.
    case smbios
    /// As RFC 4122 does: in the order of the text.
    case rfc4122
  }

  /// The identifier as text, such as `cdab8967-4523-01ef-cdab-8967452301ef`.
  public func text(_ encoding: Encoding) -> String {
    let order =
      switch encoding {
      case .ipmi: [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]
      case .smbios: [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]
      case .rfc4122: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15]
      }
    var text = ""
    for (place, index) in order.enumerated() {
      if [4, 6, 8, 10].contains(place) { text += "-" }
      text += hexadecimal(octets[index])
    }
    return text
  }
}
