/// A record of an MLDv2 report: one group and the sources that are listened to, or not.
/// RFC 3810, section 5.2; `MulticastAddressRecordView` tells where the bytes are.
public struct MulticastAddressRecord: WireValue {
  /// What a record says of its group. RFC 3810, section 5.2.12.
  public struct RecordType: RawRepresentable, Hashable, Sendable {
    /// The number.
    public let rawValue: UInt8
    /// The type with this number, known or not.
    @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }
    /// Only the sources are listened to, as before.
    @inlinable public static var modeIsInclude: RecordType { RecordType(rawValue: 1) }
    /// All but the sources are listened to, as before.
    @inlinable public static var modeIsExclude: RecordType { RecordType(rawValue: 2) }
    /// Only the sources are listened to from now on; with none, the group is left.
    @inlinable public static var changeToInclude: RecordType { RecordType(rawValue: 3) }
    /// All but the sources are listened to from now on; with none, the group is joined.
    @inlinable public static var changeToExclude: RecordType { RecordType(rawValue: 4) }
    /// The sources are added.
    @inlinable public static var allowNewSources: RecordType { RecordType(rawValue: 5) }
    /// The sources are taken away.
    @inlinable public static var blockOldSources: RecordType { RecordType(rawValue: 6) }
  }

  /// What the record says.
  public var type: RecordType
  /// The group.
  public var multicastAddress: IPv6Address
  /// The sources; no more than 65535 can be written.
  public var sources: [IPv6Address]
  /// Bytes that the RFC leaves undefined: written up to a multiple of 4, and at most 1020.
  public var auxiliaryData: [UInt8]

  /// A record of a group.
  public init(
    type: RecordType, multicastAddress: IPv6Address, sources: [IPv6Address] = [],
    auxiliaryData: [UInt8] = []
  ) {
    self.type = type
    self.multicastAddress = multicastAddress
    self.sources = sources
    self.auxiliaryData = auxiliaryData
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing MulticastAddressRecordView) {
    type = view.type
    multicastAddress = view.multicastAddress
    sources = []
    for index in 0..<view.sourceCount { sources.append(view.source(index)) }
    auxiliaryData = view.auxiliaryData.array
  }

  /// Reads the record at the start of `bytes`, with the errors of `MulticastAddressRecordView`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try MulticastAddressRecordView(bytes)
    self.init(view)
  }

  /// How many bytes the record has.
  public var byteCount: Int {
    20 + 16 * min(sources.count, 0xffff) + 4 * auxiliaryWordCount
  }

  private var auxiliaryWordCount: Int { min((auxiliaryData.count + 3) / 4, 255) }

  /// Appends the record.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(type.rawValue)
    output.append(UInt8(truncatingIfNeeded: auxiliaryWordCount))
    output.append(UInt16(clamping: sources.count))
    multicastAddress.write(into: &output)
    for source in sources.prefix(0xffff) { source.write(into: &output) }
    let count = min(auxiliaryData.count, auxiliaryWordCount * 4)
    output.append(auxiliaryData.rawBytes.slice(0, count))
    output.appendZeros(auxiliaryWordCount * 4 - count)
  }
}

/// A record of an MLDv2 report read in place. RFC 3810, section 5.2.
///
///      0       1       2               4
///     +-------+-------+---------------+-------------------------------+
///     | type  |aux len| source count  | 4 multicast address, 16 bytes |
///     +-------+-------+---------------+-------------------------------+
///     | 20 sources, 16 bytes each     | auxiliary data, aux len words |
///     +-------------------------------+-------------------------------+
public struct MulticastAddressRecordView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var type: Int { 0 }
    @inlinable static var auxiliaryDataLength: Int { 1 }
    @inlinable static var sourceCount: Int { 2 }
    @inlinable static var multicastAddress: Int { 4 }
    @inlinable static var sources: Int { 20 }
  }

  @usableFromInline internal let span: RawSpan

  /// Reads the record at the start of `bytes`.
  ///
  /// Throws `WireError.truncated` when the bytes end before the record does.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.sources else {
      throw .truncated(
        layer: .multicastAddressRecord, needed: Offset.sources, available: bytes.byteCount,
        lengthFrom: .format, offset: 0)
    }
    let sourcesEnd = Offset.sources + 16 * Int(bytes.u16(Offset.sourceCount))
    guard bytes.byteCount >= sourcesEnd else {
      throw .truncated(
        layer: .multicastAddressRecord, needed: sourcesEnd, available: bytes.byteCount,
        lengthFrom: .field(.sourceCount), offset: 0)
    }
    let needed = sourcesEnd + 4 * Int(bytes.u8(Offset.auxiliaryDataLength))
    guard bytes.byteCount >= needed else {
      throw .truncated(
        layer: .multicastAddressRecord, needed: needed, available: bytes.byteCount,
        lengthFrom: .field(.auxiliaryDataLength), offset: 0)
    }
    span = bytes.slice(0, needed)
  }

  /// How many bytes the record has.
  @inlinable public var byteCount: Int { span.byteCount }

  /// What the record says.
  @inlinable public var type: MulticastAddressRecord.RecordType {
    MulticastAddressRecord.RecordType(rawValue: span.u8(Offset.type))
  }

  /// The group.
  @inlinable public var multicastAddress: IPv6Address {
    span.ipv6Address(Offset.multicastAddress)
  }

  /// How many sources there are.
  @inlinable public var sourceCount: Int { Int(span.u16(Offset.sourceCount)) }

  /// The source at `index`, which must be less than `sourceCount`.
  @inlinable public func source(_ index: Int) -> IPv6Address {
    precondition(index >= 0 && index < sourceCount, "the record has no such source")
    return span.ipv6Address(Offset.sources + 16 * index)
  }

  /// Bytes that the RFC leaves undefined.
  @inlinable public var auxiliaryData: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.sources + 16 * sourceCount) }
  }
}

/// The records of an MLDv2 report: walked once when made, then read one by one.
public struct MulticastAddressRecordsView: ~Escapable {
  @usableFromInline internal var rest: RawSpan

  /// Reads `count` records from the start of `bytes`.
  ///
  /// Throws the errors of `MulticastAddressRecordView`, with offsets from the start of `bytes`.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, count: Int) throws(WireError) {
    var offset = 0
    for _ in 0..<count {
      do throws(WireError) {
        offset += try MulticastAddressRecordView(bytes.slice(from: offset)).byteCount
      } catch {
        throw error.shifted(by: offset)
      }
    }
    rest = bytes.slice(0, offset)
  }

  /// Takes the next record, or nil when none is left.
  @inlinable
  @_lifetime(copy self)
  public mutating func next() -> MulticastAddressRecordView? {
    guard rest.byteCount > 0, let record = try? MulticastAddressRecordView(rest) else {
      return nil
    }
    rest = rest.slice(from: record.byteCount)
    return record
  }
}
