public import IPMI

/// Which version a session is of.
public enum SessionVersion: Hashable, Sendable {
  /// IPMI 2.0 (RMCP+); 1.5 when the controller does not speak 2.0.
  case automatic
  /// IPMI 1.5 only.
  case version15
  /// IPMI 2.0 only.
  case version20
}

/// How sessions are opened and kept.
public struct SessionOptions: Hashable, Sendable {
  /// Which version.
  public var version = SessionVersion.automatic
  /// The cipher suites of a 2.0 session, tried in this order: the next one at once when the controller
  /// refuses the one before. What worked is remembered by whoever keeps the ``SessionFacts``.
  public var suites: [CipherSuite] = [.suite17, .suite3]
  /// Suites that are weaker are not tried, whatever the controller says; and there is no way back to
  /// 1.5. A refusal can be forged.
  public var minimumSuite: CipherSuite?
  /// The authentication types of a 1.5 session, the first that the controller offers is taken. Straight
  /// passwords and sessions without authentication are for those who name them.
  public var authenticationTypes: [AuthenticationType] = [.md5, .md2]
  /// What the session shall be allowed at most. It is raised to what a command needs only then.
  public var privilege = PrivilegeLevel.administrator
  /// Whether the user is found by the name alone, and not by name and privilege level.
  public var looksUpUserByNameOnly = true
  /// How the steps of opening are repeated.
  public var opening = Retransmission(
    first: .milliseconds(300), factor: 2, ceiling: .seconds(4), early: .milliseconds(100))
  /// How commands are repeated: slower, because some controllers spoil answers that they are asked for
  /// twice.
  public var commands = Retransmission(
    first: .milliseconds(500), factor: 2, ceiling: .seconds(4), early: .milliseconds(100))
  /// How long a command may take from its submission on, the opening of the session included.
  public var deadline = Duration.seconds(10)
  /// Whether the deadline begins anew with each step of opening that the controller answers, up to four
  /// times as long in all: it is for those who are silent, not for those who are slow.
  public var renewsDeadline = true
  /// How long a refusal that nobody authenticates must stand alone before it is believed: the true answer
  /// comes meanwhile where it was forged. Nil for 0.1 s or two of the controller's round trips, whichever
  /// is longer; ``opening``'s first wait as long as none is known.
  public var patience: Duration?
  /// A session that was not used for so long is taken as gone, and opened anew: controllers drop one
  /// after 60 s. IPMI 1.5, section 6.11.13.
  public var idleLimit = Duration.seconds(50)
  /// After so many unanswered transmissions of a command the session is taken as lost and opened anew,
  /// once, when the command may be repeated.
  public var attemptsBeforeReopening = 3
  /// How many sequence numbers may be left out: 8 to 32. IPMI 2.0, section 6.12.13.
  public var sequenceWindow = 32
  /// Whether the controller is asked at once which versions it speaks, beside the first step of 2.0; not
  /// only when that is not answered. For those that spoke 1.5 last time.
  public var asksForVersionAtOnce = false
  /// What the controller does otherwise.
  public var quirks: Set<SessionQuirk> = []

  /// The defaults.
  public init() {}

  /// The suites that may be tried.
  var allowedSuites: [CipherSuite] {
    suites.filter { suite in
      suite.isSupported && minimumSuite.map { suite >= $0 } ?? true
    }
  }

  /// Whether a controller that does not speak 2.0 is spoken to in 1.5.
  var mayFallBack: Bool { version == .automatic && minimumSuite == nil }

  /// Whether 1.5 is asked for and forbidden at once.
  var contradictsItself: Bool { version == .version15 && minimumSuite != nil }

  /// Whether all that is sent in a session is encrypted, whatever the controller answers.
  public var encryptsEverything: Bool {
    version != .version15 && !mayFallBack && !allowedSuites.isEmpty
      && allowedSuites.allSatisfy { $0.confidentiality != .none }
  }

  /// Whether a session may be opened that proves a password.
  public var usesPassword: Bool {
    let mayUse15 = version == .version15 || mayFallBack
    let mayUse20 = version != .version15
    return mayUse15 && authenticationTypes != [.none]
      || mayUse20 && allowedSuites.contains { $0.authentication != .none }
  }
}

/// What opening a session has shown of a controller: worth remembering, so that the next session tries
/// it first.
public struct SessionFacts: Hashable, Sendable {
  /// The cipher suite of a 2.0 session; nil in a 1.5 one.
  public var suite: CipherSuite?
  /// How a 1.5 session's packets are authenticated; ``AuthenticationType/rmcpPlus`` in a 2.0 one.
  public var authenticationType: AuthenticationType
  /// The controller's number for the session.
  public var sessionID: UInt32
  /// The controller's identifier; nil in a 1.5 session.
  public var controllerGUID: Octets16?
  /// The suites that the controller refused before it took this one.
  public var refusedSuites: [CipherSuite]
  /// Whether the session is of 1.5 because the controller has said that it speaks nothing else.
  public var isFallback: Bool

  /// Whether the session is of IPMI 2.0.
  public var isVersion20: Bool { authenticationType == .rmcpPlus }

  /// Facts of these fields.
  public init(
    suite: CipherSuite?, authenticationType: AuthenticationType, sessionID: UInt32,
    controllerGUID: Octets16?, refusedSuites: [CipherSuite] = [], isFallback: Bool = false
  ) {
    self.suite = suite
    self.authenticationType = authenticationType
    self.sessionID = sessionID
    self.controllerGUID = controllerGUID
    self.refusedSuites = refusedSuites
    self.isFallback = isFallback
  }
}

extension SessionOptions {
  /// The same options, with what is known to work tried first, and all else after it.
  public func preferring(_ facts: SessionFacts) -> SessionOptions {
    var options = self
    if let suite = facts.suite {
      guard let index = suites.firstIndex(of: suite) else { return self }
      options.suites.remove(at: index)
      options.suites.insert(suite, at: 0)
    } else if mayFallBack {
      options.asksForVersionAtOnce = true
    }
    return options
  }

  /// Repeats what is not answered at this pace, and no sooner, whatever is known of the controller.
  ///
  /// - Parameters:
  ///   - first: how long the first answer is waited for.
  ///   - attempts: how often a datagram is sent at most; nil for as often as the deadline allows.
  public mutating func pace(_ first: Duration, attempts: Int? = nil) {
    for path in [\SessionOptions.opening, \.commands] {
      let policy = self[keyPath: path]
      self[keyPath: path] = Retransmission(
        first: first, factor: policy.factor, ceiling: policy.ceiling, attempts: attempts)
    }
  }
}

extension SessionOptions {
  /// What of the quirks is reckoned with in a login of 2.0.
  var exchangeQuirks: RAKPExchange.Quirks {
    var set: RAKPExchange.Quirks = []
    if quirks.contains(.checkValueByIntegrityAlgorithm) {
      set.insert(.checkValueByIntegrityAlgorithm)
    }
    if quirks.contains(.nameOnlyBitIgnored) { set.insert(.nameOnlyBitIgnored) }
    return set
  }
}
