public import IPMI

/// Who opens a session with a baseboard management controller, and what proves it.
public struct BMCCredentials: Sendable {
  /// The user's name; ``UserName/null`` for the user without one.
  public var userName: UserName
  /// The user's password: at most 20 bytes, and at most 16 for a session of IPMI 1.5. It is never cut.
  public var password: Secret
  /// The controller's key Kg, at most 20 bytes; nil when it has none, and the password stands for it.
  public var key: Secret?

  /// Credentials of these parts.
  public init(userName: UserName, password: Secret, key: Secret? = nil) {
    self.userName = userName
    self.password = password
    self.key = key
  }
}
