/// Asks how the sensor data repository is. IPMI 2.0, section 33.9.
public struct GetSDRRepositoryInfo: IPMIRequest {
  /// Storage 20h.
  public static let identity = CommandIdentity(.storage, 0x20, "Get SDR Repository Info", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// How the repository is: 14 bytes.
  public struct Response: IPMIResponse {
    /// The version of the records: 51h.
    public var version: UInt8
    /// How many records there are.
    public var records: UInt16
    /// How many bytes are free; FFFFh for unspecified, FFFEh for that many or more.
    public var freeBytes: UInt16
    /// When a record was added last, in seconds since 1970.
    public var lastAddition: UInt32
    /// When records were erased last, in seconds since 1970.
    public var lastErase: UInt32
    /// What the repository can do, and whether it overflowed.
    public var support: SDRRepositorySupport

    /// The response.
    public init(
      version: UInt8, records: UInt16, freeBytes: UInt16, lastAddition: UInt32, lastErase: UInt32,
      support: SDRRepositorySupport
    ) {
      self.version = version
      self.records = records
      self.freeBytes = freeBytes
      self.lastAddition = lastAddition
      self.lastErase = lastErase
      self.support = support
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSDRRepositoryInfo.responseReader(data)
      version = try reader.u8()
      records = try reader.u16()
      freeBytes = try reader.u16()
      lastAddition = try reader.u32()
      lastErase = try reader.u32()
      support = try reader.flags()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(version)
      data.append(littleEndian: records)
      data.append(littleEndian: freeBytes)
      data.append(littleEndian: lastAddition)
      data.append(littleEndian: lastErase)
      data.append(support.rawValue)
    }
  }
}
