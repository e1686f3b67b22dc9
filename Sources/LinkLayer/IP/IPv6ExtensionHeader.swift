/// An extension header of IPv6. RFC 8200, section 4; `IPv6ExtensionView` tells where the bytes
/// are. What it is stands in the header before it, so it is not read from bytes alone.
public struct IPv6ExtensionHeader: Hashable, Sendable {
  /// What the header before this one calls it; not written.
  public var kind: IPProtocol
  /// What follows this header.
  public var nextHeader: IPProtocol
  /// The second byte of a fragment header, reserved there; elsewhere the length, which is
  /// computed.
  public var reserved: UInt8
  /// All bytes behind the length: 6, and 8 more as often as needed. Filled with zeros up to a
  /// whole unit when written, and without what exceeds 255 units.
  public var body: [UInt8]

  /// A header of these fields.
  public init(kind: IPProtocol, nextHeader: IPProtocol, reserved: UInt8 = 0, body: [UInt8]) {
    self.kind = kind
    self.nextHeader = nextHeader
    self.reserved = reserved
    self.body = body
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing IPv6ExtensionView) {
    kind = view.kind
    nextHeader = view.nextHeader
    reserved = view.kind == .fragment ? view.length : 0
    body = view.body.array
  }

  /// Reads the header at the start of `bytes`, with the errors of `IPv6ExtensionView`.
  public init(parsing bytes: RawSpan, kind: IPProtocol) throws(WireError) {
    let view = try IPv6ExtensionView(bytes, kind: kind)
    self.init(view)
  }

  /// How many bytes the header has.
  public var byteCount: Int {
    switch kind {
    case .fragment: 8
    case .authentication: max(2, units(of: 4)) * 4
    default: units(of: 8) * 8
    }
  }

  /// How many units of `size` bytes hold the header, as far as a length byte can tell.
  private func units(of size: Int) -> Int {
    let most = size == 4 ? 257 : 256
    return min(most, max(1, (body.count + 2 + size - 1) / size))
  }

  /// Appends the header. `output` must have room for `byteCount` bytes; with less the program
  /// stops.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(nextHeader.rawValue)
    switch kind {
    case .fragment: output.append(reserved)
    case .authentication: output.append(UInt8(clamping: byteCount / 4 - 2))
    default: output.append(UInt8(clamping: byteCount / 8 - 1))
    }
    let count = min(body.count, byteCount - 2)
    output.append(body.rawBytes.slice(0, count))
    output.appendZeros(byteCount - 2 - count)
  }

  /// The header as it stands on the wire.
  public var bytes: [UInt8] {
    wireBytes(byteCount) { (output: inout OutputRawSpan) in write(into: &output) }
  }
}
