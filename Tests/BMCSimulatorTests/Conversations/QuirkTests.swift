import BMCSimulator
import IPMI
import Machines
import MonotonicTime
import Testing

/// Each quirk of a session against a controller that has it: without the quirk's name nothing comes of
/// the session, with it everything is as it should be.
@Suite("Quirks")
struct QuirkTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var quirk: SessionQuirk
    var misbehavior: Misbehavior
    /// The suite of a 2.0 session; nil for one of 1.5.
    var suite: CipherSuite?
    /// How a 1.5 session is authenticated.
    var authentication = AuthenticationType.md5
    /// What becomes of a session that does not know of the quirk.
    var failure: BMCFailure

    var testDescription: String { "\(quirk)\(suite.map { ", suite \($0)" } ?? "")" }
  }

  static let rows: [Row] =
    [
      Row(
        quirk: .wrongAuthenticationCapabilities, misbehavior: .wrongCapabilities,
        failure: .noAuthenticationType(offered: [])),
      Row(
        quirk: .sessionIDZero, misbehavior: .zeroSessionID, failure: .disbelieved(.sessionIDZero)),
      Row(
        quirk: .authenticatesEveryPacket, misbehavior: .demandedCodes,
        failure: .noAnswer(.privilege)),
      Row(
        quirk: .wrongAuthenticationCodes, misbehavior: .wrongCodes,
        failure: .disbelieved(.wrongAuthenticationCode)),
      Row(
        quirk: .bigEndianSequenceNumbers, misbehavior: .bigEndianNumbers,
        failure: .disbelieved(.bigEndianSequenceNumber)),
      Row(
        quirk: .wrongChecksums, misbehavior: .wrongChecksum, suite: .suite17,
        failure: .disbelieved(.wrongChecksum)),
      Row(
        quirk: .paddedUserName, misbehavior: .fixedNameField, suite: .suite17,
        failure: .noAnswer(.userLookup)),
      Row(
        quirk: .nameOnlyBitIgnored, misbehavior: .nameOnlyBitIgnored, suite: .suite3,
        failure: .wrongUserOrPassword),
      Row(
        quirk: .noPrivilegeCommand, misbehavior: .silentPrivilegeLevel, suite: .suite17,
        failure: .noAnswer(.privilege)),
      Row(
        quirk: .hiddenChallenge, misbehavior: .hiddenChallenge, authentication: .oem,
        failure: .rejected(.activation, .invalidDataField)),
    ]
    + [1, 6, 15].compactMap { CipherSuite(id: $0) }.map { suite in
      Row(
        quirk: .checkValueByIntegrityAlgorithm, misbehavior: .checkValueByIntegrityAlgorithm,
        suite: suite, failure: .wrongKey)
    }

  private func conversation(_ row: Row, knowing quirks: Set<SessionQuirk>) throws -> Conversation {
    var options = SessionOptions()
    options.version = row.suite == nil ? .version15 : .version20
    options.suites = row.suite.map { [$0] } ?? []
    options.quirks = quirks
    options.deadline = .seconds(5)
    options.authenticationTypes = [row.authentication]
    return try Conversation(options) {
      $0.misbehaviors = [row.misbehavior]
      $0.authenticationTypes.insert(.oem)
    }
  }

  @Test("no quirk is without its row")
  func complete() {
    #expect(Set(Self.rows.map(\.quirk)) == Set(SessionQuirk.allCases))
  }

  @Test("known, it is borne with", arguments: rows)
  func known(_ row: Row) throws {
    var conversation = try conversation(row, knowing: [row.quirk])
    let order = try conversation.ask(ChassisControl(.powerDown), as: 1)
    #expect(order.completionCode == .completed)
    for id in 2...12 as ClosedRange<UInt64> {
      let status = try conversation.ask(GetChassisStatus(), as: id)
      #expect(status.data.first.map { $0 & 1 } == 0)
    }
    #expect(conversation.facts.count == 1)
    #expect(conversation.now == .origin, "nothing had to be waited for")
  }

  @Test("not known, it fails, in its own words", arguments: rows)
  func unknown(_ row: Row) throws {
    var conversation = try conversation(row, knowing: [])
    #expect(throws: row.failure) { try conversation.ask(ChassisControl(.powerDown)) }
    // Where the answer alone is not understood, the order was carried out.
    let isDone = row.failure == .disbelieved(.wrongChecksum)
    #expect(conversation.controller.isHostOn == !isDone)
  }

  @Test("known, it does no harm where it is not", arguments: SessionQuirk.allCases)
  func harmless(_ quirk: SessionQuirk) throws {
    // These change what is sent or how it is reckoned: right for the controllers that have them alone.
    guard ![.nameOnlyBitIgnored, .bigEndianSequenceNumbers].contains(quirk) else { return }
    for version in [SessionVersion.version15, .version20] {
      var options = SessionOptions()
      options.version = version
      options.quirks = [quirk]
      var conversation = try Conversation(options)
      let status = try conversation.ask(GetChassisStatus())
      #expect(status.completionCode == .completed)
    }
  }
}
