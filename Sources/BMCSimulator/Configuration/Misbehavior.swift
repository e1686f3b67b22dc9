/// What real controllers do wrong, or what an attacker on the way would do: each a switch.
public enum Misbehavior: String, Hashable, Sendable, CaseIterable {
  /// The first packet of a 1.5 session has the initial outbound sequence number once more (Intel
  /// SE7520, OpenIPMI's simulator).
  case repeatedInitialSequence = "repeated-initial-sequence"
  /// Get Channel Cipher Suites outside of a session is not answered.
  case silentCipherSuites = "silent-cipher-suites"
  /// Every suite is listed, also those that are then refused.
  case wrongCipherSuites = "wrong-cipher-suites"
  /// Close Session is done, and not answered.
  case silentClose = "silent-close"
  /// A wrong password is met with silence instead of a status.
  case silentWrongPassword = "silent-wrong-password"
  /// An unknown user is not refused: RAKP 2 comes with a code that nobody can have made.
  case unknownUserAsWrongCode = "unknown-user-as-wrong-code"
  /// The first command of every session is answered C0h, node busy.
  case busyFirst = "busy-first"
  /// Power cycle and reset of a machine that is off are refused with D5h.
  case refusedCycleWhenOff = "refused-cycle-when-off"
  /// Get Channel Authentication Capabilities is refused when it asks for IPMI 2.0's data.
  case refusedExtendedCapabilities = "refused-extended-capabilities"
  /// Open Session is answered with weaker algorithms than were asked for.
  case weakerSuite = "weaker-suite"
  /// Packets of an RMCP+ session are neither authenticated nor encrypted, whatever was agreed.
  case plainAnswers = "plain-answers"
  /// Before every answer in a session comes a copy of it, changed, with a code that is wrong.
  case forgedAnswers = "forged-answers"
  /// Before every answer in a session comes the one before it once more.
  case staleAnswers = "stale-answers"
  /// Every datagram is sent twice.
  case duplicateAnswers = "duplicate-answers"
  /// Refusals of Open Session end after the status.
  case shortRefusals = "short-refusals"
  /// Open Session echoes "the highest privilege" instead of naming it.
  case unnamedPrivilege = "unnamed-privilege"
  /// Responses are addressed to the controller instead of the console.
  case wrongRequesterAddress = "wrong-requester-address"
  /// Packets of a 1.5 session have the session ID 0 (Tyan S2882).
  case zeroSessionID = "zero-session-id"
  /// Messages have a wrong second checksum (Supermicro X9).
  case wrongChecksum = "wrong-checksum"
  /// RAKP 4 of suite 0 carries an integrity check value.
  case needlessCheckValue = "needless-check-value"
  /// Sensor data records are given in pieces of 16 bytes at most; more is answered CAh.
  case smallRecordReads = "small-record-reads"
  /// Of a sensor data record that is asked for as a whole, the first 16 bytes are given.
  case cutRecordReads = "cut-record-reads"
  /// The reservation of the sensor data records is lost again and again.
  case lostReservations = "lost-reservations"
  /// Presence pings are not answered.
  case silentPing = "silent-ping"
  /// Get Channel Authentication Capabilities offers neither a version nor an authentication type, and
  /// both are spoken (Asus P5M2, Sun 4150).
  case wrongCapabilities = "wrong-capabilities"
  /// Activate Session says that packets need no codes, and those without are not answered (IBM e325).
  case demandedCodes = "demanded-codes"
  /// The codes of a 1.5 session's responses are wrong (Xyratex HB-F8-SRAY).
  case wrongCodes = "wrong-codes"
  /// The sequence numbers of a 1.5 session's responses are big-endian (Sun ILOM).
  case bigEndianNumbers = "big-endian-numbers"
  /// RAKP message 1 is passed over when the user's name does not fill 16 bytes (Intel 82571).
  case fixedNameField = "fixed-name-field"
  /// RAKP 4's integrity check value is made with the integrity algorithm; without one, there is none
  /// (Intel SE7520AF2).
  case checkValueByIntegrityAlgorithm = "check-value-by-integrity"
  /// Bit 4 of the role counts as clear in RAKP message 2 and in the keys (Intel 82571).
  case nameOnlyBitIgnored = "ignored-name-only-bit"
  /// Set Session Privilege Level is not answered, and sessions have all that they may from the start
  /// (Intel 82571).
  case silentPrivilegeLevel = "silent-privilege-level"
  /// With the OEM type Activate Session must have zeros in the challenge's place (Supermicro).
  case hiddenChallenge = "hidden-challenge"
}
