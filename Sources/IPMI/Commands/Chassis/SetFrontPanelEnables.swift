/// Enables and disables the buttons of the front panel. IPMI 2.0, section 28.6.
public struct SetFrontPanelEnables: IPMIRequest {
  /// Chassis 0Ah.
  public static let identity = CommandIdentity(
    .chassis, 0x0a, "Set Front Panel Button Enables", .administrator)

  /// The buttons that shall be disabled: bits 3:0 count.
  public var buttons: FrontPanelButtons

  /// The request.
  public init(_ buttons: FrontPanelButtons) {
    self.buttons = FrontPanelButtons(rawValue: buttons.rawValue & 0x0f)
  }

  /// Reads the request's byte.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    buttons = FrontPanelButtons(rawValue: try reader.u8() & 0x0f)
  }

  /// Appends the request's byte.
  public func append(to data: inout [UInt8]) {
    data.append(buttons.rawValue & 0x0f)
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
