/// Erases the system event log, or asks how far that is. IPMI 2.0, section 31.9.
public struct ClearSEL: IPMIRequest {
  /// Storage 47h.
  public static let identity = CommandIdentity(.storage, 0x47, "Clear SEL", .operator)

  /// From Reserve SEL; 0 where none is needed.
  public var reservation: UInt16
  /// Whether erasing is begun, and not asked about.
  public var erases: Bool

  /// The request.
  public init(reservation: UInt16, erases: Bool) {
    self.reservation = reservation
    self.erases = erases
  }

  /// Reads the request's 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    reservation = try reader.u16()
    for letter in "CLR".utf8 {
      let byte = try reader.u8()
      guard byte == letter else { throw reader.malformed(byte) }
    }
    let operation = try reader.u8()
    switch operation {
    case 0xaa: erases = true
    case 0x00: erases = false
    default: throw reader.malformed(operation)
    }
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    data.append(littleEndian: reservation)
    data += "CLR".utf8
    data.append(erases ? 0xaa : 0x00)
  }

  /// How far erasing is: a byte.
  public struct Response: IPMIResponse {
    /// Whether the log is erased.
    public var isErased: Bool

    /// The response.
    public init(isErased: Bool) {
      self.isErased = isErased
    }

    /// Reads the response's byte.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = ClearSEL.responseReader(data)
      isErased = try reader.u8() & 0x0f == 1
    }

    /// Appends the response's byte.
    public func append(to data: inout [UInt8]) {
      data.append(isErased ? 1 : 0)
    }
  }
}
