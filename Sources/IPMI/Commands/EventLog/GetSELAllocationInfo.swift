/// Asks how the log's memory is cut. IPMI 2.0, section 31.3.
public struct GetSELAllocationInfo: IPMIRequest {
  /// Storage 41h.
  public static let identity = CommandIdentity(.storage, 0x41, "Get SEL Allocation Info", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// The units: 9 bytes.
  public struct Response: IPMIResponse {
    /// How many units there are; 0 for unspecified.
    public var units: UInt16
    /// How many bytes a unit has; 0 for unspecified.
    public var unitBytes: UInt16
    /// How many units are free.
    public var freeUnits: UInt16
    /// How many units the largest free block has.
    public var largestFree: UInt16
    /// How many units a record has at most.
    public var largestRecord: UInt8

    /// The response.
    public init(
      units: UInt16, unitBytes: UInt16, freeUnits: UInt16, largestFree: UInt16, largestRecord: UInt8
    ) {
      self.units = units
      self.unitBytes = unitBytes
      self.freeUnits = freeUnits
      self.largestFree = largestFree
      self.largestRecord = largestRecord
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSELAllocationInfo.responseReader(data)
      units = try reader.u16()
      unitBytes = try reader.u16()
      freeUnits = try reader.u16()
      largestFree = try reader.u16()
      largestRecord = try reader.u8()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: units)
      data.append(littleEndian: unitBytes)
      data.append(littleEndian: freeUnits)
      data.append(littleEndian: largestFree)
      data.append(largestRecord)
    }
  }
}
