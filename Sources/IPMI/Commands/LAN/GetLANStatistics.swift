/// Asks how many packets a channel has had, and may set the counters to 0. IPMI 2.0, section 23.4.
public struct GetLANStatistics: IPMIRequest {
  /// Transport 04h.
  public static let identity = CommandIdentity(
    .transport, 0x04, "Get IP/UDP/RMCP Statistics", .user)

  /// Which channel.
  public var channel: ChannelNumber
  /// Whether the counters are 0 afterwards.
  public var clears: Bool

  /// The request.
  public init(channel: ChannelNumber, clears: Bool = false) {
    self.channel = channel
    self.clears = clears
  }

  /// Reads the request's 2 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    channel = ChannelNumber(rawValue: try reader.u8())
    clears = try reader.u8() & 1 != 0
  }

  /// Appends the request's 2 bytes.
  public func append(to data: inout [UInt8]) {
    data += [channel.rawValue, clears ? 1 : 0]
  }

  /// The counters: 18 bytes. They stay at FFFFh when they get there.
  public struct Response: IPMIResponse {
    /// IP packets that came.
    public var received: UInt16
    /// Of those, packets with a wrong header.
    public var headerErrors: UInt16
    /// Of those, packets for another address.
    public var addressErrors: UInt16
    /// Of those, fragments.
    public var fragments: UInt16
    /// IP packets that were sent.
    public var transmitted: UInt16
    /// UDP packets that came.
    public var datagrams: UInt16
    /// RMCP packets that came and were right.
    public var valid: UInt16
    /// Packets that came for the UDP proxy.
    public var proxied: UInt16
    /// Of those, packets that it dropped.
    public var proxyDropped: UInt16

    /// The response, all counters 0.
    public init() {
      (received, headerErrors, addressErrors, fragments) = (0, 0, 0, 0)
      (transmitted, datagrams, valid, proxied, proxyDropped) = (0, 0, 0, 0, 0)
    }

    /// Reads the response's 18 bytes.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetLANStatistics.responseReader(data)
      received = try reader.u16()
      headerErrors = try reader.u16()
      addressErrors = try reader.u16()
      fragments = try reader.u16()
      transmitted = try reader.u16()
      datagrams = try reader.u16()
      valid = try reader.u16()
      proxied = try reader.u16()
      proxyDropped = try reader.u16()
    }

    /// Appends the response's 18 bytes.
    public func append(to data: inout [UInt8]) {
      for counter in [
        received, headerErrors, addressErrors, fragments, transmitted, datagrams, valid, proxied,
        proxyDropped,
      ] {
        data.append(littleEndian: counter)
      }
    }
  }
}
