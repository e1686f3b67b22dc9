/// Writes inventory. IPMI 2.0, section 34.3.
public struct WriteFRUData: IPMIRequest {
  /// Storage 12h.
  public static let identity = CommandIdentity(.storage, 0x12, "Write FRU Data", .operator)

  /// Which unit's inventory: 0 is the controller's own.
  public var device: UInt8
  /// From where on, in bytes or words as the area is accessed.
  public var offset: UInt16
  /// What is written.
  public var inventoryData: [UInt8]

  /// The request.
  public init(device: UInt8, offset: UInt16, inventoryData: [UInt8]) {
    self.device = device
    self.offset = offset
    self.inventoryData = inventoryData
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    device = try reader.u8()
    offset = try reader.u16()
    inventoryData = reader.rest()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(device)
    data.append(littleEndian: offset)
    data += inventoryData
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "the offset is write-protected"
    case 0x81: "the inventory is busy"
    default: nil
    }
  }

  /// How much was written: a byte.
  public struct Response: IPMIResponse {
    /// How much was written.
    public var count: UInt8

    /// The response.
    public init(count: UInt8) {
      self.count = count
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = WriteFRUData.responseReader(data)
      count = try reader.u8()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(count)
    }
  }
}
