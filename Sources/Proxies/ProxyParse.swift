/// What the first bytes of a stream are.
public enum ProxyParse<Message> {
  /// A message so far; so many bytes more are needed at least.
  case incomplete(atLeast: Int)
  /// A message of so many bytes. What follows is not its own.
  case complete(Message, byteCount: Int)
}

extension ProxyParse: Equatable where Message: Equatable {}
extension ProxyParse: Hashable where Message: Hashable {}
extension ProxyParse: Sendable where Message: Sendable {}

/// Why bytes are no message of a proxy's protocol.
public enum ProxyFormatError: Error, Hashable, Sendable {
  /// A field that can have one value only has another one: the field's name in its specification, the value,
  /// and where it is.
  case wrongValue(field: String, UInt8, offset: Int)
  /// A field is longer than its limit, or has no end within it.
  case tooLong(field: String, limit: Int, offset: Int)
  /// A name is empty, or has bytes that no name has.
  case malformedName(offset: Int)
  /// A line of HTTP is not made as it should.
  case malformedLine
}

extension ProxyFormatError: CustomStringConvertible {
  /// One line.
  public var description: String {
    switch self {
    case .wrongValue(let field, let value, let offset):
      "\(field) is 0x\(String(value, radix: 16)) at byte \(offset)"
    case .tooLong(let field, let limit, let offset):
      "\(field) at byte \(offset) has no end within \(limit) bytes"
    case .malformedName(let offset): "the name at byte \(offset) is none"
    case .malformedLine: "a line of HTTP is malformed"
    }
  }
}
