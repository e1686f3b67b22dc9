public import IPMI
public import MonotonicTime

/// The boot options that a controller keeps for its machine's firmware, as parameters by number.
/// IPMI 2.0, table 28-14.
///
/// Boot flags are meant for the next start: their valid bit goes away when the machine starts, and
/// 60 seconds after they were set when no start came, unless parameter 3 says otherwise.
public struct BootOptions: Hashable, Sendable {
  /// The parameter "set in progress".
  static let setInProgress: UInt8 = 0
  /// The parameter "boot flag valid bit clearing".
  static let validBitClearing: UInt8 = 3
  /// The parameter "boot flags".
  static let bootFlags: UInt8 = 5

  private static let flagsLifetime = Duration.seconds(60)
  private static let validBit: UInt8 = 0x80
  private static let persistentBit: UInt8 = 0x40

  private static let initial: [UInt8: [UInt8]] = [
    0: [0x00], 1: [0x00], 2: [0x00], 3: [0x00], 4: [0x00, 0x00], 5: [0, 0, 0, 0, 0],
    6: [0, 0, 0, 0, 0, 0, 0, 0, 0],
    7: [UInt8](repeating: 0, count: 17),
  ]
  private var parameters = initial
  private var flagsExpire: Instant?
  private var invalid: Set<UInt8> = []

  /// The options of a machine that boots as its firmware has it.
  public init() {}

  /// When the boot flags lose their valid bit by themselves; nil when they do not.
  public var deadline: Instant? { flagsExpire }

  /// The data of a parameter.
  ///
  /// Throws `CompletionCode` 80h for one that there is not.
  public func parameter(_ number: UInt8) throws(CompletionCode) -> [UInt8] {
    guard let data = parameters[number] else { throw .parameterNotSupported }
    return data
  }

  /// Whether a parameter is marked as not to be heeded.
  public func isMarkedInvalid(_ number: UInt8) -> Bool { invalid.contains(number) }

  /// Marks a parameter as not to be heeded, or takes the mark away.
  ///
  /// Throws `CompletionCode` 80h for one that there is not.
  public mutating func mark(_ number: UInt8, isInvalid: Bool) throws(CompletionCode) {
    guard parameters[number] != nil else { throw .parameterNotSupported }
    if isInvalid { invalid.insert(number) } else { invalid.remove(number) }
  }

  /// Sets a parameter.
  ///
  /// Throws `CompletionCode` 80h for one that there is not, and C7h when the length is not its own.
  public mutating func set(
    _ number: UInt8, to data: [UInt8], at now: Instant
  ) throws(CompletionCode) {
    guard let old = parameters[number] else { throw .parameterNotSupported }
    guard data.count == old.count || number == 7 && !data.isEmpty && data.count <= old.count
    else { throw .lengthInvalid }
    if number == Self.setInProgress, data[0] & 3 == 1, old[0] & 3 == 1 { throw .setInProgress }
    if number == 4 {
      // The first byte is a mask of which acknowledge bits are written.
      parameters[4] = [0, old[1] & ~data[0] | data[1] & data[0]]
      return
    }
    parameters[number] = data
    guard number == Self.bootFlags else { return }
    let keepsValid = (parameters[Self.validBitClearing]?.first ?? 0) & 0x08 != 0
    flagsExpire = data[0] & Self.validBit != 0 && !keepsValid ? now + Self.flagsLifetime : nil
  }

  /// Takes back the valid bit when its time is over.
  public mutating func advance(to now: Instant) {
    guard let flagsExpire, flagsExpire <= now else { return }
    self.flagsExpire = nil
    clearValidBit()
  }

  /// The machine starts: flags for one start have done their work.
  public mutating func hostStarted() {
    flagsExpire = nil
    guard let flags = parameters[Self.bootFlags], flags[0] & Self.persistentBit == 0 else { return }
    clearValidBit()
  }

  private mutating func clearValidBit() {
    parameters[Self.bootFlags]?[0] &= ~Self.validBit
  }
}

extension CompletionCode {
  /// Parameter not supported, of the commands that get and set parameters.
  static let parameterNotSupported = CompletionCode(rawValue: 0x80)
  /// Set in progress already, of the commands that set parameters.
  static let setInProgress = CompletionCode(rawValue: 0x81)
  /// An attempt to write a parameter that can only be read.
  static let readOnlyParameter = CompletionCode(rawValue: 0x82)
}
