import LinkLayer

/// TCP. RFC 9293; `TCPView` has the diagram.
extension FrameDecoder {
  mutating func writeTCP(
    _ segment: RawSpan, total: Int, _ ends: IPEndpoints, into text: inout LineText
  ) {
    guard segment.byteCount >= 4 else {
      ends.write(nil, nil, into: &text)
      text.append(": ")
      return writeCut("tcp", into: &text)
    }
    ends.write(segment.u16(0), segment.u16(2), into: &text)
    text.append(": ")
    guard segment.byteCount >= 20 else {
      // An error quotes 8 bytes: ports and the sequence number.
      text.append("TCP")
      return
    }
    let flags = segment.u16(12) & 0x1ff
    writeTCPFlags(flags, into: &text)
    let headerCount = Int(segment.u8(12) >> 4) * 4
    let count = max(0, total - headerCount)
    let numbers = numbers(of: segment, ends)
    if count > 0 || flags & 0x7 != 0 {
      text.append(", seq ")
      text.append(numbers.sequence)
      if count > 0 {
        text.append(":")
        text.append(numbers.sequence &+ UInt32(truncatingIfNeeded: count))
      }
    }
    if numbers.isAcknowledging {
      text.append(", ack ")
      text.append(numbers.acknowledgment)
    }
    text.append(", win ")
    text.append(segment.u16(14))
    if flags & 0x20 != 0 {
      text.append(", urg ")
      text.append(segment.u16(18))
    }
    if headerCount > 20, segment.byteCount >= headerCount {
      writeTCPOptions(segment.slice(20, headerCount - 20), into: &text)
    }
    text.append(", length ")
    text.append(count)
  }

  private mutating func numbers(of segment: RawSpan, _ ends: IPEndpoints) -> TCPNumbers {
    let flags = segment.u16(12)
    let raw = TCPNumbers(
      sequence: segment.u32(4), acknowledgment: segment.u32(8), isSynchronizing: flags & 2 != 0,
      isAcknowledging: flags & 0x10 != 0)
    // What an error quotes was sent once already: its numbers begin no connection.
    guard !style.showsRawSequenceNumbers, quotationDepth == 0 else { return raw }
    return tcpFlows.relative(
      raw, ends, sourcePort: segment.u16(0), destinationPort: segment.u16(2))
  }

  /// As tcpdump writes them: a letter a flag, a dot for ACK.
  private func writeTCPFlags(_ flags: UInt16, into text: inout LineText) {
    text.append("Flags [")
    if flags & 0x02 != 0 { text.append(character: "S") }
    if flags & 0x01 != 0 { text.append(character: "F") }
    if flags & 0x04 != 0 { text.append(character: "R") }
    if flags & 0x08 != 0 { text.append(character: "P") }
    if flags & 0x10 != 0 { text.append(character: ".") }
    if flags & 0x20 != 0 { text.append(character: "U") }
    if flags & 0x40 != 0 { text.append(character: "E") }
    if flags & 0x80 != 0 { text.append(character: "W") }
    if flags & 0x100 != 0 { text.append(character: "e") }
    if flags == 0 { text.append("none") }
    text.append(character: "]")
  }

  private func writeTCPOptions(_ options: RawSpan, into text: inout LineText) {
    text.append(", options [")
    var offset = 0
    var isFirst = true
    while offset < options.byteCount {
      let kind = options.u8(offset)
      if !isFirst { text.append(character: ",") }
      isFirst = false
      if kind < 2 {
        text.append(kind == 1 ? "nop" : "eol")
        if kind == 0 { break }
        offset += 1
        continue
      }
      let rest = options.byteCount - offset
      let count = rest >= 2 ? Int(options.u8(offset + 1)) : 0
      guard count >= 2, count <= rest else {
        text.append("cut")
        break
      }
      writeTCPOption(kind, options.slice(offset + 2, count - 2), into: &text)
      offset += count
    }
    text.append(character: "]")
  }

  private func writeTCPOption(_ kind: UInt8, _ data: RawSpan, into text: inout LineText) {
    switch (kind, data.byteCount) {
    case (2, 2):
      text.append("mss ")
      text.append(data.u16(0))
    case (3, 1):
      text.append("wscale ")
      text.append(data.u8(0))
    case (4, 0): text.append("sackOK")
    case (8, 8):
      text.append("TS val ")
      text.append(data.u32(0))
      text.append(" ecr ")
      text.append(data.u32(4))
    case (5, let count) where count % 8 == 0:
      text.append("sack ")
      text.append(count / 8)
    default:
      text.append("kind ")
      text.append(kind)
    }
  }
}
