/// Reserves the log, so that nobody else's change goes unseen. IPMI 2.0, section 31.4.
public struct ReserveSEL: IPMIRequest {
  /// Storage 42h.
  public static let identity = CommandIdentity(.storage, 0x42, "Reserve SEL", .user)

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

  /// The reservation: 2 bytes.
  public struct Response: IPMIResponse {
    /// The reservation.
    public var reservation: UInt16

    /// The response.
    public init(reservation: UInt16) {
      self.reservation = reservation
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = ReserveSEL.responseReader(data)
      reservation = try reader.u16()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: reservation)
    }
  }
}
