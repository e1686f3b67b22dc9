/// The digits of `value`, at least `digits` of them.
func hexadecimal(_ value: some BinaryInteger, digits: Int = 2, uppercase: Bool = false) -> String {
  let text = String(value, radix: 16, uppercase: uppercase)
  return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
}

/// What ipmitool prints for a number that none of its tables names.
func unknownText(_ value: some BinaryInteger) -> String {
  "Unknown (0x\(hexadecimal(value, uppercase: true)))"
}
