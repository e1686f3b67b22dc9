public import IPMI

/// What opens the protected packets of the IPMI sessions in a capture: the user's password, and the
/// controllers' key where they have one. IPMI 2.0, section 13.31.
public struct IPMIKeys: Sendable {
  /// The password; at most 20 bytes.
  public var password: Secret
  /// Kg; nil where the password stands for it.
  public var controllerKey: Secret?
  /// What computes.
  public var cryptography: any Cryptography

  /// The keys of these secrets.
  public init(
    password: Secret, controllerKey: Secret? = nil, cryptography: any Cryptography
  ) {
    self.password = password
    self.controllerKey = controllerKey
    self.cryptography = cryptography
  }
}
