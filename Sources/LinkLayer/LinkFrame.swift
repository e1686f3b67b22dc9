/// What a link carries, apart from how it frames it: what protocols say and hear.
public struct LinkFrame: Hashable, Sendable {
  /// The station, or group, that the frame is for.
  public var destination: HardwareAddress
  /// The station that sent the frame; of no bytes where a link's frames do not tell it.
  public var source: HardwareAddress
  /// What the frame carries.
  public var payload: LinkPayload

  /// A frame of these fields.
  public init(destination: HardwareAddress, source: HardwareAddress, payload: LinkPayload) {
    self.destination = destination
    self.source = source
    self.payload = payload
  }

  /// Reads a frame and leaves its VLAN tag alone: see `parse(_:framing:)`.
  public init(parsing bytes: RawSpan, framing: LinkFraming) throws(WireError) {
    self = try LinkFrame.parse(bytes, framing: framing).frame
  }

  /// Reads a frame, and its VLAN tag when it has one. Of two tags, the inner one is the payload's
  /// EtherType: such a frame is `.other`, as it is not meant for whoever speaks in the outer VLAN.
  ///
  /// Padding behind a payload that knows its own length is dropped. A packet that `LinkPayload`
  /// has no case for, or of which its case would lose something, is `.other` whole.
  ///
  /// Throws `WireError`, with offsets from the start of the frame, when a header or message is
  /// truncated or cannot be.
  public static func parse(
    _ bytes: RawSpan, framing: LinkFraming
  ) throws(WireError) -> (frame: LinkFrame, tag: VLANTag?) {
    switch framing {
    case .ethernet:
      let view = try EthernetFrameView(bytes)
      let payload = try ethernetPayload(view, in: bytes)
      let frame = LinkFrame(
        destination: HardwareAddress(view.destination), source: HardwareAddress(view.source),
        payload: payload)
      return (frame, view.outerTag)
    case .ipoib:
      let view = try IPoIBFrameView(bytes)
      let payload = try LinkPayload(
        parsing: view.payload, etherType: view.etherType, offset: IPoIBHeader.byteCount)
      let frame = LinkFrame(
        destination: view.destination, source: HardwareAddress(), payload: payload)
      return (frame, nil)
    }
  }

  private static func ethernetPayload(
    _ view: borrowing EthernetFrameView, in bytes: RawSpan
  ) throws(WireError) -> LinkPayload {
    if let inner = view.innerTag {
      let offset = EthernetFrameView.Offset.payload + VLANTag.byteCount
      return .other(inner.tpid, bytes.slice(from: offset).array)
    }
    return try LinkPayload(
      parsing: view.payload, etherType: view.etherType, offset: view.headerByteCount)
  }

  /// How many bytes `write(into:framing:tag:padding:)` appends.
  public func byteCount(
    framing: LinkFraming, tag: VLANTag? = nil, padding: LinkPadding = .none
  ) -> Int {
    let plain = framing.headerByteCount(tag: tag) + payload.byteCount
    return plain + padding.byteCount(after: plain, framing: framing, tag: tag)
  }

  /// Appends the frame as it stands on the wire, with zeros for padding. Addresses are cut to,
  /// or filled with zeros to, the framing's length. `output` must have room for
  /// `byteCount(framing:tag:padding:)` bytes; with less the program stops.
  @_lifetime(output: copy output)
  public func write(
    into output: inout OutputRawSpan, framing: LinkFraming, tag: VLANTag? = nil,
    padding: LinkPadding = .none
  ) {
    let plain = framing.headerByteCount(tag: tag) + payload.byteCount
    switch framing {
    case .ethernet:
      destination.resized(to: 6).write(into: &output)
      source.resized(to: 6).write(into: &output)
      tag?.write(into: &output)
      output.append(payload.etherType.rawValue)
    case .ipoib:
      let header = IPoIBHeader(destination: destination, etherType: payload.etherType)
      header.write(into: &output)
    }
    payload.write(into: &output)
    output.appendZeros(padding.byteCount(after: plain, framing: framing, tag: tag))
  }

  /// The frame as it stands on the wire, with zeros for padding.
  public func bytes(
    framing: LinkFraming, tag: VLANTag? = nil, padding: LinkPadding = .none
  ) -> [UInt8] {
    wireBytes(byteCount(framing: framing, tag: tag, padding: padding)) {
      (output: inout OutputRawSpan) in
      write(into: &output, framing: framing, tag: tag, padding: padding)
    }
  }
}
