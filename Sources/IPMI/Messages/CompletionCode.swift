/// How a command ended: the first data byte of every response. IPMI 2.0, table 5-2.
public struct CompletionCode: RawRepresentable, Hashable, Sendable, Error {
  /// The byte.
  public let rawValue: UInt8

  /// The completion code of this byte.
  @inlinable public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// The command was done.
  public static let completed = CompletionCode(rawValue: 0x00)
  /// The controller is busy: ask again.
  public static let nodeBusy = CompletionCode(rawValue: 0xc0)
  /// The controller does not know the command.
  public static let invalidCommand = CompletionCode(rawValue: 0xc1)
  /// The command is not valid for this logical unit.
  public static let invalidForLUN = CompletionCode(rawValue: 0xc2)
  /// The controller took too long with it.
  public static let timeout = CompletionCode(rawValue: 0xc3)
  /// The controller has no room for it.
  public static let outOfSpace = CompletionCode(rawValue: 0xc4)
  /// The reservation was cancelled or never made.
  public static let invalidReservation = CompletionCode(rawValue: 0xc5)
  /// The data was cut.
  public static let dataTruncated = CompletionCode(rawValue: 0xc6)
  /// The data's length is not the command's.
  public static let lengthInvalid = CompletionCode(rawValue: 0xc7)
  /// The data is longer than the controller takes.
  public static let lengthLimitExceeded = CompletionCode(rawValue: 0xc8)
  /// A parameter is out of its range.
  public static let parameterOutOfRange = CompletionCode(rawValue: 0xc9)
  /// The requested number of data bytes cannot be returned.
  public static let cannotReturnBytes = CompletionCode(rawValue: 0xca)
  /// The sensor, data or record asked for is not there.
  public static let notPresent = CompletionCode(rawValue: 0xcb)
  /// A data field is not valid.
  public static let invalidDataField = CompletionCode(rawValue: 0xcc)
  /// The command is not allowed for this sensor or record type.
  public static let illegalCommand = CompletionCode(rawValue: 0xcd)
  /// The response could not be provided.
  public static let noResponse = CompletionCode(rawValue: 0xce)
  /// The request is a duplicate that cannot be done twice.
  public static let duplicateRequest = CompletionCode(rawValue: 0xcf)
  /// The SDR repository is being updated.
  public static let repositoryInUpdate = CompletionCode(rawValue: 0xd0)
  /// The controller's firmware is being updated.
  public static let firmwareInUpdate = CompletionCode(rawValue: 0xd1)
  /// The controller is starting.
  public static let initializing = CompletionCode(rawValue: 0xd2)
  /// The destination is not there.
  public static let destinationUnavailable = CompletionCode(rawValue: 0xd3)
  /// The session may not do this.
  public static let insufficientPrivilege = CompletionCode(rawValue: 0xd4)
  /// The command cannot be done in the present state.
  public static let notSupportedInState = CompletionCode(rawValue: 0xd5)
  /// The command's subfunction is disabled or not there.
  public static let subfunctionUnavailable = CompletionCode(rawValue: 0xd6)
  /// No reason is given.
  public static let unspecified = CompletionCode(rawValue: 0xff)
}
