/// Asks about a session. IPMI 2.0, section 22.20.
public struct GetSessionInfo: IPMIRequest {
  /// Which session is asked about.
  public enum Target: Hashable, Sendable {
    /// The one that the request comes in.
    case current
    /// The active one with this place in the list, 1 to 253.
    case index(UInt8)
    /// The one with this handle.
    case handle(UInt8)
    /// The one with this number.
    case sessionID(UInt32)
  }

  /// Application 3Dh.
  public static let identity = CommandIdentity(.application, 0x3d, "Get Session Info", .user)

  /// Which session is asked about.
  public var target: Target

  /// The request.
  public init(_ target: Target) {
    self.target = target
  }

  /// Reads the request's 1, 2 or 5 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let selector = try reader.u8()
    switch selector {
    case 0x00: target = .current
    case 0xfe: target = .handle(try reader.u8())
    case 0xff: target = .sessionID(try reader.u32())
    default: target = .index(selector)
    }
  }

  /// Appends the request's 1, 2 or 5 bytes.
  public func append(to data: inout [UInt8]) {
    switch target {
    case .current:
      data.append(0x00)
    case .index(let index):
      data.append(index)
    case .handle(let handle):
      data += [0xfe, handle]
    case .sessionID(let sessionID):
      data.append(0xff)
      data.append(littleEndian: sessionID)
    }
  }

  /// The session, and how many there are: 3 bytes, 6 or more when the session is active.
  public struct Response: IPMIResponse {
    /// The session's handle; 0 when there is no such session.
    public var handle: UInt8
    /// How many sessions there can be: 6 bits.
    public var possibleSessions: UInt8
    /// How many there are: 6 bits.
    public var activeSessions: UInt8
    /// The session itself, when it is active.
    public var session: ActiveSession?

    /// The response.
    public init(
      handle: UInt8, possibleSessions: UInt8, activeSessions: UInt8, session: ActiveSession?
    ) {
      self.handle = handle
      self.possibleSessions = possibleSessions & 0x3f
      self.activeSessions = activeSessions & 0x3f
      self.session = session
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetSessionInfo.responseReader(data)
      handle = try reader.u8()
      possibleSessions = try reader.u8() & 0x3f
      activeSessions = try reader.u8() & 0x3f
      session = reader.remaining > 0 ? try ActiveSession(reading: &reader) : nil
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data += [handle, possibleSessions & 0x3f, activeSessions & 0x3f]
      session?.append(to: &data)
    }
  }

  /// A session that is active. IPMI 2.0, table 22-25.
  public struct ActiveSession: Hashable, Sendable {
    /// Whose it is: 6 bits.
    public var userID: UInt8
    /// What it may do.
    public var privilege: PrivilegeLimit
    /// The channel's protocol: 0 for IPMI 1.5, 1 for RMCP+. 4 bits.
    public var sessionProtocol: UInt8
    /// The channel that it came by.
    public var channel: ChannelNumber
    /// Where the client is: what it means depends on the kind of channel.
    public var console: [UInt8]

    /// A session.
    public init(
      userID: UInt8, privilege: PrivilegeLimit, sessionProtocol: UInt8, channel: ChannelNumber,
      console: [UInt8]
    ) {
      self.userID = userID & 0x3f
      self.privilege = privilege
      self.sessionProtocol = sessionProtocol & 0x0f
      self.channel = channel
      self.console = console
    }

    /// The client's address, when the channel is a LAN.
    public var lanConsole: LANConsole? { LANConsole(console) }

    init(reading reader: inout MessageReader) throws(IPMIError) {
      userID = try reader.u8() & 0x3f
      privilege = PrivilegeLimit(rawValue: try reader.u8())
      let both = try reader.u8()
      sessionProtocol = both >> 4
      channel = ChannelNumber(rawValue: both)
      console = reader.rest()
    }

    func append(to data: inout [UInt8]) {
      data += [
        userID & 0x3f, privilege.rawValue, sessionProtocol << 4 | channel.rawValue,
      ]
      data += console
    }
  }

  /// Where a client on a LAN is: 12 bytes.
  public struct LANConsole: Hashable, Sendable {
    /// The IPv4 address: 4 bytes.
    public var address: [UInt8]
    /// The hardware address: 6 bytes.
    public var hardwareAddress: [UInt8]
    /// The UDP port.
    public var port: UInt16

    /// A client's place; the addresses are cut or filled with zeros to their widths.
    public init(address: [UInt8], hardwareAddress: [UInt8], port: UInt16) {
      self.address = address.fitted(to: 4)
      self.hardwareAddress = hardwareAddress.fitted(to: 6)
      self.port = port
    }

    /// The place that the 12 bytes tell; nil when they are fewer.
    init?(_ bytes: [UInt8]) {
      guard bytes.count >= 12 else { return nil }
      address = [UInt8](bytes[0..<4])
      hardwareAddress = [UInt8](bytes[4..<10])
      port = UInt16(bytes[11]) << 8 | UInt16(bytes[10])
    }

    /// The 12 bytes.
    public var bytes: [UInt8] {
      var bytes = address.fitted(to: 4) + hardwareAddress.fitted(to: 6)
      bytes.append(littleEndian: port)
      return bytes
    }
  }
}
