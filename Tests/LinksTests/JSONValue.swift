/// As much of JSON as iproute2 prints.
enum JSONValue: Equatable {
  case null
  case bool(Bool)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  struct Malformed: Error {
    var offset: Int
  }

  init(parsing bytes: [UInt8]) throws(Malformed) {
    var reader = JSONReader(bytes: bytes)
    self = try reader.value()
  }

  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  var string: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  var int: Int? {
    guard case .number(let number) = self else { return nil }
    return Int(exactly: number)
  }

  var bool: Bool? {
    guard case .bool(let bool) = self else { return nil }
    return bool
  }
}

private struct JSONReader {
  let bytes: [UInt8]
  var offset = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func value() throws(JSONValue.Malformed) -> JSONValue {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .array(try elements())
    case UInt8(ascii: "\""): return .string(try text())
    default: return try word()
    }
  }

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte <= UInt8(ascii: " ") { offset += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek == UInt8(ascii: character) else { return false }
    offset += 1
    return true
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(JSONValue.Malformed) {
    guard take(character) else { throw JSONValue.Malformed(offset: offset) }
  }

  private mutating func members() throws(JSONValue.Malformed) -> [String: JSONValue] {
    var members: [String: JSONValue] = [:]
    try expect("{")
    if take("}") { return members }
    repeat {
      skipSpace()
      let key = try text()
      try expect(":")
      members[key] = try value()
    } while take(",")
    try expect("}")
    return members
  }

  private mutating func elements() throws(JSONValue.Malformed) -> [JSONValue] {
    var elements: [JSONValue] = []
    try expect("[")
    if take("]") { return elements }
    repeat { elements.append(try value()) } while take(",")
    try expect("]")
    return elements
  }

  private mutating func text() throws(JSONValue.Malformed) -> String {
    guard peek == UInt8(ascii: "\"") else { throw JSONValue.Malformed(offset: offset) }
    offset += 1
    var text: [UInt8] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      // iproute2 escapes only quotes and backslashes in the names that tests use.
      if byte == UInt8(ascii: "\\") { offset += 1 }
      guard let character = peek else { break }
      text.append(character)
      offset += 1
    }
    offset += 1
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func word() throws(JSONValue.Malformed) -> JSONValue {
    let start = offset
    while let byte = peek, !",]} \n".utf8.contains(byte) { offset += 1 }
    switch String(decoding: bytes[start..<offset], as: UTF8.self) {
    case "true": return .bool(true)
    case "false": return .bool(false)
    case "null": return .null
    case let digits:
      guard let number = Double(digits) else { throw JSONValue.Malformed(offset: start) }
      return .number(number)
    }
  }
}
