/// Opens a payload in this session: serial over LAN, mostly. IPMI 2.0, section 24.1.
public struct ActivatePayload: IPMIRequest {
  /// Application 48h.
  public static let identity = CommandIdentity(.application, 0x48, "Activate Payload", .user)

  /// The payload.
  public var instance: PayloadInstance
  /// 4 bytes that mean what the payload type says; for serial over LAN see
  /// ``SerialOverLANActivation``.
  public var auxiliary: [UInt8]

  /// The request.
  public init(_ instance: PayloadInstance, auxiliary: [UInt8] = [0, 0, 0, 0]) {
    self.instance = instance
    self.auxiliary = auxiliary.fitted(to: 4)
  }

  /// The request for serial over LAN.
  public init(serialOverLAN activation: SerialOverLANActivation) {
    self.init(.serialOverLAN, auxiliary: [activation.rawValue, 0, 0, 0])
  }

  /// Reads the request's 6 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    instance = try PayloadInstance(reading: &reader)
    auxiliary = try reader.bytes(4)
  }

  /// Appends the request's 6 bytes.
  public func append(to data: inout [UInt8]) {
    data += instance.bytes
    data += auxiliary.fitted(to: 4)
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "the payload is already active in another session"
    case 0x81: "the payload type is disabled"
    case 0x82: "the payload has as many instances as it can have"
    case 0x83: "the payload cannot be activated with encryption"
    case 0x84: "the payload cannot be activated without encryption"
    default: nil
    }
  }

  /// How the payload goes: 12 bytes.
  public struct Response: IPMIResponse {
    /// 4 bytes that mean what the payload type says.
    public var auxiliary: [UInt8]
    /// How many bytes of payload the controller takes at most.
    public var inboundByteCount: UInt16
    /// How many bytes of payload the controller sends at most.
    public var outboundByteCount: UInt16
    /// The UDP port that the payload goes over.
    public var port: UInt16
    /// The VLAN that the payload goes over; FFFFh for none.
    public var vlan: UInt16

    /// The response.
    public init(
      auxiliary: [UInt8] = [0, 0, 0, 0], inboundByteCount: UInt16, outboundByteCount: UInt16,
      port: UInt16 = 623, vlan: UInt16 = 0xffff
    ) {
      self.auxiliary = auxiliary.fitted(to: 4)
      self.inboundByteCount = inboundByteCount
      self.outboundByteCount = outboundByteCount
      self.port = port
      self.vlan = vlan
    }

    /// Reads the response's 12 bytes; the VLAN may be missing.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = ActivatePayload.responseReader(data)
      auxiliary = try reader.bytes(4)
      inboundByteCount = try reader.u16()
      outboundByteCount = try reader.u16()
      port = try reader.u16()
      vlan = reader.remaining >= 2 ? try reader.u16() : 0xffff
    }

    /// Appends the response's 12 bytes.
    public func append(to data: inout [UInt8]) {
      data += auxiliary.fitted(to: 4)
      data.append(littleEndian: inboundByteCount)
      data.append(littleEndian: outboundByteCount)
      data.append(littleEndian: port)
      data.append(littleEndian: vlan)
    }
  }
}

/// How serial over LAN is to go: the first auxiliary byte of ``ActivatePayload``. IPMI 2.0, table
/// 24-2.
public struct SerialOverLANActivation: OptionSet, Hashable, Sendable {
  /// The bits.
  public let rawValue: UInt8
  /// The choices of these bits.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The handshake lines stay inactive while the payload starts, so that nothing is lost.
  public static let holdsHandshake = SerialOverLANActivation(rawValue: 1 << 1)
  /// Alerts that the same port would send are deferred.
  public static let defersAlerts = SerialOverLANActivation(rawValue: 1 << 2)
  /// A serial line's own alerts fail instead, when set with `defersAlerts`.
  public static let failsAlerts = SerialOverLANActivation(rawValue: 1 << 3)
  /// A test of the payload without the line.
  public static let testMode = SerialOverLANActivation(rawValue: 1 << 5)
  /// Packets are authenticated.
  public static let authenticates = SerialOverLANActivation(rawValue: 1 << 6)
  /// Packets are encrypted.
  public static let encrypts = SerialOverLANActivation(rawValue: 1 << 7)
}
