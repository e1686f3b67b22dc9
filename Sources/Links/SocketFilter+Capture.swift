// What a capture asks of a filter beside its expression: how much of a frame is kept, and which way it
// goes. Both are answered in the kernel, so that nothing else takes room in a ring.

extension SocketFilter {
  /// This filter, which keeps no more than `byteCount` bytes of a frame.
  public func keeping(atMost byteCount: UInt32) -> SocketFilter {
    SocketFilter(
      instructions: instructions.map { instruction in
        guard instruction.code == BPFCode.returnConstant, instruction.operand > byteCount else {
          return instruction
        }
        return .return(max(byteCount, 1))
      })
  }

  /// This filter for the frames that this host sends, or, if `isSent` is false, for all others.
  public func takingOnly(sent isSent: Bool) -> SocketFilter {
    let outgoing = UInt32(FrameInformation.PacketType.outgoing.rawValue)
    return SocketFilter(
      instructions: [
        Instruction(code: BPFCode.loadByte, operand: BPFAncillary.packetType),
        Instruction(
          code: BPFCode.jumpEqual, jumpTrue: isSent ? 1 : 0, jumpFalse: isSent ? 0 : 1,
          operand: outgoing),
        .return(0),
      ] + instructions)
  }
}
