/// What is wrong with an address specification, in socat's words.
public enum AddressError: Error, Hashable, Sendable {
  /// The text ends within a quote or behind a backslash.
  case unexpectedEnd(String)
  /// There is no type of this name.
  case unknownAddress(String)
  /// An address of this name has another number of parameters; the second is in words.
  case parameters(keyword: String, found: Int, expected: String)
  /// TLS and proxies' addresses say the same in other words.
  case parametersRequired(keyword: String, count: Int)
  /// There is no option of this name.
  case unknownOption(String)
  /// The option belongs to addresses of other types.
  case misplacedOption(String)
  /// The option has no sense without a value.
  case valueRequired(String)
  /// The option takes none.
  case noValuePermitted(String)
  /// The value is not a number; the text is all of the option.
  case noNumber(String)
  /// Something stands behind the number.
  case trailingGarbage(String)
  /// The number does not fit.
  case numberTooLarge(String)
  /// So many values are wanted, with colons between them.
  case argumentsRequired(option: String, count: Int)
  /// The value is no binary data (socat's dalan: `x0102`, `"text"`, `i1`).
  case noData(String)
}

extension AddressError: CustomStringConvertible {
  /// One line, as socat has it in its log.
  public var description: String {
    switch self {
    case .unexpectedEnd(let text): "unexpected end of address \"\(text)\""
    case .unknownAddress(let word): "unknown device/address \"\(word)\""
    case .parameters(let keyword, let found, let expected):
      "\(keyword): wrong number of parameters (\(found) instead of \(expected))"
    case .parametersRequired(let keyword, let count):
      "\(keyword): \(count) parameter\(count == 1 ? "" : "s") required"
    case .unknownOption(let name): "parseopts_table(): unknown option \"\(name)\""
    case .misplacedOption(let name):
      "parseopts_table(): option \"\(name)\" not supported with this address type"
    case .valueRequired(let name): "option \"\(name)\": value required"
    case .noValuePermitted(let name): "no value permitted for option \"\(name)\""
    case .noNumber(let text): "parseopts(): missing numerical value of option \"\(text)\""
    case .trailingGarbage(let text):
      "parseopts(): trailing garbage in numerical arg of option \"\(text)\""
    case .numberTooLarge(let text): "parseopts(): number too large in option \"\(text)\""
    case .argumentsRequired(let option, let count):
      "option \"\(option)\": \(count) arguments required"
    case .noData(let text): "parseopts(): syntax error in data of option \"\(text)\""
    }
  }
}
