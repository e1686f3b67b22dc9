internal import IPMI
internal import MonotonicTime
internal import Sockets

/// A session slot that is taken.
struct Session: Sendable {
  /// What a session of either version needs of its own.
  enum Version: Sendable {
    /// IPMI 1.5.
    case version15(Version15)
    /// IPMI 2.0.
    case version20(Version20)
  }

  /// The number that the console's packets bear.
  let identifier: UInt32
  /// A short name, for Get Session Info.
  let handle: UInt8
  /// Where the console is.
  let peer: InternetAddress
  /// The user's number; 0 as long as nobody has said.
  var user: UInt8 = 0
  /// The user's name.
  var userName = UserName.null
  /// What the session may do now: it begins at user level.
  var privilege = PrivilegeLevel.user
  /// What it may do at most.
  var limit = PrivilegeLevel.administrator
  /// When a packet came last.
  var lastPacket: Instant
  /// Whether a command has been done or refused in it.
  var hasHadCommand = false
  /// The datagram that answered last, for controllers that repeat it.
  var lastAnswer: [UInt8] = []
  /// The version's own state.
  var version: Version

  /// Whether the login is over.
  var isActive: Bool {
    switch version {
    case .version15: true
    case .version20(let session): session.security != nil
    }
  }

  /// How the session is protected.
  var protection: BMCEvent.Protection {
    switch version {
    case .version15(let session): .version15(session.authentication.type)
    case .version20(let session): .version20(session.suite)
    }
  }
}

/// The state of a session of IPMI 1.5.
struct Version15: Sendable {
  /// How the user's packets are authenticated.
  var authentication: SessionAuthentication
  /// Which packets of the console are new.
  var inbound: SequenceWindow
  /// The number of the next packet to the console.
  var outbound: UInt32
}
