/// Asks how the system event log is. IPMI 2.0, section 31.2.
public struct GetSELInfo: IPMIRequest {
  /// Storage 40h.
  public static let identity = CommandIdentity(.storage, 0x40, "Get SEL Info", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x81: "the log is being erased"
    default: nil
    }
  }

  /// How the log is: 14 bytes.
  public struct Response: IPMIResponse {
    /// The version of the log: 51h.
    public var version: UInt8
    /// How many records there are.
    public var entries: UInt16
    /// How many bytes are free; FFFFh for that many or more.
    public var freeBytes: UInt16
    /// When a record was added last, in seconds since 1970; FFFFFFFFh for never.
    public var lastAddition: UInt32
    /// When records were erased last, in seconds since 1970; FFFFFFFFh for never.
    public var lastErase: UInt32
    /// What the log can do, and whether it overflowed.
    public var support: SELSupport

    /// The response.
    public init(
      version: UInt8, entries: UInt16, freeBytes: UInt16, lastAddition: UInt32, lastErase: UInt32,
      support: SELSupport
    ) {
      self.version = version
      self.entries = entries
      self.freeBytes = freeBytes
      self.lastAddition = lastAddition
      self.lastErase = lastErase
      self.support = support
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSELInfo.responseReader(data)
      version = try reader.u8()
      entries = try reader.u16()
      freeBytes = try reader.u16()
      lastAddition = try reader.u32()
      lastErase = try reader.u32()
      support = try reader.flags()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(version)
      data.append(littleEndian: entries)
      data.append(littleEndian: freeBytes)
      data.append(littleEndian: lastAddition)
      data.append(littleEndian: lastErase)
      data.append(support.rawValue)
    }
  }
}
