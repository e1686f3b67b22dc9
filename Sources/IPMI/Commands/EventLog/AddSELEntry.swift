/// Adds a record to the log; the controller numbers it. IPMI 2.0, section 31.6.
public struct AddSELEntry: IPMIRequest {
  /// Storage 44h.
  public static let identity = CommandIdentity(.storage, 0x44, "Add SEL Entry", .operator)

  /// The record: 16 bytes.
  public var recordData: [UInt8]

  /// The request.
  public init(recordData: [UInt8]) {
    self.recordData = recordData
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    recordData = try reader.bytes(16)
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data += recordData.fitted(to: 16)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "not supported for this record type"
    case 0x81: "the log is being erased"
    default: nil
    }
  }

  /// The record's number: 2 bytes.
  public struct Response: IPMIResponse {
    /// The record's number.
    public var recordID: UInt16

    /// The response.
    public init(recordID: UInt16) {
      self.recordID = recordID
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = AddSELEntry.responseReader(data)
      recordID = try reader.u16()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: recordID)
    }
  }
}
