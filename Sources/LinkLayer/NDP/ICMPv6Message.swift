/// A message of ICMPv6. RFC 4443. It has no bytes without the addresses that it travels between,
/// because its checksum covers them; it is computed when the message is written.
public enum ICMPv6Message: Hashable, Sendable {
  /// Type 128: send this back.
  case echoRequest(identifier: UInt16, sequenceNumber: UInt16, payload: [UInt8])
  /// Type 129: what was asked for.
  case echoReply(identifier: UInt16, sequenceNumber: UInt16, payload: [UInt8])
  /// A message of Neighbor Discovery.
  case neighborDiscovery(NDPMessage)
  /// Type 143: which groups the sender listens to.
  case multicastListenerReport(MulticastListenerReport)
  /// Any other type or code, with all that follows the checksum.
  case unknown(type: UInt8, code: UInt8, body: [UInt8])

  /// Copies what `view` shows of a message between `source` and `destination`.
  ///
  /// Throws `WireError.malformed` when the checksum is wrong, and the errors of the views of
  /// Neighbor Discovery and MLDv2.
  public init(
    _ view: borrowing ICMPv6View, source: IPv6Address, destination: IPv6Address
  ) throws(WireError) {
    guard view.hasValidChecksum(source: source, destination: destination) else {
      throw .malformed(
        layer: .icmpv6, field: .checksum, value: UInt64(view.checksum),
        offset: ICMPv6View.Offset.checksum)
    }
    if let message = try NDPMessage(view) {
      self = .neighborDiscovery(message)
      return
    }
    let body = view.body
    switch (view.type, view.code) {
    case (.echoRequest, 0) where body.byteCount >= 4:
      self = .echoRequest(
        identifier: body.u16(0), sequenceNumber: body.u16(2), payload: body.slice(from: 4).array)
    case (.echoReply, 0) where body.byteCount >= 4:
      self = .echoReply(
        identifier: body.u16(0), sequenceNumber: body.u16(2), payload: body.slice(from: 4).array)
    case (.multicastListenerReport, 0):
      let view = try MulticastListenerReportView(view.message)
      self = .multicastListenerReport(MulticastListenerReport(view))
    case (let type, let code):
      self = .unknown(type: type.rawValue, code: code, body: body.array)
    }
  }

  /// Reads the message that `bytes` hold, with the errors of `ICMPv6View` and of
  /// `init(_:source:destination:)`.
  public init(
    parsing bytes: RawSpan, source: IPv6Address, destination: IPv6Address
  ) throws(WireError) {
    let view = try ICMPv6View(bytes)
    try self.init(view, source: source, destination: destination)
  }

  /// How many bytes the message has.
  public var byteCount: Int {
    switch self {
    case .echoRequest(_, _, let payload), .echoReply(_, _, let payload): 8 + payload.count
    case .neighborDiscovery(let message): 4 + message.bodyByteCount
    case .multicastListenerReport(let report): 4 + report.bodyByteCount
    case .unknown(_, _, let body): 4 + body.count
    }
  }

  /// Appends the message as it travels between `source` and `destination`. `output` must have
  /// room for `byteCount` bytes; with less the program stops.
  @_lifetime(output: copy output)
  public func write(
    into output: inout OutputRawSpan, source: IPv6Address, destination: IPv6Address
  ) {
    let start = output.byteCount
    output.append(type.rawValue)
    output.append(code)
    output.append(0 as UInt16)
    writeBody(into: &output)
    var sum = InternetChecksum(output.bytes.slice(from: start))
    sum.addPseudoHeader(
      source: source, destination: destination, protocol: .icmpv6, length: byteCount)
    output.replace(at: start + ICMPv6View.Offset.checksum, with: sum.value)
  }

  @_lifetime(output: copy output)
  private func writeBody(into output: inout OutputRawSpan) {
    switch self {
    case .echoRequest(let identifier, let sequenceNumber, let payload),
      .echoReply(let identifier, let sequenceNumber, let payload):
      output.append(identifier)
      output.append(sequenceNumber)
      output.append(payload)
    case .neighborDiscovery(let message): message.writeBody(into: &output)
    case .multicastListenerReport(let report): report.writeBody(into: &output)
    case .unknown(_, _, let body): output.append(body)
    }
  }

  /// What the message is.
  public var type: ICMPv6Type {
    switch self {
    case .echoRequest: .echoRequest
    case .echoReply: .echoReply
    case .neighborDiscovery(let message): message.type
    case .multicastListenerReport: .multicastListenerReport
    case .unknown(let type, _, _): ICMPv6Type(rawValue: type)
    }
  }

  /// The type's variety: 0 but for unknown messages.
  public var code: UInt8 {
    guard case .unknown(_, let code, _) = self else { return 0 }
    return code
  }
}
