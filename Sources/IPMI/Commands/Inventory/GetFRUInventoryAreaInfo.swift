/// Asks how large a unit's inventory is. IPMI 2.0, section 34.1.
public struct GetFRUInventoryAreaInfo: IPMIRequest {
  /// Storage 10h.
  public static let identity = CommandIdentity(
    .storage, 0x10, "Get FRU Inventory Area Info", .user)

  /// Which unit's inventory: 0 is the controller's own.
  public var device: UInt8

  /// The request.
  public init(device: UInt8) {
    self.device = device
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    device = try reader.u8()
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(device)
  }

  /// The inventory's size: 3 bytes.
  public struct Response: IPMIResponse {
    /// How many bytes it has.
    public var byteCount: UInt16
    /// Whether offsets and counts are of words of 2 bytes.
    public var isAccessedInWords: Bool

    /// The response.
    public init(byteCount: UInt16, isAccessedInWords: Bool = false) {
      self.byteCount = byteCount
      self.isAccessedInWords = isAccessedInWords
    }

    /// Reads the response's 3 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetFRUInventoryAreaInfo.responseReader(data)
      byteCount = try reader.u16()
      isAccessedInWords = try reader.u8() & 1 != 0
    }

    /// Appends the response's 3 bytes.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: byteCount)
      data.append(isAccessedInWords ? 1 : 0)
    }
  }
}
