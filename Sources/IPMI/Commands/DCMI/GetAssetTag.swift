/// Asks for a part of the asset tag: up to 16 bytes. DCMI 1.5, section 6.4.2.
public struct GetAssetTag: IPMIRequest {
  /// Group extension 06h of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x06, "Get Asset Tag", .user, definingBody: DCMI.body)

  /// From which byte on.
  public var offset: UInt8
  /// How many bytes: up to 16.
  public var count: UInt8

  /// The request.
  public init(offset: UInt8, count: UInt8) {
    self.offset = offset
    self.count = count
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    offset = try reader.u8()
    count = try reader.u8()
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
    data.append(offset)
    data.append(count)
  }

  /// The part: 2 bytes and those asked for.
  public struct Response: IPMIResponse {
    /// How many bytes it has in all.
    public var totalCount: UInt8
    /// The bytes that were asked for.
    public var text: [UInt8]

    /// The response.
    public init(totalCount: UInt8, text: [UInt8]) {
      self.totalCount = totalCount
      self.text = text
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try GetAssetTag.groupResponseReader(data)
      totalCount = try reader.u8()
      text = reader.rest()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(totalCount)
      data += text
    }
  }
}
