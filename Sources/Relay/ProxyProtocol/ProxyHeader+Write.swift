internal import LinkLayer
internal import Sockets

extension ProxyHeader {
  /// The header's bytes in a version; ends that the version has no word for are told as unknown.
  ///
  /// - Parameter withChecksum: whether version 2 gets a CRC-32c field, in place of one in `fields`.
  public func bytes(_ version: Version, withChecksum: Bool = false) -> [UInt8] {
    switch version {
    case .v1: Array(line.utf8)
    case .v2: binary(withChecksum: withChecksum)
    }
  }

  private var line: String {
    guard let ends, ends.transport == .stream,
      let source = ends.source.internetAddress, let destination = ends.destination.internetAddress,
      source.family == destination.family
    else { return "PROXY UNKNOWN\r\n" }
    let family = source.family == .v4 ? "TCP4" : "TCP6"
    return
      "PROXY \(family) \(source.address) \(destination.address) \(source.port) \(destination.port)\r\n"
  }

  private func binary(withChecksum: Bool) -> [UInt8] {
    var result = Self.signature
    result.append(isLocal ? 0x20 : 0x21)
    let (code, addresses) = binaryEnds
    result.append(code)
    var rest = addresses
    for field in fields where !(withChecksum && field.type == Field.checksum) {
      // A field that does not fit any more is left out: the length has 16 bits.
      guard rest.count + 3 + field.value.count <= 65_535 - 7 else { continue }
      rest.append(field.type)
      Self.append(UInt16(field.value.count), to: &rest)
      rest += field.value
    }
    if withChecksum { rest += [Field.checksum, 0, 4, 0, 0, 0, 0] }
    Self.append(UInt16(rest.count), to: &result)
    result += rest
    if withChecksum {
      let sum = CRC32C.checksum(result)
      for index in 0..<4 {
        result[result.count - 4 + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index))
      }
    }
    return result
  }

  /// Family and transport, and the addresses.
  private var binaryEnds: (code: UInt8, addresses: [UInt8]) {
    guard let ends else { return (0, []) }
    let transport = ends.transport.rawValue
    switch (ends.source, ends.destination) {
    case (.internet(let source), .internet(let destination)):
      guard source.family == destination.family else { return (0, []) }
      var bytes = source.address.bytes + destination.address.bytes
      Self.append(source.port, to: &bytes)
      Self.append(destination.port, to: &bytes)
      return ((source.family == .v4 ? 0x10 : 0x20) | transport, bytes)
    case (.unix(let source), .unix(let destination)):
      return (0x30 | transport, Self.unixField(source) + Self.unixField(destination))
    case (.internet, .unix), (.unix, .internet):
      return (0, [])
    }
  }

  /// 108 bytes: the path, or a null byte and the abstract name, and zeros.
  private static func unixField(_ path: String) -> [UInt8] {
    var bytes = Array(path.utf8.prefix(108))
    if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
    return bytes + [UInt8](repeating: 0, count: 108 - bytes.count)
  }

  private static func append(_ value: UInt16, to bytes: inout [UInt8]) {
    bytes.append(UInt8(value >> 8))
    bytes.append(UInt8(value & 0xff))
  }
}
