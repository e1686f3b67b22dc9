public import LinkLayer

/// What a scan heard on the way.
public enum ScanReport: Hashable, Sendable {
  /// A host answered for the first time.
  case host(ScannedHost)
  /// The station that had answered first for an address did so again; the answer has this number.
  case again(ScannedHost, number: Int)
  /// Another station than the first answered for an address; the answer has this number.
  case duplicate(ScannedHost, first: HardwareAddress, number: Int)
}

/// A host, as an answer tells it.
public struct ScannedHost: Hashable, Sendable {
  /// Its address.
  public var address: IPAddress
  /// The station that has the address.
  public var station: HardwareAddress
  /// The time from the last question to this answer; nil when that is not known any more, or when the
  /// host spoke without having been asked.
  public var roundTrip: Duration?

  /// A host of these fields.
  public init(address: IPAddress, station: HardwareAddress, roundTrip: Duration? = nil) {
    self.address = address
    self.station = station
    self.roundTrip = roundTrip
  }
}

/// How a scan ended.
public struct ScanOutcome: Hashable, Sendable {
  /// How many addresses were to be asked.
  public var addresses = 0
  /// How many questions were sent.
  public var questions = 0
  /// How many addresses answered.
  public var hosts = 0
  /// For how many of them more than one station answered.
  public var duplicates = 0
  /// Whether it was stopped from outside.
  public var wasStopped = false

  /// The outcome of a scan that asked nothing.
  public init() {}
}
