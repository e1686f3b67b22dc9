/// All of an Ethernet frame before its payload; `EthernetFrameView` tells where the bytes are.
public struct EthernetHeader: WireValue {
  /// The station, or group, that the frame is for.
  public var destination: MACAddress
  /// The station that sent the frame.
  public var source: MACAddress
  /// The first tag.
  public var outerTag: VLANTag?
  /// The second tag; without a first one it is not written.
  public var innerTag: VLANTag?
  /// The payload's protocol; with LLC other than SNAP, the 802.3 length.
  public var etherType: EtherType
  /// What stands between the addresses and tags and the payload.
  public var encapsulation: EthernetEncapsulation

  /// A header of these fields.
  @inlinable public init(
    destination: MACAddress, source: MACAddress, outerTag: VLANTag? = nil,
    innerTag: VLANTag? = nil, etherType: EtherType,
    encapsulation: EthernetEncapsulation = .ethernetII
  ) {
    self.destination = destination
    self.source = source
    self.outerTag = outerTag
    self.innerTag = innerTag
    self.etherType = etherType
    self.encapsulation = encapsulation
  }

  /// Copies what `view` shows.
  @inlinable public init(_ view: borrowing EthernetFrameView) {
    destination = view.destination
    source = view.source
    outerTag = view.outerTag
    innerTag = view.innerTag
    etherType = view.etherType
    encapsulation = view.encapsulation
  }

  /// Reads the header at the start of a frame, with the errors of `EthernetFrameView`.
  @inlinable public init(parsing bytes: RawSpan) throws(WireError) {
    let view = try EthernetFrameView(bytes)
    self.init(view)
  }

  /// How many bytes the header has: 14, 4 more for each tag, 8 more with SNAP.
  @inlinable public var byteCount: Int {
    let tags = outerTag == nil ? 0 : innerTag == nil ? 1 : 2
    guard case .snap = encapsulation else { return 14 + tags * VLANTag.byteCount }
    return 22 + tags * VLANTag.byteCount
  }

  /// Appends the header.
  @inlinable
  @_lifetime(output: copy output)
  public func write(into output: inout OutputRawSpan) {
    output.append(u48: destination.rawValue)
    output.append(u48: source.rawValue)
    if let outerTag {
      outerTag.write(into: &output)
      innerTag?.write(into: &output)
    }
    if case .snap(let length, let organization) = encapsulation {
      output.append(length)
      output.append(0xaaaa as UInt16)
      output.append(0x0300_0000 | organization & 0xff_ffff)
    }
    output.append(etherType.rawValue)
  }
}
