/// The options of a Neighbor Discovery message: walked once when made, then read one by one.
public struct NDPOptionsView: ~Escapable {
  @usableFromInline internal var rest: RawSpan

  /// Reads the options that fill `bytes`.
  ///
  /// Throws the errors of `NDPOptionView`, with offsets from the start of `bytes`.
  @inlinable
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan) throws(WireError) {
    var offset = 0
    while offset < bytes.byteCount {
      do throws(WireError) {
        offset += try NDPOptionView(bytes.slice(from: offset)).byteCount
      } catch {
        throw error.shifted(by: offset)
      }
    }
    rest = bytes
  }

  /// Takes the next option, or nil when none is left.
  @inlinable
  @_lifetime(copy self)
  public mutating func next() -> NDPOptionView? {
    guard rest.byteCount > 0, let option = try? NDPOptionView(rest) else { return nil }
    rest = rest.slice(from: option.byteCount)
    return option
  }

  /// The first link-layer address of options of `type`, if there is one.
  @inlinable public func linkLayerAddress(_ type: NDPOptionType) -> HardwareAddress? {
    var options = copy self
    while let option = options.next() {
      if option.type == type, let address = option.linkLayerAddress { return address }
    }
    return nil
  }
}
