/// Neighbor Solicitation: who has this address? RFC 4861, section 4.3.
/// `NeighborSolicitationView` tells where the bytes are.
public struct NeighborSolicitation: Hashable, Sendable {
  /// The address that is asked for; never a group.
  public var targetAddress: IPv6Address
  /// The sender's link-layer address, a nonce, and others.
  public var options: [NDPOption]

  /// A question for an address.
  public init(targetAddress: IPv6Address, options: [NDPOption] = []) {
    self.targetAddress = targetAddress
    self.options = options
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing NeighborSolicitationView) {
    targetAddress = view.targetAddress
    options = [NDPOption](view.options)
  }

  /// The address of the source link-layer address option.
  public var sourceLinkLayerAddress: HardwareAddress? {
    for case .sourceLinkLayerAddress(let address) in options { return address }
    return nil
  }

  /// The bytes of the nonce option. RFC 7527, section 4.1.
  public var nonce: [UInt8]? {
    for case .nonce(let bytes) in options { return bytes }
    return nil
  }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int { 20 + options.byteCount }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(0 as UInt32)
    targetAddress.write(into: &output)
    options.write(into: &output)
  }
}

/// A Neighbor Solicitation read in place. RFC 4861, section 4.3.
///
///      0       1       2               4                               8
///     +-------+-------+---------------+-------------------------------+
///     | 135   | 0     |   checksum    | reserved                      |
///     +-------+-------+---------------+-------------------------------+
///     | 8 target address, 16 bytes                                    |
///     +---------------------------------------------------------------+
///     | 24 options                                                    |
///     +---------------------------------------------------------------+
public struct NeighborSolicitationView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var targetAddress: Int { 8 }
    @inlinable static var options: Int { 24 }
  }

  @usableFromInline internal let span: RawSpan
  /// The options, walked once.
  public let options: NDPOptionsView

  /// Reads the ICMPv6 message that `bytes` hold; type and checksum are taken for granted.
  ///
  /// Throws `WireError` when message or options end early, when an option's length is 0, when
  /// the code is not 0, or when the target is a group. RFC 4861, section 7.1.1.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    try bytes.checkNDPMessage(.neighborSolicitation, fixedByteCount: Offset.options)
    try bytes.checkNDPTarget(.neighborSolicitation, at: Offset.targetAddress)
    options = try bytes.ndpOptions(from: Offset.options)
    span = bytes
  }

  /// The address that is asked for.
  @inlinable public var targetAddress: IPv6Address { span.ipv6Address(Offset.targetAddress) }
}
