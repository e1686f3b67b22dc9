/// How much a session may do. IPMI 2.0, section 6.8.
public enum PrivilegeLevel: UInt8, Hashable, Comparable, Sendable, CaseIterable {
  /// May only answer a callback.
  case callback = 1
  /// May read.
  case user = 2
  /// May operate, but not configure access.
  case `operator` = 3
  /// May do all.
  case administrator = 4
  /// May use the manufacturer's own commands.
  case oem = 5

  /// Whether `left` may do less than `right`.
  @inlinable public static func < (left: PrivilegeLevel, right: PrivilegeLevel) -> Bool {
    left.rawValue < right.rawValue
  }
}
