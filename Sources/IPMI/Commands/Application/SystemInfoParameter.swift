/// What a controller keeps of the system that it manages. IPMI 2.0, table 22-16c.
public struct SystemInfoParameter: RawRepresentable, Hashable, Sendable {
  /// The number.
  public let rawValue: UInt8
  /// The parameter of this number.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// How many bytes of a text a block has.
  public static let blockByteCount = 16

  /// Where a change stands.
  public static let setInProgress = SystemInfoParameter(rawValue: 0)
  /// The version of the system's firmware.
  public static let firmwareVersion = SystemInfoParameter(rawValue: 1)
  /// The system's name.
  public static let systemName = SystemInfoParameter(rawValue: 2)
  /// The name of the operating system that is usually started.
  public static let primaryOperatingSystem = SystemInfoParameter(rawValue: 3)
  /// The name of the operating system that runs; forgotten at the next start.
  public static let operatingSystem = SystemInfoParameter(rawValue: 4)
  /// Dell's: the version of the operating system.
  public static let dellOperatingSystemVersion = SystemInfoParameter(rawValue: 0xe4)
  /// Dell's: where the controller's web pages are.
  public static let dellURL = SystemInfoParameter(rawValue: 0xde)
}

/// A text as a controller keeps it: in blocks of 16 bytes, of which the first begins with the text's
/// encoding (0 is ASCII and Latin 1, 1 UTF-8, 2 UNICODE) and its length. IPMI 2.0, table 22-16c.
public struct SystemInfoText: Hashable, Sendable {
  /// The encoding: 4 bits.
  public var encoding: UInt8
  /// The bytes: up to 255.
  public var bytes: [UInt8]

  /// A text; bytes beyond 255 are left out.
  public init(encoding: UInt8 = 0, bytes: [UInt8]) {
    self.encoding = encoding & 0x0f
    self.bytes = Array(bytes.prefix(255))
  }

  /// How many blocks a text has whose first block this is; nil when it is too short to tell.
  public static func blockCount(first block: [UInt8]) -> Int? {
    guard block.count >= 2 else { return nil }
    return (Int(block[1]) + 2 + SystemInfoParameter.blockByteCount - 1)
      / SystemInfoParameter.blockByteCount
  }

  /// The text of these blocks; nil when there are none. One that the blocks do not hold is cut.
  public init?(blocks: [[UInt8]]) {
    let all = blocks.flatMap { $0 }
    guard all.count >= 2 else { return nil }
    self.init(encoding: all[0], bytes: Array(all.dropFirst(2).prefix(Int(all[1]))))
  }

  /// The blocks, each of 16 bytes.
  public var blocks: [[UInt8]] {
    let size = SystemInfoParameter.blockByteCount
    let all = [encoding, UInt8(truncatingIfNeeded: bytes.count)] + bytes
    return stride(from: 0, to: all.count, by: size).map { start in
      Array(all[start..<min(start + size, all.count)]).fitted(to: size)
    }
  }
}
