/// A password as Set User Password carries it: 16 bytes, or 20. No description shows it.
public struct UserPassword: Hashable, Sendable {
  /// The field: the password filled with zeros to 16 or 20 bytes.
  let field: [UInt8]

  /// A password in the field of 20 bytes that IPMI 2.0 added, or in the one of 16.
  ///
  /// - Returns: nil when the password does not fit; it is never cut.
  public init?(_ password: Secret, in20Bytes: Bool) {
    let count = in20Bytes ? 20 : 16
    guard password.byteCount <= count else { return nil }
    field = password.bytes.copied.fitted(to: count)
  }

  init(field: [UInt8]) {
    self.field = field
  }

  /// Whether the field has 20 bytes.
  public var is20Bytes: Bool { field.count == 20 }

  /// The password, without the zeros at its end.
  public var bytes: [UInt8] {
    Array(field.prefix(field.lastIndex { $0 != 0 }.map { $0 + 1 } ?? 0))
  }
}

extension UserPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// The word `hidden`.
  public var description: String { "hidden" }
  /// The word `hidden`.
  public var debugDescription: String { description }
  /// A mirror that shows nothing.
  public var customMirror: Mirror { Mirror(self, children: []) }
}
