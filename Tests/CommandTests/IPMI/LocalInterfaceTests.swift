import Support
import Testing

/// This machine's own controller, by a device that stands in for the kernel's.
@Suite(.serialized) struct LocalInterfaceTests {
  private func run(
    _ program: String, _ arguments: [String], _ device: LocalDevice, as name: String? = nil
  ) throws -> ToolRun {
    try runTool(
      program, arguments, argumentZero: name,
      environment: device.environment.merging(["LC_ALL": "C", "TZ": "UTC"]) { $1 })
  }

  /// Line by line what the original says, which has no other default than the local interface.
  @Test func ipmitoolSaysWhatTheOriginalSays() throws {
    let device = try LocalDevice()
    for line in [
      "mc info", "-I open chassis status", "power status", "power on", "power status", "power off",
      "lan print 1", "user list 1", "channel info 1", "fru print 3", "raw 6 1", "raw 6 0x99",
      "-l 2 raw 6 1", "mc guid", "-t 0x20 raw 6 1", "-t 0x72 raw 6 1 5 6", "-t 0x72 -b 7 raw 6 1",
      "dcmi asset_tag",
    ] {
      let words = line.split(separator: " ").map(String.init)
      let original = try run("ipmitool", words, device)
      let ours = try run(crimpPath, words, device, as: "ipmitool")
      #expect(ours.outputText == original.outputText, "\(line)")
      #expect(ours.errorText == original.errorText, "\(line)")
      #expect(ours.status == original.status, "\(line)")
    }
  }

  @Test func nativeCommandsTakeNoHosts() throws {
    let device = try LocalDevice()
    let information = try run(crimpPath, ["ipmi", "--local", "mc", "info"], device)
    #expect(information.outputText.contains("IPMI Version              : 2.0"))
    #expect(information.status == 0, "\(information.errorText)")
    let on = try run(crimpPath, ["power", "on", "--local", "--wait", "5"], device)
    #expect(on.status == 0 && on.outputText.contains("local"), "\(on.outputText)\(on.errorText)")
    let status = try run(crimpPath, ["power", "--json", "status", "--local"], device)
    #expect(status.outputText.contains(#""power":"on""#), "\(status.outputText)")
    let refused = try run(crimpPath, ["ipmi", "--local", "raw", "6", "0x99"], device)
    #expect(refused.status == 1 && refused.errorText.contains("C1h"), "\(refused.errorText)")
  }

  /// Each reason has its own words, its remedy and its status.
  @Test func saysWhyThereIsNoDevice() throws {
    let none = try runTool(crimpPath, ["ipmi", "--local", "--device", "7", "mc", "info"])
    #expect(none.status == 69)
    #expect(none.errorText.contains("no IPMI device /dev/ipmi7"))
    #expect(none.errorText.contains("modprobe ipmi_devintf ipmi_si"))
    let both = try runTool(crimpPath, ["power", "status", "--local", "node1"])
    #expect(both.status == 64 && both.errorText.contains("node1: expected no hosts with --local"))
    let alone = try runTool(crimpPath, ["power", "status", "--device", "1", "node1"])
    #expect(alone.status == 64 && alone.errorText.contains("expected --local"))
    let wrong = try runTool(crimpPath, ["ipmi", "--local", "--device", "256", "mc", "info"])
    #expect(wrong.status == 64)
  }
}
