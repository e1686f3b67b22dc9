/// Asks for bytes of a record that the controller itself has, beside the repository's. IPMI 2.0, section 35.3.
public struct GetDeviceSDR: IPMIRequest {
  /// Sensor and event 21h.
  public static let identity = CommandIdentity(.sensorEvent, 0x21, "Get Device SDR", .user)

  /// From Reserve SDR Repository; 0 when whole records are read.
  public var reservation: UInt16
  /// The record: 0 is the first, FFFFh the last.
  public var recordID: UInt16
  /// From which byte of the record on.
  public var offset: UInt8
  /// How many bytes; FFh for all that are left.
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
      var reader = GetDeviceSDR.responseReader(data)
      nextRecordID = try reader.u16()
      recordData = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: nextRecordID)
      data += recordData
    }
  }
}
