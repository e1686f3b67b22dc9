/// What an interface received and lost: an interface statistics block, draft section 4.6.
/// A value of nil means that the file does not say.
public struct InterfaceStatistics: Hashable, Sendable {
  /// When these figures were taken.
  public var timestamp: CaptureTimestamp
  /// When the capture started (isb_starttime).
  public var startTime: CaptureTimestamp?
  /// When the capture ended (isb_endtime).
  public var endTime: CaptureTimestamp?
  /// Frames that the interface received (isb_ifrecv).
  public var received: UInt64?
  /// Frames that the interface had no room for (isb_ifdrop).
  public var dropped: UInt64?
  /// Frames that the filter accepted (isb_filteraccept).
  public var accepted: UInt64?
  /// Frames that the operating system had no room for (isb_osdrop).
  public var droppedBySystem: UInt64?
  /// Frames that were handed to the program (isb_usrdeliv).
  public var delivered: UInt64?

  /// Figures taken at a time; the ones that are known are set afterwards.
  public init(timestamp: CaptureTimestamp) {
    self.timestamp = timestamp
  }
}
