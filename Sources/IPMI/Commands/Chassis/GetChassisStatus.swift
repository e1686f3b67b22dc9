/// Asks how the chassis is: above all, whether its power is on. IPMI 2.0, section 28.2.
public struct GetChassisStatus: IPMIRequest {
  /// Chassis 01h. A session has the level for it from its start.
  public static let identity = CommandIdentity(.chassis, 0x01, "Get Chassis Status", .user)

  /// The request.
  public init() {}

  /// Reads nothing: the command has no data.
  public init(parsing data: RawSpan) throws(IPMIError) {}

  /// Appends nothing.
  public func append(to data: inout [UInt8]) {}

  /// How the chassis is: 3 bytes, or 4.
  ///
  ///     byte 0   bits 6:5 restore policy | bits 4:0 present power
  ///     byte 1   bits 4:0 last power event
  ///     byte 2   bit 6 tells identification | bits 5:4 identification | bits 3:0 miscellaneous
  ///     byte 3   bits 7:4 buttons that can be disabled | bits 3:0 buttons that are
  public struct Response: IPMIResponse {
    /// How power is now.
    public var power: PowerState
    /// What happens when mains power comes back.
    public var restorePolicy: PowerRestorePolicy
    /// What changed power last.
    public var lastEvent: LastPowerEvent
    /// What else is the matter.
    public var state: ChassisState
    /// Whether the chassis shows itself; nil when it does not say.
    public var identification: IdentifyState?
    /// What the buttons of its front do, if told.
    public var buttons: FrontPanelButtons?

    /// The response.
    public init(
      power: PowerState, restorePolicy: PowerRestorePolicy, lastEvent: LastPowerEvent = [],
      state: ChassisState = [], identification: IdentifyState? = nil,
      buttons: FrontPanelButtons? = nil
    ) {
      self.power = power
      self.restorePolicy = restorePolicy
      self.lastEvent = lastEvent
      self.state = state
      self.identification = identification
      self.buttons = buttons
    }

    /// Reads the response.
    public init(parsing data: RawSpan) throws(IPMIError) {
      var reader = GetChassisStatus.responseReader(data)
      let first = try reader.u8()
      power = PowerState(rawValue: first & 0x9f)
      restorePolicy = PowerRestorePolicy(rawValue: first >> 5 & 0x03)
      lastEvent = try reader.flags()
      let third = try reader.u8()
      state = ChassisState(rawValue: third & 0x8f)
      identification = third & 0x40 == 0 ? nil : IdentifyState(rawValue: third >> 4)
      buttons = try reader.u8IfPresent().map(FrontPanelButtons.init(rawValue:))
    }

    /// Appends the response.
    public func append(to data: inout [UInt8]) {
      data.append(power.rawValue & 0x9f | (restorePolicy.rawValue & 0x03) << 5)
      data.append(lastEvent.rawValue)
      data.append(
        state.rawValue & 0x8f | (identification.map { 0x40 | $0.rawValue << 4 } ?? 0))
      if let buttons { data.append(buttons.rawValue) }
    }

    /// Whether the system's power is on.
    public var isPowerOn: Bool { power.contains(.on) }
  }
}
