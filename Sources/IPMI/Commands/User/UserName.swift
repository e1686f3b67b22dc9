/// A user's name: up to 16 bytes, zero-padded on the wire where the field is fixed. IPMI 2.0,
/// section 22.28.
public struct UserName: Hashable, Sendable {
  /// How many bytes the field has.
  public static let byteCount = 16

  /// The name's bytes, without padding.
  public let bytes: [UInt8]

  /// The name of these bytes, without the zeros at their end; nil when they are more than 16.
  public init?(_ bytes: [UInt8]) {
    guard bytes.count <= UserName.byteCount else { return nil }
    self.init(padded: bytes)
  }

  /// The name `text`; nil when it takes more than 16 bytes. It is never cut.
  public init?(_ text: String) {
    self.init([UInt8](text.utf8))
  }

  /// The null user: no name.
  public static let null = UserName(padded: [])

  /// The name as text; bytes that are not UTF-8 are repaired.
  public var text: String { String(decoding: bytes, as: UTF8.self) }

  private init(padded: [UInt8]) {
    let count = padded.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0
    bytes = [UInt8](padded.prefix(count))
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    self.init(padded: try reader.bytes(UserName.byteCount))
  }

  func appendPadded(to data: inout [UInt8]) {
    data.append(contentsOf: bytes)
    data.append(contentsOf: repeatElement(0, count: UserName.byteCount - bytes.count))
  }
}
