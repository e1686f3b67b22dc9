/// A record of the system event log: 16 bytes. IPMI 2.0, section 32.
///
///     byte 0-1   record ID
///     byte 2     record type: 02h an event, C0h to DFh the manufacturer's with a time, E0h to FFh
///                the manufacturer's without
///     byte 3-15  what the type says
public struct SystemEventRecord: Hashable, Sendable {
  /// How many bytes a record has.
  public static let byteCount = 16

  /// The record's number.
  public var recordID: UInt16
  /// What the record holds.
  public var content: Content

  /// What a record holds.
  public enum Content: Hashable, Sendable {
    /// An event, and when, in seconds since 1970.
    case event(SystemEvent, time: UInt32)
    /// The manufacturer's, of type C0h to DFh: when, who (an IANA enterprise number), and 6 bytes.
    case oemTimestamped(type: UInt8, time: UInt32, manufacturerID: UInt32, data: [UInt8])
    /// The manufacturer's, of type E0h to FFh or of one that no version defines: 13 bytes.
    case other(type: UInt8, data: [UInt8])
  }

  /// A record.
  public init(recordID: UInt16, _ content: Content) {
    self.recordID = recordID
    self.content = content
  }

  /// Reads a record's 16 bytes. Throws `IPMIError.truncated`.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = MessageReader(data, as: .systemEventRecord)
    recordID = try reader.u16()
    let type = try reader.u8()
    switch type {
    case 0x02:
      let time = try reader.u32()
      content = .event(try SystemEvent(reading: &reader), time: time)
    case 0xc0...0xdf:
      content = .oemTimestamped(
        type: type, time: try reader.u32(), manufacturerID: try reader.u24(),
        data: try reader.bytes(6))
    default:
      content = .other(type: type, data: try reader.bytes(13))
    }
  }

  /// The record's 16 bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: recordID)
    switch content {
    case .event(let event, let time):
      bytes.append(0x02)
      bytes.append(littleEndian: time)
      bytes += event.bytes
    case .oemTimestamped(let type, let time, let manufacturerID, let data):
      bytes.append(type)
      bytes.append(littleEndian: time)
      bytes.append(littleEndian24: manufacturerID)
      bytes += data.fitted(to: 6)
    case .other(let type, let data):
      bytes.append(type)
      bytes += data.fitted(to: 13)
    }
    return bytes
  }
}
