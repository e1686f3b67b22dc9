/// The first 8 bytes of an inventory: where its areas begin. FRU Information Storage Definition 1.0,
/// section 8.
public struct FRUHeader: Hashable, Sendable {
  /// How many bytes the header has.
  public static let byteCount = 8

  /// Where the manufacturer's own area begins, in bytes; nil when there is none.
  public var internalUse: Int?
  /// Where the chassis area begins, in bytes; nil when there is none.
  public var chassis: Int?
  /// Where the board area begins, in bytes; nil when there is none.
  public var board: Int?
  /// Where the product area begins, in bytes; nil when there is none.
  public var product: Int?
  /// Where the multirecord area begins, in bytes; nil when there is none.
  public var multirecords: Int?
  /// Whether the 8 bytes add up to 0.
  public let isChecksumRight: Bool

  /// Reads a header, whatever its checksum.
  ///
  /// Throws `IPMIError` when there are fewer than 8 bytes, or the version is not 1.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = MessageReader(data, as: .fruInventory)
    let bytes = try reader.bytes(Self.byteCount)
    guard bytes[0] & 0x0f == 1 else {
      throw .malformed(layer: .fruInventory, value: UInt64(bytes[0]), offset: 0)
    }
    isChecksumRight = bytes.reduce(0, &+) == 0
    let offsets = bytes[1...5].map { $0 == 0 ? nil : Int($0) * 8 }
    internalUse = offsets[0]
    chassis = offsets[1]
    board = offsets[2]
    product = offsets[3]
    multirecords = offsets[4]
  }

  /// Reads a header whose checksum must be right.
  init(verifying data: RawSpan) throws(IPMIError) {
    self = try FRUHeader(parsing: data)
    guard isChecksumRight else {
      throw .malformed(layer: .fruInventory, value: UInt64(data.octet(at: 7)), offset: 7)
    }
  }

  /// Where the area that begins at `offset` ends: at the next area, or at the end of all `count`
  /// bytes.
  public func end(of offset: Int, _ count: Int) -> Int {
    let later = [internalUse, chassis, board, product, multirecords].compactMap { $0 }
      .filter { $0 > offset }
    return max(min(offset, count), min(later.min() ?? count, count))
  }
}
