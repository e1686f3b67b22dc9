import Support
import Testing

/// Our `ipmitool` says what Debian's says of the same controller, line by line; where it does not,
/// `Fixtures/cli/README.md` says why.
@Suite(.serialized) struct IpmitoolGoldenTests {
  /// OpenIPMI's simulator by IPMI 2.0.
  @Test func openIPMISimulator() throws {
    let simulator = try OpenIPMISimulator()
    let golden = GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "3", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr",
        "-E",
      ], password: "test")
    try golden.compare(GoldenWords.refused)
    try golden.compare(GoldenWords.questions + GoldenWords.sessions)
    try golden.compare(GoldenWords.orders)
    for line in GoldenWords.suites {
      let words = line.split(separator: " ").map(String.init)
      let (original, ours) = (try golden.original(words), try golden.ours(words))
      #expect(ours.outputText.hasPrefix(original.outputText), "\(line)")
      #expect(ours.status == 0 && ours.errorText.isEmpty, "\(line)")
    }
  }

  /// OpenIPMI's simulator by IPMI 1.5.
  @Test func openIPMISimulatorVersion15() throws {
    let simulator = try OpenIPMISimulator()
    let golden = GoldenIpmitool(
      options: [
        "-I", "lan", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr", "-E",
      ], password: "test")
    try golden.compare(GoldenWords.questions + GoldenWords.sessions)
  }

  /// Our own simulator by IPMI 2.0, with commands that OpenIPMI's has not.
  @Test func ownSimulator() throws {
    let simulator = try RunningBMC()
    let golden = GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", simulator.port, "-U", "admin", "-E",
      ], password: RunningBMC.password)
    try golden.compare(GoldenWords.questions)
    try golden.compare(
      GoldenWords.orders + [
        "mc selftest", "mc watchdog get", "chassis policy previous", "chassis status",
        "channel authcap 1 4", "lan set 1 arp respond on", "lan set 1 arp generate off",
        "lan set 1 arp interval 4", "lan set 1 auth ADMIN MD5", "lan set 1 snmp secret",
        "lan set 1 bad_pass_thresh 3 1 6 12", "lan print 1", "mc guid",
      ])
  }
}
