import IPMI

extension CompletionCode {
  /// The code as ipmitool prints it.
  var text: String { Self.texts[rawValue] ?? unknownText(rawValue) }

  private static let texts: [UInt8: String] = [
    0x00: "Command completed normally",
    0xc0: "Node busy",
    0xc1: "Invalid command",
    0xc2: "Invalid command on LUN",
    0xc3: "Timeout",
    0xc4: "Out of space",
    0xc5: "Reservation cancelled or invalid",
    0xc6: "Request data truncated",
    0xc7: "Request data length invalid",
    0xc8: "Request data field length limit exceeded",
    0xc9: "Parameter out of range",
    0xca: "Cannot return number of requested data bytes",
    0xcb: "Requested sensor, data, or record not found",
    0xcc: "Invalid data field in request",
    0xcd: "Command illegal for specified sensor or record type",
    0xce: "Command response could not be provided",
    0xcf: "Cannot execute duplicated request",
    0xd0: "SDR Repository in update mode",
    0xd1: "Device firmeware in update mode",
    0xd2: "BMC initialization in progress",
    0xd3: "Destination unavailable",
    0xd4: "Insufficient privilege level",
    0xd5: "Command not supported in present state",
    0xd6: "Cannot execute command, command disabled",
    0xff: "Unspecified error",
  ]
}

/// What ipmitool prints for a number that none of its tables names.
func unknownText(_ value: some BinaryInteger) -> String {
  "Unknown (0x\(value.hexadecimal(uppercase: true)))"
}

extension BinaryInteger {
  /// The hexadecimal digits, at least `digits` of them.
  func hexadecimal(digits: Int = 2, uppercase: Bool = false) -> String {
    let text = String(self, radix: 16, uppercase: uppercase)
    return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
  }
}

extension Sequence<UInt8> {
  /// The bytes as ipmitool prints them in a row: two digits each, nothing between.
  var hexadecimal: String { map { $0.hexadecimal() }.joined() }
}
