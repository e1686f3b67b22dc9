/// The password that a SecureOn interface asks for behind the magic packet: 6 bytes by its
/// inventors (National Semiconductor, DP83815 data sheet, section 3.11), 4 by some others.
///
/// It crosses the wire as it is, so it guards against accidents and not against listeners; still it
/// is in no text that a program of ours prints.
public struct SecureOnPassword: Hashable, Sendable {
  /// The bytes in the low bits, the first one highest.
  private let value: UInt64
  private let count: UInt8

  /// How many bytes a password may have.
  public static let byteCounts = [4, 6]

  /// The password of these bytes; nil when they are neither 4 nor 6.
  public init?(bytes: [UInt8]) {
    self.init(bytes.rawBytes)
  }

  /// The password of these bytes; nil when they are neither 4 nor 6.
  public init?(_ bytes: RawSpan) {
    switch bytes.byteCount {
    case 4: value = UInt64(bytes.u32(0))
    case 6: value = bytes.u48(0)
    default: return nil
    }
    count = UInt8(truncatingIfNeeded: bytes.byteCount)
  }

  /// Reads 4 decimal numbers from 0 to 255 between dots, or 6 groups of one or two hexadecimal
  /// digits between colons or dashes. Returns nil for anything else.
  public init?(text: String) {
    if let address = IPv4Address(text) {
      self.init(bytes: address.bytes)
    } else if text.contains(where: { $0 == ":" || $0 == "-" }), let address = MACAddress(text) {
      self.init(bytes: address.bytes)
    } else {
      return nil
    }
  }

  /// How many bytes the password has: 4 or 6.
  public var byteCount: Int { Int(count) }

  @_lifetime(output: copy output)
  func write(into output: inout OutputRawSpan) {
    if count == 4 {
      output.append(UInt32(truncatingIfNeeded: value))
    } else {
      output.append(u48: value)
    }
  }
}

extension SecureOnPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable
{
  /// That there is one, and how long it is.
  public var description: String { "SecureOn, \(count) bytes" }

  /// As `description`: a debugger's user is a person too.
  public var debugDescription: String { description }

  /// Shows no part of the password.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
