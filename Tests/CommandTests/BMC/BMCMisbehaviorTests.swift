import BMCSimulator
import Support
import Testing

/// What `crimp` makes of each thing that real controllers do wrong, from the command line to the wire and
/// back.
@Suite("crimp bmc --misbehave, and crimp")
struct BMCMisbehaviorTests {
  /// What is asked of a controller, and what is said of it.
  struct Row {
    /// Options of `crimp bmc`.
    var controller: [String] = []
    var action = "status"
    /// Options of `crimp power`.
    var options: [String] = []
    var user = "admin"
    var password = RunningBMC.password
    /// What stands behind the host.
    var words = "on"
    var status: Int32 = 0
    /// The work-around, and what else the controllers do that have this fault: with both, `words` must
    /// be true; without, `failure`.
    var quirk: (name: String, companions: [Misbehavior], failure: String, status: Int32)?
  }

  private static let unanswered: (String, Int32) = ("no answer to the command", 69)
  /// What is said of answers that were passed over.
  private static func disbelieved(_ words: String) -> (String, Int32) {
    ("answers came that could not be believed: \(words)", 69)
  }
  private static let refused = "wrong password, or no such user"
  /// What Intel's 82571 does otherwise.
  private static let i82571: [Misbehavior] = [
    .fixedNameField, .nameOnlyBitIgnored, .silentPrivilegeLevel,
  ]

  private static func row(_ misbehavior: Misbehavior) -> Row {
    let version15 = ["--protocol", "1.5"]
    switch misbehavior {
    case .silentCipherSuites, .silentClose, .busyFirst, .forgedAnswers, .staleAnswers,
      .duplicateAnswers, .unnamedPrivilege, .wrongRequesterAddress, .silentPing, .smallRecordReads,
      .cutRecordReads, .lostReservations:
      return Row()
    case .repeatedInitialSequence, .hiddenChallenge: return Row(options: version15)
    // 17 is refused, and 3 is not.
    case .wrongCipherSuites, .shortRefusals: return Row(controller: ["--suites", "3"])
    case .refusedExtendedCapabilities: return Row(controller: ["--suites", "none"])
    case .needlessCheckValue: return Row(options: ["--suites", "0"])
    case .silentWrongPassword: return Row(password: "wrong", words: refused, status: 77)
    case .unknownUserAsWrongCode: return Row(user: "nobody", words: refused, status: 77)
    case .refusedCycleWhenOff:
      return Row(
        controller: ["--off"], action: "cycle",
        words: "off: nothing to restart (--on-if-off switches it on)", status: 1)
    case .weakerSuite: return Row(words: "no cipher suite in common", status: 1)
    case .plainAnswers:
      let told = disbelieved("they are not authenticated and encrypted as the session agreed")
      return Row(words: told.0, status: told.1)
    case .zeroSessionID:
      let told = disbelieved("their session ID is 0 (--quirk idzero ")
      return Row(options: version15, quirk: ("idzero", [], told.0, told.1))
    case .wrongCodes:
      let told = disbelieved("their authentication code is wrong (--quirk noauthcodecheck ")
      return Row(options: version15, quirk: ("noauthcodecheck", [], told.0, told.1))
    case .demandedCodes:
      return Row(options: version15, quirk: ("forcepermsg", [], unanswered.0, unanswered.1))
    case .bigEndianNumbers:
      let told = disbelieved(
        "their sequence numbers are in the other byte order (--quirk endianseq ")
      return Row(options: version15, quirk: ("endianseq", [], told.0, told.1))
    case .wrongCapabilities:
      return Row(
        options: version15,
        quirk: ("authcap", [], "no authentication type in common; the BMC offers: nothing", 1))
    case .wrongChecksum:
      let told = disbelieved("their checksum is wrong (--quirk nochecksumcheck ")
      return Row(quirk: ("nochecksumcheck", [], told.0, told.1))
    case .checkValueByIntegrityAlgorithm:
      return Row(
        options: ["--suites", "15"],
        quirk: ("intelplus", [], "the password is right, the BMC's key (Kg) is not", 77))
    case .fixedNameField:
      return Row(quirk: ("i82571spt", i82571, "no answer to RAKP message 1", 69))
    case .nameOnlyBitIgnored: return Row(quirk: ("i82571spt", i82571, refused, 77))
    case .silentPrivilegeLevel:
      return Row(
        action: "off", words: "ordered off",
        quirk: ("i82571spt", i82571, "no answer to Set Session Privilege Level", 69))
    }
  }

  @Test("is borne with, or told", arguments: Misbehavior.allCases)
  func row(_ misbehavior: Misbehavior) throws {
    let row = Self.row(misbehavior)
    guard let quirk = row.quirk else {
      return try expect(row, of: [misbehavior], row.words, row.status)
    }
    try expect(row, of: [misbehavior], quirk.failure, quirk.status)
    try expect(
      row, of: Set(quirk.companions).union([misbehavior]), knowing: ["--quirk", quirk.name],
      row.words, row.status)
  }

  @Test func aWrongChecksumInVersion15IsToldToo() throws {
    let told = Self.disbelieved("their checksum is wrong (--quirk nochecksumcheck ")
    let row = Row(options: ["--protocol", "1.5"])
    try expect(row, of: [.wrongChecksum], told.0, told.1)
    try expect(row, of: [.wrongChecksum], knowing: ["--quirk", "nochecksumcheck"], "on", 0)
  }

  private func expect(
    _ row: Row, of misbehaviors: Set<Misbehavior>, knowing quirk: [String] = [], _ words: String,
    _ status: Int32
  ) throws {
    let bmc = try RunningBMC(
      row.controller + misbehaviors.flatMap { ["--misbehave", $0.rawValue] })
    let host = "127.0.0.1:\(bmc.port)"
    let run = try runTool(
      crimpPath,
      ["power", row.action, host, "--user", row.user, "--timeout", "1.5"] + row.options + quirk,
      environment: ["CRIMP_PASSWORD": row.password, "XDG_CACHE_HOME": "/dev/null"])
    let said = status == 0 ? run.outputText : run.errorText
    #expect(said.hasPrefix("\(host): \(words)"), "\(said)")
    #expect(run.outputLines.count + run.errorText.split(separator: "\n").count == 1)
    #expect(run.status == status)
  }
}
