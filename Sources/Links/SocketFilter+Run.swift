extension SocketFilter {
  /// Whether this filter takes `frame`, decided here as the kernel decides it.
  ///
  /// The frame is as links lend it, with its tag in place. When `untagging`, the program sees
  /// what a live socket's program sees: the frame without its outer tag, and the tag beside it.
  /// Programs compiled for capture files look for the tag in the bytes: pass `false`.
  public func accepts(_ frame: RawSpan, untagging: Bool = true) -> Bool {
    keptByteCount(of: frame, untagging: untagging) > 0
  }

  /// How many bytes of `frame` this filter keeps; 0 refuses the frame, and so does a program
  /// that runs off its end, divides by zero or loads from behind the frame.
  func keptByteCount(of frame: RawSpan, untagging: Bool) -> UInt32 {
    var state = FilterState()
    let view = FilteredFrame(frame, untagging: untagging)
    var next = 0
    while next < instructions.count {
      let instruction = instructions[next]
      next += 1
      switch instruction.code & 0x07 {
      case 0x06:
        return instruction.code & 0x18 == 0x10 ? state.accumulator : instruction.operand
      case 0x05:
        next += state.jump(instruction)
      default:
        guard state.execute(instruction, view) else { return 0 }
      }
    }
    return 0
  }
}

/// A frame as a live socket's program sees it.
private struct FilteredFrame: ~Escapable {
  private let bytes: RawSpan
  /// Where 4 bytes of tag are left out, or nil.
  private let tagOffset: Int?

  @_lifetime(copy bytes)
  init(_ bytes: RawSpan, untagging: Bool) {
    self.bytes = bytes
    let mayHaveTag = untagging && bytes.byteCount >= 16
    guard mayHaveTag else {
      tagOffset = nil
      return
    }
    let identifier = UInt16(bytes.byte(12)) << 8 | UInt16(bytes.byte(13))
    tagOffset = identifier == 0x8100 || identifier == 0x88a8 ? 12 : nil
  }

  var byteCount: Int { bytes.byteCount - (tagOffset == nil ? 0 : 4) }

  /// The `size` bytes from `offset` as one number, or nil when they are not all there.
  func load(_ offset: UInt32, size: Int) -> UInt32? {
    if offset >= BPFAncillary.base { return ancillary(offset) }
    let start = Int(offset)
    guard start + size <= byteCount else { return nil }
    var value: UInt32 = 0
    for position in start..<(start + size) {
      let skips = tagOffset.map { position >= $0 } ?? false
      value = value << 8 | UInt32(bytes.byte(skips ? position + 4 : position))
    }
    return value
  }

  private func ancillary(_ offset: UInt32) -> UInt32 {
    guard let tagOffset else { return 0 }
    let high = UInt32(bytes.byte(tagOffset)) << 8 | UInt32(bytes.byte(tagOffset + 1))
    let low = UInt32(bytes.byte(tagOffset + 2)) << 8 | UInt32(bytes.byte(tagOffset + 3))
    return switch offset {
    case BPFAncillary.vlanTagPresent: 1
    case BPFAncillary.vlanTag: low
    case BPFAncillary.vlanProtocol: high
    default: 0
    }
  }
}

/// The machine of classic BPF: two registers and 16 words.
private struct FilterState {
  var accumulator: UInt32 = 0
  var index: UInt32 = 0
  var memory = [UInt32](repeating: 0, count: 16)

  /// How many instructions the jump skips.
  func jump(_ instruction: SocketFilter.Instruction) -> Int {
    let operand = instruction.code & 0x08 == 0 ? instruction.operand : index
    let holds: Bool
    switch instruction.code & 0xf0 {
    case 0x00: return Int(instruction.operand)
    case 0x10: holds = accumulator == operand
    case 0x20: holds = accumulator > operand
    case 0x30: holds = accumulator >= operand
    default: holds = accumulator & operand != 0
    }
    return Int(holds ? instruction.jumpTrue : instruction.jumpFalse)
  }

  /// Runs an instruction that is neither a jump nor a return; false refuses the frame.
  mutating func execute(
    _ instruction: SocketFilter.Instruction, _ frame: borrowing FilteredFrame
  ) -> Bool {
    let operand = instruction.operand
    switch instruction.code & 0x07 {
    case 0x00:
      guard let value = loaded(instruction, frame) else { return false }
      accumulator = value
    case 0x01:
      guard let value = loadedIndex(instruction, frame) else { return false }
      index = value
    case 0x02, 0x03:
      guard operand < 16 else { return false }
      memory[Int(operand)] = instruction.code & 0x07 == 0x02 ? accumulator : index
    case 0x04:
      return compute(instruction)
    default:
      if instruction.code & 0xf8 == 0 { index = accumulator } else { accumulator = index }
    }
    return true
  }

  private func loaded(
    _ instruction: SocketFilter.Instruction, _ frame: borrowing FilteredFrame
  ) -> UInt32? {
    let operand = instruction.operand
    let size =
      switch instruction.code & 0x18 {
      case 0x08: 2
      case 0x10: 1
      default: 4
      }
    switch instruction.code & 0xe0 {
    case 0x00: return operand
    case 0x20: return frame.load(operand, size: size)
    case 0x40:
      let (offset, overflow) = index.addingReportingOverflow(operand)
      return overflow ? nil : frame.load(offset, size: size)
    case 0x60: return operand < 16 ? memory[Int(operand)] : nil
    default: return UInt32(truncatingIfNeeded: frame.byteCount)
    }
  }

  private func loadedIndex(
    _ instruction: SocketFilter.Instruction, _ frame: borrowing FilteredFrame
  ) -> UInt32? {
    let operand = instruction.operand
    switch instruction.code & 0xe0 {
    case 0x00: return operand
    case 0x60: return operand < 16 ? memory[Int(operand)] : nil
    case 0xa0: return frame.load(operand, size: 1).map { ($0 & 0xf) * 4 }
    default: return UInt32(truncatingIfNeeded: frame.byteCount)
    }
  }

  private mutating func compute(_ instruction: SocketFilter.Instruction) -> Bool {
    let operand = instruction.code & 0x08 == 0 ? instruction.operand : index
    switch instruction.code & 0xf0 {
    case 0x00: accumulator &+= operand
    case 0x10: accumulator &-= operand
    case 0x20: accumulator &*= operand
    case 0x30:
      guard operand != 0 else { return false }
      accumulator /= operand
    case 0x40: accumulator |= operand
    case 0x50: accumulator &= operand
    case 0x60: accumulator <<= operand
    case 0x70: accumulator >>= operand
    case 0x80: accumulator = 0 &- accumulator
    case 0x90:
      guard operand != 0 else { return false }
      accumulator %= operand
    default: accumulator ^= operand
    }
    return true
  }
}
