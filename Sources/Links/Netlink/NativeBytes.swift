// Netlink is a conversation within one machine: its integers are in the machine's byte order, and
// every structure is aligned to four bytes within the datagram, not within memory.

extension RawSpan {
  /// The integer at `offset` in the machine's byte order; the caller has checked the length.
  @inline(__always)
  package func native<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value {
    unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: type)
  }
}

/// `NLMSG_ALIGN` and `NLA_ALIGN`: `length` rounded up to a multiple of four.
@inline(__always)
func netlinkAligned(_ length: Int) -> Int {
  (length + 3) & ~3
}
