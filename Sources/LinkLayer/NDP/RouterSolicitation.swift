/// Router Solicitation: which routers are there? RFC 4861, section 4.1.
/// `RouterSolicitationView` tells where the bytes are.
public struct RouterSolicitation: Hashable, Sendable {
  /// The sender's link-layer address and others.
  public var options: [NDPOption]

  /// A question for routers.
  public init(options: [NDPOption] = []) {
    self.options = options
  }

  /// Copies what `view` shows.
  public init(_ view: borrowing RouterSolicitationView) {
    options = [NDPOption](view.options)
  }

  /// How many bytes follow the ICMPv6 checksum.
  var bodyByteCount: Int { 4 + options.byteCount }

  @_lifetime(output: copy output)
  func writeBody(into output: inout OutputRawSpan) {
    output.append(0 as UInt32)
    options.write(into: &output)
  }
}

/// A Router Solicitation read in place. RFC 4861, section 4.1.
///
///      0       1       2               4                               8
///     +-------+-------+---------------+-------------------------------+
///     | 133   | 0     |   checksum    | reserved                      |
///     +-------+-------+---------------+-------------------------------+
///     | 8 options                                                     |
///     +---------------------------------------------------------------+
public struct RouterSolicitationView: ~Escapable {
  /// Where the fields are.
  @usableFromInline enum Offset {
    @inlinable static var options: Int { 8 }
  }

  /// The options, walked once.
  public let options: NDPOptionsView

  /// Reads the ICMPv6 message that `bytes` hold; type and checksum are taken for granted.
  ///
  /// Throws `WireError` when message or options end early, when an option's length is 0, or
  /// when the code is not 0. RFC 4861, section 6.1.1.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    try bytes.checkNDPMessage(.routerSolicitation, fixedByteCount: Offset.options)
    options = try bytes.ndpOptions(from: Offset.options)
  }
}
