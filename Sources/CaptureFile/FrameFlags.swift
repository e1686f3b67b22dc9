/// Which way a frame went, seen from the machine that captured it.
public enum FrameDirection: Hashable, Sendable {
  /// The file does not say.
  case unknown
  /// It was received.
  case inbound
  /// It was sent.
  case outbound
}

/// How the frame was addressed, seen from the machine that captured it.
public enum FrameReception: UInt8, Hashable, Sendable {
  /// The file does not say.
  case unspecified = 0
  /// To this machine.
  case unicast = 1
  /// To a group.
  case multicast = 2
  /// To everyone.
  case broadcast = 3
  /// To someone else.
  case promiscuous = 4
}

/// What a packet block says of its frame beside time and length: epb_flags, pcapng draft 4.3.1.
///
/// ```text
///  31           16 15       9 8       5 4       2 1         0
/// +---------------+----------+---------+---------+-----------+
/// | link errors   | reserved | FCS len | recept. | direction |
/// +---------------+----------+---------+---------+-----------+
/// ```
public struct FrameFlags: RawRepresentable, Hashable, Sendable {
  /// The flag word, in the machine's byte order.
  public var rawValue: UInt32

  /// Any word; bits without a name here are kept.
  public init(rawValue: UInt32) {
    self.rawValue = rawValue
  }

  /// Flags that say a direction and nothing else; `.unknown` says nothing at all.
  public init(_ direction: FrameDirection = .unknown) {
    rawValue = 0
    self.direction = direction
  }

  /// Which way the frame went; the value 3, which has no meaning, reads as unknown.
  public var direction: FrameDirection {
    get {
      switch rawValue & 0b11 {
      case 1: .inbound
      case 2: .outbound
      default: .unknown
      }
    }
    set {
      let bits: UInt32 =
        switch newValue {
        case .unknown: 0
        case .inbound: 1
        case .outbound: 2
        }
      rawValue = rawValue & ~0b11 | bits
    }
  }

  /// How the frame was addressed; values without a meaning read as unspecified.
  public var reception: FrameReception {
    get { FrameReception(rawValue: UInt8(rawValue >> 2 & 0b111)) ?? .unspecified }
    set { rawValue = rawValue & ~0b11100 | UInt32(newValue.rawValue) << 2 }
  }

  /// How many bytes of frame check sequence end this frame; nil when the block does not say.
  public var frameCheckSequenceLength: Int? {
    let length = Int(rawValue >> 5 & 0b1111)
    return length == 0 ? nil : length
  }
}
