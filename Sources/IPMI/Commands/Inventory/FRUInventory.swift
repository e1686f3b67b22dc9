/// The inventory of a field replaceable unit. Platform Management FRU Information Storage Definition
/// 1.0, revision 1.3.
///
///     byte 0     version: 1
///     byte 1-5   where the areas begin, in units of 8 bytes, 0 for nowhere: internal use, chassis,
///                board, product, multirecords
///     byte 6     0
///     byte 7     checksum: the 8 bytes add up to 0
public struct FRUInventory: Hashable, Sendable {
  /// The manufacturer's, of no format that is defined.
  public var internalUse: [UInt8]?
  /// What the chassis is.
  public var chassis: FRUChassisArea?
  /// What the board is.
  public var board: FRUBoardArea?
  /// What the product is.
  public var product: FRUProductArea?
  /// Further records.
  public var multirecords: [FRUMultirecord]

  /// An inventory.
  public init(
    internalUse: [UInt8]? = nil, chassis: FRUChassisArea? = nil, board: FRUBoardArea? = nil,
    product: FRUProductArea? = nil, multirecords: [FRUMultirecord] = []
  ) {
    self.internalUse = internalUse
    self.chassis = chassis
    self.board = board
    self.product = product
    self.multirecords = multirecords
  }

  /// Reads an inventory.
  ///
  /// Throws `IPMIError` when the header is none, or an area ends before what stands in it. An area
  /// whose checksum is wrong is read all the same, as controllers in the field have them: see
  /// ``wrongChecksums(_:)``.
  public init(parsing data: RawSpan) throws(IPMIError) {
    let header = try FRUHeader(verifying: data)
    let bytes = data.copied
    internalUse = header.internalUse.map {
      Array(bytes[min($0, bytes.count)..<header.end(of: $0, bytes.count)])
    }
    if let offset = header.chassis {
      chassis = FRUChassisArea(area: try FRUArea(bytes, at: offset))
    }
    if let offset = header.board {
      board = FRUBoardArea(area: try FRUArea(bytes, at: offset))
    }
    if let offset = header.product {
      product = FRUProductArea(area: try FRUArea(bytes, at: offset))
    }
    multirecords = []
    if let offset = header.multirecords {
      multirecords = try FRUMultirecord.list(bytes, from: offset)
    }
  }

  /// Which areas do not add up to 0, by where they begin.
  ///
  /// Throws `IPMIError` when the header is none, or an area ends before it should.
  public static func wrongChecksums(_ data: RawSpan) throws(IPMIError) -> [Int] {
    let header = try FRUHeader(verifying: data)
    let bytes = data.copied
    var wrong: [Int] = []
    for offset in [header.chassis, header.board, header.product] {
      guard let offset else { continue }
      if !(try FRUArea(bytes, at: offset)).isChecksumRight { wrong.append(offset) }
    }
    return wrong
  }

  /// The inventory's bytes, a multiple of 8. Areas that begin beyond 2,040 bytes have no place in the
  /// header and are left out.
  public var bytes: [UInt8] {
    var offsets: [UInt8] = []
    var areas: [UInt8] = []
    let parts = [
      internalUse.map { $0.paddedToEight }, chassis?.bytes, board?.bytes, product?.bytes,
      multirecords.isEmpty ? nil : FRUMultirecord.bytes(multirecords).paddedToEight,
    ]
    for part in parts {
      let offset = (8 + areas.count) / 8
      if let part, !part.isEmpty, offset <= 255 {
        offsets.append(UInt8(truncatingIfNeeded: offset))
        areas += part
      } else {
        offsets.append(0)
      }
    }
    var header = [1] + offsets + [0]
    header.append(0 &- header.reduce(0, &+))
    return header + areas
  }
}

extension [UInt8] {
  /// These bytes, filled with zeros to a multiple of 8.
  var paddedToEight: [UInt8] { fitted(to: (count + 7) / 8 * 8) }
}
