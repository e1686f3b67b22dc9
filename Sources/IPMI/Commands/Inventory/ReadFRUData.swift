/// Reads inventory. Controllers refuse more than they can send with CAh: then less is asked for.
/// IPMI 2.0, section 34.2.
public struct ReadFRUData: IPMIRequest {
  /// Storage 11h.
  public static let identity = CommandIdentity(.storage, 0x11, "Read FRU Data", .user)

  /// Which unit's inventory: 0 is the controller's own.
  public var device: UInt8
  /// From where on, in bytes or words as the area is accessed.
  public var offset: UInt16
  /// How much.
  public var count: UInt8

  /// The request.
  public init(device: UInt8, offset: UInt16, count: UInt8) {
    self.device = device
    self.offset = offset
    self.count = count
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    device = try reader.u8()
    offset = try reader.u16()
    count = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(device)
    data.append(littleEndian: offset)
    data.append(count)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x81: "the inventory is busy"
    default: nil
    }
  }

  /// What was read: a count and bytes.
  public struct Response: IPMIResponse {
    /// How much was read, in bytes or words as the area is accessed.
    public var count: UInt8
    /// What was read.
    public var inventoryData: [UInt8]

    /// The response for an area that is accessed in bytes: up to 255 of them.
    public init(inventoryData: [UInt8]) {
      self.inventoryData = Array(inventoryData.prefix(255))
      count = UInt8(truncatingIfNeeded: self.inventoryData.count)
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = ReadFRUData.responseReader(data)
      count = try reader.u8()
      inventoryData = reader.rest()
      guard inventoryData.count >= Int(count) else {
        throw .truncated(
          layer: .command(ReadFRUData.networkFunction.response, ReadFRUData.command),
          needed: 1 + Int(count), available: data.byteCount, lengthFrom: .field(offset: 0))
      }
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(count)
      data += inventoryData
    }
  }
}
