/// A classic BPF program: the kernel runs it on each frame before the frame costs anything.
///
/// Links of the kernel hand a program the frame without its outer VLAN tag, and the tag beside it
/// (`SKF_AD_VLAN_TAG`): comparing bytes 12 and 13 with 0x8100 never matches a live frame. The
/// programs made here look at the tag the kernel's way. Programs in libpcap's language come from
/// ``FilterCompiler``.
public struct SocketFilter: Hashable, Sendable {
  /// The program. The kernel takes 1 to 4096 instructions.
  public var instructions: [Instruction]

  /// Creates a filter from a finished program.
  public init(instructions: [Instruction]) {
    self.instructions = instructions
  }

  /// One instruction of classic BPF (`struct sock_filter`).
  public struct Instruction: Hashable, Sendable {
    /// What to do: class, size, mode or operation.
    public var code: UInt16
    /// How many instructions a jump skips when its condition holds.
    public var jumpTrue: UInt8
    /// How many instructions a jump skips when its condition does not hold.
    public var jumpFalse: UInt8
    /// The constant or offset that the instruction works with.
    public var operand: UInt32

    /// Creates an instruction.
    public init(code: UInt16, jumpTrue: UInt8 = 0, jumpFalse: UInt8 = 0, operand: UInt32) {
      self.code = code
      self.jumpTrue = jumpTrue
      self.jumpFalse = jumpFalse
      self.operand = operand
    }
  }

  /// Takes every frame whole.
  public static let everything = SocketFilter(instructions: [.return(wholeFrame)])

  /// Takes no frame: what a socket holds while its real filter is being put in place, and after
  /// its capture was stopped.
  public static let nothing = SocketFilter(instructions: [.return(0)])

  /// As many bytes as a frame can have: `ret` says how much of the frame to keep.
  static let wholeFrame: UInt32 = 0x40000
}

/// The opcodes that Crimp writes and runs (`linux/bpf_common.h`).
enum BPFCode {
  static let loadWord: UInt16 = 0x20
  static let loadHalf: UInt16 = 0x28
  static let loadByte: UInt16 = 0x30
  static let andConstant: UInt16 = 0x54
  static let jumpEqual: UInt16 = 0x15
  static let jumpGreater: UInt16 = 0x25
  static let jumpGreaterOrEqual: UInt16 = 0x35
  static let returnConstant: UInt16 = 0x06
}

/// Offsets at which the kernel answers a load with what it knows of a frame (`SKF_AD_OFF` + n).
enum BPFAncillary {
  static let base: UInt32 = 0xffff_f000
  static let packetType = base + 4
  static let interfaceIndex = base + 8
  static let vlanTag = base + 44
  static let vlanTagPresent = base + 48
  static let vlanProtocol = base + 60
}

extension SocketFilter.Instruction {
  static func `return`(_ byteCount: UInt32) -> Self {
    Self(code: BPFCode.returnConstant, operand: byteCount)
  }
}
