/// A message of ICMP. RFC 792; `ICMPView` tells where the bytes are. The checksum is computed
/// when the message is written.
public enum ICMPMessage: WireValue {
  /// Type 8, code 0: send this back.
  case echoRequest(identifier: UInt16, sequenceNumber: UInt16, payload: [UInt8])
  /// Type 0, code 0: what was asked for.
  case echoReply(identifier: UInt16, sequenceNumber: UInt16, payload: [UInt8])
  /// Type 3: the packet that `original` begins was not delivered. `nextHopMTU` counts with
  /// code 4 (RFC 1191, section 4); `originalLength` with RFC 4884, section 4.1.
  case destinationUnreachable(
    code: UInt8, originalLength: UInt8, nextHopMTU: UInt16, original: [UInt8])
  /// Any other type or code, with all that follows the checksum.
  case unknown(type: UInt8, code: UInt8, body: [UInt8])

  /// Copies what `view` shows.
  ///
  /// Throws `WireError.malformed` when the checksum is not that of the message.
  public init(_ view: borrowing ICMPView) throws(WireError) {
    guard view.hasValidChecksum else {
      throw .malformed(
        layer: .icmp, field: .checksum, value: UInt64(view.checksum),
        offset: ICMPView.Offset.checksum)
    }
    switch (view.type, view.code) {
    case (8, 0):
      self = .echoRequest(
        identifier: view.identifier, sequenceNumber: view.sequenceNumber, payload: view.data.array)
    case (0, 0):
      self = .echoReply(
        identifier: view.identifier, sequenceNumber: view.sequenceNumber, payload: view.data.array)
    case (3, let code):
      self = .destinationUnreachable(
        code: code, originalLength: view.body.u8(1), nextHopMTU: view.body.u16(2),
        original: view.data.array)
    case (let type, let code):
      self = .unknown(type: type, code: code, body: view.body.array)
    }
  }

  /// Reads the message that `bytes` hold, with the errors of `ICMPView` and of `init(_:)`.
  public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try ICMPView(bytes)
    try self.init(view)
  }

  /// How many bytes the message has; an unknown body is filled up to 4.
  public var byteCount: Int {
    switch self {
    case .echoRequest(_, _, let payload), .echoReply(_, _, let payload): 8 + payload.count
    case .destinationUnreachable(_, _, _, let original): 8 + original.count
    case .unknown(_, _, let body): 4 + max(4, body.count)
    }
  }

  /// Appends the message.
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    let start = output.byteCount
    switch self {
    case .echoRequest(let identifier, let sequenceNumber, let payload):
      ICMPMessage.writeEcho(type: 8, identifier, sequenceNumber, payload, into: &output)
    case .echoReply(let identifier, let sequenceNumber, let payload):
      ICMPMessage.writeEcho(type: 0, identifier, sequenceNumber, payload, into: &output)
    case .destinationUnreachable(let code, let originalLength, let nextHopMTU, let original):
      output.append(0x0300 | UInt16(code))
      output.append(0 as UInt16)
      output.append(UInt16(originalLength))
      output.append(nextHopMTU)
      output.append(original)
    case .unknown(let type, let code, let body):
      output.append(UInt16(type) << 8 | UInt16(code))
      output.append(0 as UInt16)
      output.append(body)
      output.appendZeros(4 - body.count)
    }
    let checksum = InternetChecksum(output.bytes.slice(from: start)).value
    output.replace(at: start + ICMPView.Offset.checksum, with: checksum)
  }

  @_lifetime(output: copy output)
  private static func writeEcho(
    type: UInt8, _ identifier: UInt16, _ sequenceNumber: UInt16, _ payload: [UInt8],
    into output: inout OutputRawSpan
  ) {
    output.append(UInt16(type) << 8)
    output.append(0 as UInt16)
    output.append(identifier)
    output.append(sequenceNumber)
    output.append(payload)
  }
}
