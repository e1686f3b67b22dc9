import LinkLayer

/// A domain name of a message, its pointers followed. RFC 1035, sections 3.1 and 4.1.4.
struct DNSName {
  /// The labels with dots between; `.` for the root's name, which has none.
  private(set) var text: [UInt8] = []
  /// Where what follows the name begins.
  private(set) var end: Int

  /// Reads the name at `start`; nil when it ends beyond the message, is longer than the 255 bytes that
  /// a name may have, or points to itself.
  init?(_ message: RawSpan, at start: Int) {
    end = start
    var offset = start
    var hasJumped = false
    // A pointer only ever points back, so that the walk comes to an end.
    var limit = start
    while true {
      guard offset < message.byteCount else { return nil }
      let length = message.u8(offset)
      switch length >> 6 {
      case 0b11:
        guard offset + 1 < message.byteCount else { return nil }
        let target = Int(message.u16(offset) & 0x3fff)
        guard target < limit else { return nil }
        if !hasJumped { end = offset + 2 }
        hasJumped = true
        limit = target
        offset = target
      case 0:
        offset += 1
        guard length > 0 else {
          if !hasJumped { end = offset }
          if text.isEmpty { text = [UInt8(ascii: ".")] }
          return
        }
        let next = offset + Int(length)
        guard next <= message.byteCount, text.count + Int(length) + 1 <= 255 else { return nil }
        if !text.isEmpty { text.append(UInt8(ascii: ".")) }
        for index in offset..<next { text.append(message.u8(index)) }
        offset = next
      default: return nil
      }
    }
  }
}
