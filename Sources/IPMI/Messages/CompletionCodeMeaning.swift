extension CompletionCode: CustomStringConvertible {
  /// The words of the generic codes, and for the others whose they are; without the number. What a
  /// command's own code means, its request type knows (`IPMIRequest.meaning(of:)`).
  public var meaning: String {
    if let words = Self.genericMeaning[rawValue] { return words }
    switch rawValue {
    case 0x01...0x7e: return "a reason of the manufacturer's own"
    case 0x80...0xbe: return "a reason of this command's own"
    default: return "a reason that the specification does not name"
    }
  }

  /// The words and the number, such as `node busy (C0h)`.
  public var description: String { "\(meaning) (\(hexadecimal(rawValue, uppercase: true))h)" }

  private static let genericMeaning: [UInt8: String] = [
    0x00: "completed",
    0xc0: "node busy",
    0xc1: "unknown command",
    0xc2: "command not valid for this logical unit",
    0xc3: "timeout while the command was processed",
    0xc4: "out of space",
    0xc5: "reservation cancelled or invalid",
    0xc6: "request data truncated",
    0xc7: "request data length invalid",
    0xc8: "request data length limit exceeded",
    0xc9: "parameter out of range",
    0xca: "cannot return the number of requested bytes",
    0xcb: "requested sensor, data or record not present",
    0xcc: "invalid data field in the request",
    0xcd: "command illegal for this sensor or record type",
    0xce: "response could not be provided",
    0xcf: "duplicated request",
    0xd0: "the sensor data repository is being updated",
    0xd1: "the firmware is being updated",
    0xd2: "the controller is initializing",
    0xd3: "destination unavailable",
    0xd4: "insufficient privilege level",
    0xd5: "not supported in the present state",
    0xd6: "subfunction disabled or unavailable",
    0xff: "unspecified error",
  ]
}
