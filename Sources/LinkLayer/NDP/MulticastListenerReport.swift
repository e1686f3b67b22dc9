/// The report of MLDv2: which groups the sender listens to. RFC 3810, section 5.2;
/// `MulticastListenerReportView` tells where the bytes are.
///
/// It travels with hop limit 1 behind a hop-by-hop Router Alert, from a link-local address or
/// `::`, to `ff02::16`.
public struct MulticastListenerReport: Hashable, Sendable {
  /// What follows the checksum: flags of RFC 9777, zero until now.
  public var flags: UInt16
  /// One record a group; no more than 65535 can be written.
  public var records: [MulticastAddressRecord]

  /// A report of records.
  public init(flags: UInt16 = 0, records: [MulticastAddressRecord]) {
    self.flags = flags
    self.records = records
  }

  /// A report that groups are joined: each is listened to from every source from now on.
  public init(joining groups: [IPv6Address]) {
    self.init(
      records: groups.map {
        MulticastAddressRecord(type: .changeToExclude, multicastAddress: $0)
      })
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing MulticastListenerReportView) {
    flags = view.flags
    records = []
    var rest = view.records
    while let record = rest.next() { records.append(MulticastAddressRecord(record)) }
  }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int { records.prefix(0xffff).reduce(4) { $0 + $1.byteCount } }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(flags)
    output.append(UInt16(clamping: records.count))
    for record in records.prefix(0xffff) { record.write(into: &output) }
  }
}

/// An MLDv2 report read in place. RFC 3810, section 5.2.
///
///      0       1       2               4               6               8
///     +-------+-------+---------------+---------------+---------------+
///     | 143   | 0     |   checksum    | flags         | record count  |
///     +-------+-------+---------------+---------------+---------------+
///     | 8 records                                                     |
///     +---------------------------------------------------------------+
public struct MulticastListenerReportView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var flags: Int { 4 }
    @inlinable static var recordCount: Int { 6 }
    @inlinable static var records: Int { 8 }
  }

  @usableFromInline internal let span: RawSpan
  /// The records, walked once.
  public let records: MulticastAddressRecordsView

  /// Reads the ICMPv6 message that `bytes` hold; type and checksum are taken for granted. What
  /// follows the last record is left alone.
  ///
  /// Throws `WireError.truncated` when the message ends before its records do.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.records else {
      throw .truncated(
        layer: .multicastListenerReport, needed: Offset.records, available: bytes.byteCount,
        lengthFrom: .format, offset: 0)
    }
    let count = Int(bytes.u16(Offset.recordCount))
    do throws(WireError) {
      records = try MulticastAddressRecordsView(bytes.slice(from: Offset.records), count: count)
    } catch {
      throw error.shifted(by: Offset.records)
    }
    span = bytes
  }

  /// What follows the checksum.
  @inlinable public var flags: UInt16 { span.u16(Offset.flags) }

  /// How many records there are.
  @inlinable public var recordCount: Int { Int(span.u16(Offset.recordCount)) }
}
