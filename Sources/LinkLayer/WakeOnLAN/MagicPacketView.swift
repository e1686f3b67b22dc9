/// A magic packet read in place: see `MagicPacket` for the format.
public struct MagicPacketView: ~Escapable {
  /// Where the fields are, from the start of the pattern.
  private enum Offset {
    static let synchronisation = 0
    static let target = 6
    static let password = MagicPacket.patternByteCount
  }

  private let span: RawSpan

  /// Where the pattern begins in the bytes that were searched.
  public let offset: Int
  /// The station to wake.
  public let target: MACAddress

  /// Reads the packet at the start of `bytes`.
  ///
  /// Throws `WireError.truncated` below 102 bytes, and `WireError.malformed` where the pattern is
  /// broken, or repeats what no station's address can be.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    guard bytes.byteCount >= Offset.password else {
      throw .truncated(
        layer: .wakeOnLAN, needed: Offset.password, available: bytes.byteCount, lengthFrom: .format,
        offset: 0)
    }
    if let fault = Self.fault(in: bytes, at: 0) { throw fault }
    target = MACAddress(rawValue: bytes.u48(Offset.target))
    offset = 0
    span = bytes
  }

  /// Finds the first packet in `bytes`, wherever it begins; nil when there is none.
  @_lifetime(copy bytes)
  public init?(in bytes: RawSpan) {
    guard let start = Self.start(in: bytes) else { return nil }
    target = MACAddress(rawValue: bytes.u48(start + Offset.target))
    offset = start
    span = bytes.slice(from: start)
  }

  /// What follows the pattern: a password, padding, or whatever the carrier put there.
  public var trailer: RawSpan {
    @_lifetime(copy self)
    get { span.slice(from: Offset.password) }
  }

  /// What follows the pattern, when it is as long as a password.
  public var password: SecureOnPassword? { SecureOnPassword(trailer) }

  /// The first place at which the whole pattern stands. A group's address is no target, so that a
  /// longer run of ones before the target has one reading only.
  private static func start(in bytes: RawSpan) -> Int? {
    let last = bytes.byteCount - Offset.password
    guard last >= 0 else { return nil }
    var start = 0
    while start <= last {
      // The sixth byte of the stream decides how far the next candidate is away.
      if bytes.u8(start + Offset.target - 1) != 0xff {
        start += Offset.target
      } else if fault(in: bytes, at: start) == nil {
        return start
      } else {
        start += 1
      }
    }
    return nil
  }

  /// Why no packet begins at `start`, which lies at least 102 bytes before the end.
  private static func fault(in bytes: RawSpan, at start: Int) -> WireError? {
    let stream = bytes.u48(start + Offset.synchronisation)
    guard stream == MACAddress.broadcast.rawValue else {
      return .malformed(
        layer: .wakeOnLAN, field: .synchronisation, value: stream,
        offset: start + Offset.synchronisation)
    }
    let target = bytes.u48(start + Offset.target)
    guard MagicPacket.canWake(MACAddress(rawValue: target)) else {
      return .malformed(
        layer: .wakeOnLAN, field: .wakeTarget, value: target, offset: start + Offset.target)
    }
    for repetition in 1..<MagicPacket.repetitions {
      let offset = start + Offset.target + 6 * repetition
      let repeated = bytes.u48(offset)
      guard repeated == target else {
        return .malformed(layer: .wakeOnLAN, field: .wakeTarget, value: repeated, offset: offset)
      }
    }
    return nil
  }
}
