/// Asks for a record of the log. IPMI 2.0, section 31.5.
public struct GetSELEntry: IPMIRequest {
  /// Storage 43h.
  public static let identity = CommandIdentity(.storage, 0x43, "Get SEL Entry", .user)

  /// From Reserve SEL; 0 where none is needed.
  public var reservation: UInt16
  /// The record: 0 is the first, FFFFh the last.
  public var recordID: UInt16
  /// From which byte of the record on.
  public var offset: UInt8
  /// How many bytes; FFh for the whole record.
  public var count: UInt8

  /// The request.
  public init(reservation: UInt16, recordID: UInt16, offset: UInt8, count: UInt8) {
    self.reservation = reservation
    self.recordID = recordID
    self.offset = offset
    self.count = count
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    reservation = try reader.u16()
    recordID = try reader.u16()
    offset = try reader.u8()
    count = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(littleEndian: reservation)
    data.append(littleEndian: recordID)
    data.append(offset)
    data.append(count)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x81: "the log is being erased"
    default: nil
    }
  }

  /// The request for a whole record, which needs no reservation.
  public init(recordID: UInt16) {
    self.init(reservation: 0, recordID: recordID, offset: 0, count: 0xff)
  }

  /// The record: 2 bytes and those asked for.
  public struct Response: IPMIResponse {
    /// The record after it; FFFFh when it is the last.
    public var nextRecordID: UInt16
    /// The bytes of the record that were asked for.
    public var recordData: [UInt8]

    /// The response.
    public init(nextRecordID: UInt16, recordData: [UInt8]) {
      self.nextRecordID = nextRecordID
      self.recordData = recordData
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSELEntry.responseReader(data)
      nextRecordID = try reader.u16()
      recordData = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: nextRecordID)
      data += recordData
    }

    /// The record, when the whole was asked for. Throws `IPMIError` when its bytes are fewer than 16.
    public func record() throws(IPMIError) -> SystemEventRecord {
      try SystemEventRecord(parsing: recordData.messageBytes)
    }
  }
}
