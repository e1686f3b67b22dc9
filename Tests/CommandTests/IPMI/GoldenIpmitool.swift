import Support
import Testing

/// The original ipmitool and ours, one after the other against the same simulated controller.
struct GoldenIpmitool {
  /// What both are given before the words: interface, address, user.
  var options: [String]
  /// The variable that has the password.
  var password: String
  /// The controller that both speak to, which must not go away before.
  var peer: AnyObject?

  /// Runs the original.
  func original(_ words: [String], seconds: Int = 60) throws -> ToolRun {
    try runTool("ipmitool", options + words, environment: environment, seconds: seconds)
  }

  /// Runs ours.
  func ours(_ words: [String], seconds: Int = 60) throws -> ToolRun {
    try runTool(
      crimpPath, options + words, argumentZero: "ipmitool", environment: environment,
      seconds: seconds)
  }

  private var environment: [String: String] {
    ["IPMI_PASSWORD": password, "LC_ALL": "C", "TZ": "UTC"]
  }

  /// Expects the same lines on both streams and the same status, for each of `lines`. What is one word
  /// in spite of its spaces stands between apostrophes.
  ///
  /// - Parameter mend: what the original's standard output should be, where it is known to be wrong.
  func compare(
    _ lines: [String], sourceLocation: SourceLocation = #_sourceLocation,
    mend: (_ output: String, _ ours: String) -> String = { output, _ in output }
  ) throws {
    for line in lines {
      let words = Self.words(line)
      let (original, ours) = (try original(words), try ours(words))
      #expect(
        ours.outputText == mend(original.outputText, ours.outputText),
        "standard output of: \(line)", sourceLocation: sourceLocation)
      #expect(
        ours.errorText == Self.withoutDiscovery(original.errorText),
        "standard error of: \(line)", sourceLocation: sourceLocation)
      #expect(
        ours.status == original.status, "status of: \(line)", sourceLocation: sourceLocation)
    }
  }

  /// What the original says on standard error, without what `-v` adds of its discovery of controllers.
  private static func withoutDiscovery(_ text: String) -> String {
    let beginnings = [
      "Loading IANA PEN Registry", "Running Get ", "Invalid completion code received",
      "Discovered IPMB address",
    ]
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return lines.filter { line in !beginnings.contains { line.hasPrefix($0) } }
      .joined(separator: "\n")
  }

  private static func words(_ line: String) -> [String] {
    var words: [String] = []
    for (index, part) in line.split(separator: "'", omittingEmptySubsequences: false).enumerated() {
      let isQuoted = index % 2 == 1
      words += isQuoted ? [String(part)] : part.split(separator: " ").map(String.init)
    }
    return words
  }
}

/// Words whose reading needs no controller's answer, or a refusal that both tell alike.
enum GoldenWords {
  /// Help that is asked for, and words that are missing or wrong.
  static let refused =
    [
      "chassis", "chassis help", "chassis foo", "chassis power", "chassis power foo",
      "chassis policy", "chassis policy foo", "chassis identify help", "chassis identify x",
      "chassis identify 300", "chassis bootparam", "chassis bootparam get x", "chassis bootdev",
      "chassis bootdev foo", "chassis bootdev pxe options=foo", "power", "power foo",
      "mc reset", "mc reset foo", "lan", "lan help", "lan foo", "lan set",
      "lan set 1", "lan set help x", "lan set x ipsrc static", "lan set 1 ipsrc",
      "lan set 1 ipsrc foo", "lan set 1 ipaddr foo", "lan set 1 defgw", "lan set 1 defgw macaddr x",
      "lan set 1 arp", "lan set 1 auth", "lan set 1 access", "lan set 1 macaddr 1:2",
      "lan set 1 vlan", "lan set 1 cipher_privs", "lan set 1 bad_pass_thresh", "lan set 1 alert",
      "lan print 77", "lan alert", "lan alert help", "lan alert set", "lan alert set 1 1 ipaddr",
      "lan alert print x",
      "lan alert print 1 x",
      "lan stats", "lan stats foo", "mc getsysinfo", "mc getsysinfo help", "mc getsysinfo foo",
      "mc setsysinfo system_name", "mc help", "user", "user foo", "user set", "user set name",
      "user set name x bob",
      "user set name 5 abcdefghijklmnopq", "user set password 5 secret 17",
      "user set password 5 abcdefghijklmnopqrstu", "user set password 99 x", "user enable",
      "user enable 77", "user priv 5 9", "user priv", "user test 5 17", "channel", "channel foo",
      "channel help", "channel authcap", "channel authcap 1 9", "channel getaccess",
      "channel getaccess 1 99", "channel setaccess 1", "channel setaccess 1 5 foo",
      "channel setaccess 1 5 privilege=x", "channel getciphers", "channel info 99", "user list 99",
      "session", "session foo", "session info", "session info foo", "session info id", "raw",
      "raw 6", "raw help", "raw 300 1", "raw 6 x", "raw 6 1 x",
    ] + refusedSOL

  private static let refusedSOL = [
    "sol", "sol help", "sol foo", "sol info 99", "sol info 1 2", "sol payload", "sol payload foo",
    "sol payload status 99", "sol payload status 1 99", "sol payload status 1 2 3",
    "sol deactivate foo", "sol deactivate instance=x", "sol activate foo",
    "sol activate instance=300", "sol looptest x", "sol looptest 2 x", "sol looptest 1 1 x",
    "sol looptest 1 1 1 1", "sol set", "sol set help", "sol set foo", "sol set foo 1",
    "sol set enabled", "sol set enabled foo", "sol set set-in-progress x",
    "sol set force-encryption x", "sol set force-authentication x",
    "sol set privilege-level callback", "sol set character-accumulate-level 0",
    "sol set character-accumulate-level 300", "sol set character-send-threshold x",
    "sol set retry-count 8", "sol set retry-interval 256", "sol set non-volatile-bit-rate x",
    "sol set volatile-bit-rate 7", "sol set enabled true foo", "sol set enabled true 99",
    "sol set enabled true 1 2 3",
  ]

  /// Questions.
  static let questions = [
    "chassis status", "chassis power status", "power status", "chassis poh", "chassis selftest",
    "chassis restart_cause", "chassis policy list", "chassis bootparam get 5",
    "chassis bootparam get 9", "mc info", "bmc info", "mc guid", "mc guid dump", "mc getenables",
    "lan print 1", "lan print", "lan print 3", "user list 1", "user list", "-c user list 1",
    "user summary 1", "-c user summary 1", "channel info 1", "channel info", "channel info 0",
    "channel info 3", "channel info 15", "channel getaccess 1 2", "channel getaccess 1",
    "raw 0x06 0x01", "raw Application 1", "raw chassis 1", "raw 6 0x99", "-l 2 raw 6 1",
    "-t 0x20 raw 6 1",
  ]

  /// Serial over LAN: what it is, what becomes of it, and what is refused.
  static let sol = [
    "sol info", "sol info 1", "-c sol info", "sol info 3", "sol payload status",
    "sol payload status 1 2", "sol payload disable 1 2", "sol payload status 1 2",
    "sol payload enable 1 2", "sol deactivate", "sol deactivate instance=2",
    "sol set set-in-progress set-complete", "sol set enabled false", "sol info",
    "sol set enabled true", "sol set force-encryption true", "sol set force-encryption false",
    "sol set privilege-level user", "sol set character-accumulate-level 5",
    "sol set character-send-threshold 40", "sol set retry-count 3", "sol set retry-interval 7",
    "sol set non-volatile-bit-rate 9.6", "sol set volatile-bit-rate 19.2", "sol info",
    "sol set enabled true 3", "sol set enabled true 1 noguard", "sol set enabled true noguard",
    "sol activate instance=2", "sol looptest 2 1",
  ]

  /// Questions about the session, whose answer has the console's port where the controller tells it.
  static let sessions = [
    "session info active", "session info handle 1", "-c session info active", "session info all",
    "-c session info all",
  ]

  /// Questions for a list that the original prints to its last full part only.
  static let suites = [
    "channel getciphers ipmi 1", "-c channel getciphers ipmi 1", "channel getciphers sol",
  ]

  /// Orders, and questions that show that they were carried out.
  static let orders = [
    "power on", "chassis power off", "power up", "power reset", "chassis power cycle",
    "power off", "chassis identify", "chassis identify 5", "chassis identify 0",
    "chassis identify force", "chassis policy always-on", "chassis bootdev pxe",
    "chassis bootparam get 5", "chassis bootdev bios options=persistent,efiboot",
    "chassis bootparam get 5", "chassis bootdev disk clear-cmos=yes", "chassis bootparam get 5",
    "chassis bootparam set bootflag force_cdrom", "chassis bootparam get 5",
    "lan set 1 ipsrc static", "lan set 1 ipaddr 192.168.100.2", "lan set 1 netmask 255.255.255.0",
    "lan set 1 defgw ipaddr 192.168.100.254", "lan set 1 defgw macaddr 00:0e:0c:aa:8e:13",
    "lan set 1 bakgw ipaddr 192.0.2.1", "lan set 1 bakgw macaddr 00:00:5e:00:53:01",
    "lan set 1 access on", "lan set 1 vlan id 5", "lan set 1 vlan priority 3",
    "lan set 1 vlan id off", "lan set 1 cipher_privs aaaaaaaaaaaaaaa", "lan print 1",
    "user set name 5 bob", "user set password 5 secret", "user set password 5 secret 20",
    "user set password 5 abcdefghijklmnopq", "user enable 5", "user priv 5 4 1",
    "user test 5 20 abcdefghijklmnopq", "channel getaccess 1 5",
    "channel setaccess 1 5 link=on ipmi=on callin=on privilege=4", "channel getaccess 1 5",
    "channel setaccess 1 5 callin=off", "channel getaccess 1 5", "user disable 5",
    "user list 1", "mc setenables oem0=off", "mc watchdog off",
  ]
}
