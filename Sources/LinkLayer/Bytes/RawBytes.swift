extension [UInt8] {
  /// The array's bytes, lent. Safe for this element, which has no padding.
  @inlinable public var rawBytes: RawSpan {
    @_lifetime(borrow self)
    get { unsafe span.bytes }
  }
}
