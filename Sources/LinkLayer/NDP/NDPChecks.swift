/// What the messages of Neighbor Discovery check alike. RFC 4861, sections 6.1 and 7.1.
extension RawSpan {
  /// The fixed part is there, and the code is 0.
  @inlinable internal func checkNDPMessage(
    _ layer: WireLayer, fixedByteCount: Int
  ) throws(WireError) {
    guard byteCount >= fixedByteCount else {
      throw .truncated(
        layer: layer, needed: fixedByteCount, available: byteCount, lengthFrom: .format, offset: 0)
    }
    let code = u8(ICMPv6View.Offset.code)
    guard code == 0 else {
      throw .malformed(
        layer: layer, field: .code, value: UInt64(code), offset: ICMPv6View.Offset.code)
    }
  }

  /// The target address is not a group's.
  @inlinable internal func checkNDPTarget(_ layer: WireLayer, at offset: Int) throws(WireError) {
    let target = ipv6Address(offset)
    guard !target.isMulticast else {
      throw .malformed(layer: layer, field: .targetAddress, value: target.high, offset: offset)
    }
  }

  /// The options from `offset` to the end of the message.
  @inlinable
  @_lifetime(copy self)
  internal func ndpOptions(from offset: Int) throws(WireError) -> NDPOptionsView {
    do throws(WireError) {
      return try NDPOptionsView(slice(from: offset))
    } catch {
      throw error.shifted(by: offset)
    }
  }
}
