/// Reserves the controller's own records, so that they can be read in parts. IPMI 2.0, section 35.4.
public struct ReserveDeviceSDRRepository: IPMIRequest {
  /// Sensor and event 22h.
  public static let identity = CommandIdentity(
    .sensorEvent, 0x22, "Reserve Device SDR Repository", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

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
      var reader = ReserveDeviceSDRRepository.responseReader(data)
      reservation = try reader.u16()
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(littleEndian: reservation)
    }
  }
}
