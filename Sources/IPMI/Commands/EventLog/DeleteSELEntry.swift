/// Deletes a record of the log. IPMI 2.0, section 31.8.
public struct DeleteSELEntry: IPMIRequest {
  /// Storage 46h.
  public static let identity = CommandIdentity(.storage, 0x46, "Delete SEL Entry", .operator)

  /// From Reserve SEL; 0 where none is needed.
  public var reservation: UInt16
  /// The record: 0 is the first, FFFFh the last.
  public var recordID: UInt16

  /// The request.
  public init(reservation: UInt16, recordID: UInt16) {
    self.reservation = reservation
    self.recordID = recordID
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    reservation = try reader.u16()
    recordID = try reader.u16()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(littleEndian: reservation)
    data.append(littleEndian: recordID)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "not supported for this record type"
    case 0x81: "the log is being erased"
    default: nil
    }
  }

  /// The record: 2 bytes.
  public struct Response: IPMIResponse {
    /// The record that was deleted.
    public var recordID: UInt16

    /// The response.
    public init(recordID: UInt16) {
      self.recordID = recordID
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = DeleteSELEntry.responseReader(data)
      recordID = try reader.u16()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: recordID)
    }
  }
}
