/// A part that contains others: type 08h. IPMI 2.0, table 43-4.
public struct EntityAssociationRecord: Hashable, Sendable {
  /// The part that contains the others.
  public var container: EntityID
  /// Bit 7 the others are ranges and no list, bit 6 the record is linked with more, bit 5 the parts
  /// can be told present or absent.
  public var flags: UInt8
  /// The others: up to 4 parts, or 2 ranges of a first and a last; kind 0 is none.
  public var contained: [EntityID]

  /// A record.
  public init(container: EntityID, flags: UInt8 = 0, contained: [EntityID]) {
    self.container = container
    self.flags = flags
    self.contained = EntityAssociationRecord.four(contained)
  }

  init(reading reader: inout MessageReader) throws(IPMIError) {
    container = try EntityID(reading: &reader)
    flags = try reader.u8()
    contained = []
    for _ in 0..<4 { contained.append(try EntityID(reading: &reader)) }
  }

  var bytes: [UInt8] {
    [container.kind, container.instance, flags]
      + EntityAssociationRecord.four(contained).flatMap { [$0.kind, $0.instance] }
  }

  private static func four(_ parts: [EntityID]) -> [EntityID] {
    let parts = parts.prefix(4)
    return parts + Array(repeating: EntityID(kind: 0, instance: 0), count: 4 - parts.count)
  }
}
