import Support
import Testing

/// What ipmitool asks of a controller, and gets from `crimp bmc`.
@Suite("crimp bmc: ipmitool's commands")
struct BMCManagementTests {
  /// Commands that only ask, with a line of what they print.
  static let questions: [(command: String, line: String)] = [
    ("chassis status", "Power Restore Policy : previous"),
    ("chassis policy list", "Supported chassis power policy:  always-off always-on previous"),
    ("chassis poh", "POH Counter  : 0 days, 0 hours"),
    ("chassis restart_cause", "System restart cause: unknown"),
    ("chassis selftest", "Self Test Results    : passed"),
    ("chassis bootparam get 5", "   - Boot Device Selector : No override"),
    ("mc info", "IPMI Version              : 2.0"),
    ("mc guid", "GUID Encoding : IPMI"),
    ("mc selftest", "Selftest: passed"),
    ("mc getenables", "System Event Logging                     : enabled"),
    ("mc watchdog get", "Watchdog Timer Is:      Stopped"),
    ("lan print 1", "MAC Address             : 02:bc:7f:00:00:01"),
    ("user list 1", "2   admin            true    false      true       ADMINISTRATOR"),
    ("user summary 1", "Enabled User Count  : 3"),
    ("channel info 1", "  Channel Medium Type   : 802.3 LAN"),
    ("channel info 15", "  Channel Medium Type   : System Interface"),
    ("channel getaccess 1 2", "Privilege Level      : ADMINISTRATOR"),
    ("channel getciphers ipmi 1", "17   N/A     hmac_sha256     sha256_128      aes_cbc_128    "),
    ("session info active", "session type                  : IPMIv2/RMCP+"),
    ("sol info 1", "Privilege Level                 : OPERATOR"),
    ("sol payload status 1 2", "User 2 on channel 1 is enabled"),
  ]

  @Test("every question has its answer")
  func questions() throws {
    let bmc = try RunningBMC()
    for (command, line) in Self.questions {
      let run = try bmc.ipmitool(words(command))
      #expect(run.status == 0 && run.errorText.isEmpty, "\(command): \(run.errorText)")
      let lines = run.outputText.split(separator: "\n").map(String.init)
      #expect(lines.contains(line), "\(command): \(run.outputText)")
    }
  }

  private func words(_ command: String) -> [String] {
    command.split(separator: " ").map(String.init)
  }

  @Test("what is set is set")
  func settings() throws {
    let bmc = try RunningBMC()
    for command in [
      "lan set 1 ipsrc static", "lan set 1 ipaddr 192.168.100.2",
      "lan set 1 netmask 255.255.255.0", "lan set 1 defgw ipaddr 192.168.100.254",
      "lan set 1 defgw macaddr 00:0e:0c:aa:8e:13", "lan set 1 arp respond on",
      "lan set 1 auth ADMIN MD5", "lan set 1 access on", "chassis policy always-on",
      "chassis bootdev pxe options=efiboot", "chassis identify 5",
    ] {
      let run = try bmc.ipmitool(words(command))
      #expect(run.status == 0, "\(command): \(run.errorText)")
    }
    let lan = try bmc.ipmitool(words("lan print 1")).outputLines
    for line in [
      "IP Address              : 192.168.100.2", "Subnet Mask             : 255.255.255.0",
      "Default Gateway IP      : 192.168.100.254", "Default Gateway MAC     : 00:0e:0c:aa:8e:13",
      "                        : Admin    : MD5 ",
    ] {
      #expect(lan.contains(line), "\(lan)")
    }
    let status = try bmc.ipmitool(words("chassis status")).outputLines
    #expect(status.contains("Power Restore Policy : always-on"))
    let boot = try bmc.ipmitool(words("chassis bootparam get 5")).outputLines
    #expect(
      boot.contains(" Boot Flags :") && boot.contains("   - Boot Device Selector : Force PXE"))
    _ = try bmc.ipmitool("power", "reset")
    let after = try bmc.ipmitool(words("chassis bootparam get 5")).outputLines
    #expect(after.contains("   - Boot Flag Invalid"), "the start has used the flags up")
    #expect(try bmc.told.contains("light on for 5 s"))
  }

  @Test("a user who is made can log in, with the new name and password")
  func newUser() throws {
    let bmc = try RunningBMC()
    for command in [
      "user set name 5 bob", "user set password 5 simulated-secret", "user enable 5",
      "channel setaccess 1 5 link=on ipmi=on callin=on privilege=3",
      "user test 5 16 simulated-secret",
    ] {
      let run = try bmc.ipmitool(words(command))
      #expect(run.status == 0, "\(command): \(run.errorText)")
    }
    let run = try bmc.ipmitool(["-L", "OPERATOR", "power", "off"], user: "bob")
    #expect(run.outputText == "Chassis Power Control: Down/Off\n", "\(run.errorText)")
    let refused = try bmc.ipmitool(["-L", "ADMINISTRATOR", "mc", "reset", "cold"], user: "bob")
    #expect(refused.status != 0)
  }
}
