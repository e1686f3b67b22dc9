internal import LinkLayer
internal import Sockets

extension ProxyHeader {
  /// What the first bytes of a connection are.
  public enum Parse: Hashable, Sendable {
    /// A header so far; so many bytes more are needed at least.
    case incomplete(atLeast: Int)
    /// A header of so many bytes. What follows is the connection's own.
    case complete(ProxyHeader, byteCount: Int)
  }

  /// The longest header of version 2 that is read unless told otherwise.
  public static let usualLimit = 4096

  /// Reads a header at the beginning of `bytes`. It is told by its first bytes which version it has.
  ///
  /// - Parameter limit: how long it may be, at most.
  /// - Throws: as soon as it can be no header, however few bytes there are.
  public static func parse(
    _ bytes: [UInt8], limit: Int = ProxyHeader.usualLimit
  ) throws(ProxyHeaderError) -> Parse {
    guard let first = bytes.first else { return .incomplete(atLeast: 1) }
    if first == signature[0] {
      guard signature.starts(with: bytes.prefix(signature.count)) else { throw .noSignature }
      return try BinaryHeader(bytes).parse(limit: limit)
    }
    let word = Array("PROXY ".utf8)
    guard word.starts(with: bytes.prefix(word.count)) else { throw .noSignature }
    return try parseLine(bytes)
  }

  // MARK: Version 1

  /// `PROXY TCP4 192.0.2.1 192.0.2.2 56324 443` CR LF.
  private static func parseLine(_ bytes: [UInt8]) throws(ProxyHeaderError) -> Parse {
    let line = bytes.prefix(longestLine)
    guard let end = line.firstIndex(of: UInt8(ascii: "\r")) else {
      guard line.count < longestLine else { throw .lineTooLong }
      return .incomplete(atLeast: 2)
    }
    guard end + 1 < longestLine else { throw .lineTooLong }
    guard end + 1 < bytes.count else { return .incomplete(atLeast: 1) }
    guard bytes[end + 1] == UInt8(ascii: "\n") else { throw .malformedLine }
    let words = bytes[..<end].split(
      separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
    return .complete(ProxyHeader(try ends(words)), byteCount: end + 2)
  }

  private static func ends(
    _ words: [ArraySlice<UInt8>]
  ) throws(ProxyHeaderError) -> Ends? {
    let texts = words.map { String(decoding: $0, as: UTF8.self) }
    guard texts.count >= 2 else { throw .malformedLine }
    // Whatever follows is to be passed over.
    if texts[1] == "UNKNOWN" { return nil }
    guard texts.count == 6, texts[1] == "TCP4" || texts[1] == "TCP6",
      let source = end(texts[2], texts[4], isIPv6: texts[1] == "TCP6"),
      let destination = end(texts[3], texts[5], isIPv6: texts[1] == "TCP6")
    else { throw .malformedLine }
    return Ends(from: source, to: destination)
  }

  private static func end(
    _ address: String, _ port: String, isIPv6: Bool
  ) -> SocketAddress? {
    guard let address = IPAddress(address), address.isIPv6 == isIPv6, let port = number(port)
    else { return nil }
    return .internet(InternetAddress(address, port: port))
  }

  /// A port in decimal without sign or leading zero.
  private static func number(_ text: String) -> UInt16? {
    let isPlain = text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    guard isPlain, text == "0" || text.utf8.first != UInt8(ascii: "0") else { return nil }
    return UInt16(text)
  }
}

/// Version 2:
///
///      0                   1                   2                   3
///      0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
///     +---------------------------------------------------------------+
///     |      0D 0A 0D 0A 00 0D 0A 51 55 49 54 0A  (12 bytes)          |
///     +-------+-------+-------+-------+-------------------------------+
///     |version|command|family |transp.|   length of what follows      |
///     +-------+-------+-------+-------+-------------------------------+
///     |  source and destination addresses, then ports  (12, 36, 216)  |
///     +---------------------------------------------------------------+
///     |  fields: type (1), length (2), value                          |
///     +---------------------------------------------------------------+
private struct BinaryHeader {
  private let bytes: [UInt8]

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  private static let commandOffset = 12
  private static let familyOffset = 13
  private static let lengthOffset = 14

  func parse(limit: Int) throws(ProxyHeaderError) -> ProxyHeader.Parse {
    let fixed = ProxyHeader.fixedByteCount
    guard bytes.count >= fixed else { return .incomplete(atLeast: fixed - bytes.count) }
    let total = fixed + u16(Self.lengthOffset)
    guard total <= limit else { throw .tooLong(total) }
    let isLocal = try command() == 0
    let (family, transport) = try protocolCode()
    guard bytes.count >= total else { return .incomplete(atLeast: total - bytes.count) }
    let addressByteCount = Self.addressByteCount(family)
    // LOCAL: whatever follows is to be passed over.
    if isLocal { return .complete(ProxyHeader(nil, isLocal: true), byteCount: total) }
    guard fixed + addressByteCount <= total else {
      throw .tooShort(needed: addressByteCount, available: total - fixed, offset: fixed)
    }
    let fields = try fields(from: fixed + addressByteCount, to: total)
    try check(fields, total)
    let header = ProxyHeader(ends(family, transport), fields: fields.map(\.field))
    return .complete(header, byteCount: total)
  }

  private func command() throws(ProxyHeaderError) -> UInt8 {
    let byte = bytes[Self.commandOffset]
    guard byte >> 4 == 2, byte & 0xf <= 1 else {
      throw .unknownValue(byte, offset: Self.commandOffset)
    }
    return byte & 0xf
  }

  private func protocolCode() throws(ProxyHeaderError) -> (family: UInt8, transport: UInt8) {
    let byte = bytes[Self.familyOffset]
    guard byte >> 4 <= 3, byte & 0xf <= 2 else {
      throw .unknownValue(byte, offset: Self.familyOffset)
    }
    return (byte >> 4, byte & 0xf)
  }

  private static func addressByteCount(_ family: UInt8) -> Int {
    switch family {
    case 1: 12
    case 2: 36
    case 3: 216
    default: 0
    }
  }

  private func ends(_ family: UInt8, _ transport: UInt8) -> ProxyHeader.Ends? {
    guard let transport = ProxyHeader.Transport(rawValue: transport) else { return nil }
    let start = ProxyHeader.fixedByteCount
    let addresses: (SocketAddress, SocketAddress)
    switch family {
    case 1:
      addresses = (
        internet(start, 4, port: start + 8), internet(start + 4, 4, port: start + 10)
      )
    case 2:
      addresses = (
        internet(start, 16, port: start + 32), internet(start + 16, 16, port: start + 34)
      )
    case 3: addresses = (unix(start), unix(start + 108))
    default: return nil
    }
    return ProxyHeader.Ends(transport: transport, from: addresses.0, to: addresses.1)
  }

  private func internet(_ offset: Int, _ count: Int, port: Int) -> SocketAddress {
    let address = IPAddress(bytes: Array(bytes[offset..<(offset + count)]))
    return .internet(
      InternetAddress(address ?? .v4(.unspecified), port: UInt16(truncatingIfNeeded: u16(port))))
  }

  private func unix(_ offset: Int) -> SocketAddress {
    let path = bytes[offset..<(offset + 108)]
    guard path.first == 0 else {
      return .unix(path: String(decoding: path.prefix { $0 != 0 }, as: UTF8.self))
    }
    let name = path.dropFirst().prefix { $0 != 0 }
    return .unix(path: name.isEmpty ? "" : "@" + String(decoding: name, as: UTF8.self))
  }

  private func fields(
    from start: Int, to end: Int
  ) throws(ProxyHeaderError) -> [(field: ProxyHeader.Field, offset: Int)] {
    var fields: [(field: ProxyHeader.Field, offset: Int)] = []
    var offset = start
    while offset < end {
      guard end - offset >= 3 else {
        throw .tooShort(needed: 3, available: end - offset, offset: offset)
      }
      let count = u16(offset + 1)
      guard end - offset - 3 >= count else {
        throw .tooShort(needed: 3 + count, available: end - offset, offset: offset)
      }
      let value = Array(bytes[(offset + 3)..<(offset + 3 + count)])
      fields.append((ProxyHeader.Field(type: bytes[offset], value: value), offset))
      offset += 3 + count
    }
    return fields
  }

  /// If there is a checksum it must be right: that of the header with zeros in its place.
  private func check(
    _ fields: [(field: ProxyHeader.Field, offset: Int)], _ total: Int
  ) throws(ProxyHeaderError) {
    guard let (field, offset) = fields.first(where: { $0.field.type == ProxyHeader.Field.checksum })
    else { return }
    guard field.value.count == 4 else {
      throw .tooShort(needed: 7, available: 3 + field.value.count, offset: offset)
    }
    var header = Array(bytes[..<total])
    for index in 0..<4 { header[offset + 3 + index] = 0 }
    let sum = CRC32C.checksum(header)
    let stored = field.value.reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
    guard sum == stored else { throw .wrongChecksum }
  }

  private func u16(_ offset: Int) -> Int {
    Int(bytes[offset]) << 8 | Int(bytes[offset + 1])
  }
}
