public import IPMI
public import Sockets

/// What happened in a simulated controller that a person may want to know.
public enum BMCEvent: Hashable, Sendable {
  /// A console logged in.
  case loggedIn(user: UserName, from: InternetAddress, protection: Protection)
  /// A console was refused.
  case refused(Refusal, from: InternetAddress)
  /// A console's session ended, by its own wish or because nothing came.
  case loggedOut(user: UserName, from: InternetAddress)
  /// The machine's power changed.
  case power(HostPower.Change)
  /// The machine is to be found by its light, for this many seconds; nil until it is told to stop.
  case identifies(seconds: UInt8?)
  /// A console has the serial line, or gave it back.
  case serialLine(isTaken: Bool)

  /// How a session is protected.
  public enum Protection: Hashable, Sendable {
    /// A session of IPMI 1.5.
    case version15(AuthenticationType)
    /// A session of IPMI 2.0.
    case version20(CipherSuite)
  }

  /// Why a console was refused.
  public enum Refusal: Hashable, Sendable {
    /// There is no such user, or the user may not log in.
    case unknownUser
    /// The password, or the key Kg, was wrong.
    case wrongPassword
    /// Every slot is taken.
    case noSlot
    /// The suite or the authentication type is not accepted.
    case unacceptableAlgorithm
    /// The level is more than the user may have.
    case privilege
  }
}
