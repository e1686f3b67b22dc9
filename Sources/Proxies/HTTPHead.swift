/// The first line and the fields of an HTTP/1 message (RFC 9112, sections 2 to 5), as far as a CONNECT needs
/// them.
public struct HTTPHead: Hashable, Sendable {
  /// The first line, without its end.
  public var line: String
  /// The fields in their order, values without spaces around.
  public var fields: [Field]

  /// One field.
  public struct Field: Hashable, Sendable {
    /// Its name, as it was written.
    public var name: String
    /// Its value.
    public var value: String

    /// A field.
    public init(_ name: String, _ value: String) {
      self.name = name
      self.value = value
    }
  }

  /// A head.
  public init(_ line: String, _ fields: [Field] = []) {
    self.line = line
    self.fields = fields
  }

  /// How many bytes a head may have.
  public static let limit = 16_384

  /// The value of the first field of this name, whatever its letters' case; nil when there is none.
  public func value(of name: String) -> String? {
    fields.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// The message, with the empty line at its end.
  public var bytes: [UInt8] {
    var text = line + "\r\n"
    for field in fields { text += "\(field.name): \(field.value)\r\n" }
    return Array((text + "\r\n").utf8)
  }

  /// Reads a head at the beginning of `bytes`. A line may end with LF alone (RFC 9112, section 2.2).
  public static func parse(_ bytes: [UInt8]) throws(ProxyFormatError) -> ProxyParse<HTTPHead> {
    var lines: [ArraySlice<UInt8>] = []
    var start = 0
    let searched = bytes.prefix(limit)
    while let end = searched[start...].firstIndex(of: UInt8(ascii: "\n")) {
      let line = trimmed(searched[start..<end])
      start = end + 1
      // Empty lines before the first one are passed over.
      if line.isEmpty, !lines.isEmpty { return .complete(try head(lines), byteCount: start) }
      if !line.isEmpty { lines.append(line) }
    }
    guard searched.count < limit else { throw .tooLong(field: "head", limit: limit, offset: 0) }
    return .incomplete(atLeast: 1)
  }

  private static func trimmed(_ line: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    line.last == UInt8(ascii: "\r") ? line.dropLast() : line
  }

  private static func head(_ lines: [ArraySlice<UInt8>]) throws(ProxyFormatError) -> HTTPHead {
    var head = HTTPHead(try text(lines[0]))
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")), colon > line.startIndex else {
        throw .malformedLine
      }
      let name = try text(line[..<colon])
      // No space before the colon (RFC 9112, section 5.1), nor a folded line.
      guard !name.contains(where: \.isWhitespace) else { throw .malformedLine }
      let value = line[line.index(after: colon)...]
      head.fields.append(Field(name, try text(strip(value))))
    }
    return head
  }

  private static func strip(_ value: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
    let value = value.drop(while: isBlank)
    guard let last = value.lastIndex(where: { !isBlank($0) }) else { return [] }
    return value[...last]
  }

  /// No control characters: they could end a line of somebody's log or terminal.
  private static func text(_ bytes: ArraySlice<UInt8>) throws(ProxyFormatError) -> String {
    guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }) else {
      throw .malformedLine
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
