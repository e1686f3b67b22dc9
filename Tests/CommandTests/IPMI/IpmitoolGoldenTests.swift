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
    try golden.compare(["sol info 1", "sol payload status 1 2", "sol set retry-count 3"])
    try golden.compare(GoldenWords.orders)
    try golden.compare(["-O /nonexistent mc guid"])
    for line in GoldenWords.suites {
      let words = line.split(separator: " ").map(String.init)
      let (original, ours) = (try golden.original(words), try golden.ours(words))
      #expect(ours.outputText.hasPrefix(original.outputText), "\(line)")
      #expect(ours.status == 0 && ours.errorText.isEmpty, "\(line)")
    }
  }

  /// Its serial line's port is told by nobody: it is the session's.
  @Test func openIPMISimulatorWithSerialLine() throws {
    let simulator = try OpenIPMISimulator(hasSerialLine: true)
    let golden = GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "3", "-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr",
        "-E",
      ], password: "test", peer: simulator)
    try golden.compare(["sol info", "sol info 1", "-c sol info 1"])
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
    try golden.compare(GoldenWords.questions + GoldenWords.sol)
    let sessions = try golden.ours(["session", "info", "all"])
    #expect(sessions.outputLines.contains("privilege level               : ADMINISTRATOR"))
    try golden.compare(
      GoldenWords.orders + [
        "mc selftest", "mc watchdog get", "chassis policy previous", "chassis status",
        "channel authcap 1 4", "lan set 1 arp respond on", "lan set 1 arp generate off",
        "lan set 1 arp interval 4", "lan set 1 auth ADMIN MD5", "lan set 1 snmp secret",
        "lan set 1 bad_pass_thresh 3 1 6 12", "lan print 1", "mc guid",
        "lan alert print", "lan alert print 1 2", "lan alert print 1 9", "lan alert set 1 1 foo 1",
        "lan alert set 1 1 time x", "lan alert print 7",
        "lan alert set 1 2 ipaddr 192.0.2.9", "lan alert set 1 2 macaddr 00:00:5e:00:53:09",
        "lan alert set 1 2 gateway backup", "lan alert set 1 2 ack on",
        "lan alert set 1 2 type oem2",
        "lan alert set 1 2 time 30", "lan alert set 1 2 retry 5", "lan alert set 1 9 retry 5",
        "lan alert print 1 2", "lan stats get", "lan stats get 1", "lan stats clear 1",
        "mc getsysinfo system_name", "mc getsysinfo system_fw_version",
        "mc setsysinfo system_name a-name-that-takes-more-than-one-block",
        "mc getsysinfo system_name", "mc setsysinfo os_name Debian", "mc getsysinfo os_name",
      ])
  }
}
