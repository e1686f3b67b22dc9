/// Sets a part of the controller's name: up to 16 bytes; the last ends with a zero. DCMI 1.5, section 6.4.6.2.
public struct SetManagementControllerID: IPMIRequest {
  /// Group extension 0Ah of DCMI.
  public static let identity = CommandIdentity(
    .groupExtension, 0x0a, "Set Management Controller Identifier String", .administrator,
    definingBody: DCMI.body)

  /// From which byte on.
  public var offset: UInt8
  /// The bytes: up to 16.
  public var text: [UInt8]

  /// The request; `text` is cut to 16 bytes.
  public init(offset: UInt8, text: [UInt8]) {
    self.offset = offset
    self.text = Array(text.prefix(16))
  }

  /// Reads the request.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = try Self.groupRequestReader(data)
    offset = try reader.u8()
    let count = try reader.u8()
    guard count <= 16 else { throw reader.malformed(count) }
    text = try reader.bytes(Int(count), lengthFrom: .field(offset: 2))
  }

  /// Appends the request.
  public func append(to data: inout [UInt8]) {
    let text = text.prefix(16)
    data += [DCMI.body, offset, UInt8(truncatingIfNeeded: text.count)]
    data += text
  }

  /// How long it is: 2 bytes.
  public struct Response: IPMIResponse {
    /// How many bytes it has in all.
    public var totalCount: UInt8

    /// The response.
    public init(totalCount: UInt8) {
      self.totalCount = totalCount
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = try SetManagementControllerID.groupResponseReader(data)
      totalCount = try reader.u8()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(DCMI.body)
      data.append(totalCount)
    }
  }
}
