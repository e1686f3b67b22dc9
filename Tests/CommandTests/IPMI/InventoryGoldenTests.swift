import Support
import Testing

/// The words `fru` and `dcmi`, compared with Debian's ipmitool line by line.
@Suite(.serialized) struct InventoryGoldenTests {
  private func golden(_ simulator: RunningBMC) -> GoldenIpmitool {
    GoldenIpmitool(
      options: [
        "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", simulator.port, "-U", "admin", "-E",
      ], password: RunningBMC.password)
  }

  @Test func inventories() throws {
    let simulator = try RunningBMC()
    defer { withExtendedLifetime(simulator) {} }
    let golden = golden(simulator)
    try golden.compare([
      "fru", "fru print", "fru list", "fru print 0", "fru print 1", "fru print 9", "fru help",
      "fru print help", "fru print x", "fru print 256", "fru read", "fru read help", "fru read x y",
      "fru write", "fru write help", "fru foo", "fru edit", "fru edit help", "fru edit 0 foo",
      "fru edit x", "fru edit 9 field b 1 x", "fru internaluse", "fru internaluse help",
      "fru internaluse 0 info", "fru internaluse 0 print", "fru internaluse 0 foo",
      "fru internaluse 9 info",
    ])
    // Of what is sent and found out the original tells on standard error.
    for line in ["-v fru", "-v fru print 1"] {
      let words = line.split(separator: " ").map(String.init)
      let (original, ours) = (try golden.original(words), try golden.ours(words))
      #expect(ours.outputText == original.outputText, "\(line)")
      #expect(ours.outputText.contains("Power Supply Record") && ours.status == 0)
    }
  }

  /// Both simulators: OpenIPMI's knows nothing of DCMI, and its inventory has no chassis.
  @Test func inventoriesOfOpenIPMI() throws {
    let simulator = try OpenIPMISimulator()
    for interface in [["-I", "lanplus", "-C", "3"], ["-I", "lan"]] {
      let golden = GoldenIpmitool(
        options: interface + ["-H", "127.0.0.1", "-p", "\(simulator.port)", "-U", "ipmiusr", "-E"],
        password: "test")
      try golden.compare([
        "fru", "fru print 0", "fru print 3", "dcmi asset_tag", "dcmi get_mc_id_string",
        "dcmi discover", "dcmi get_conf_param",
      ]) { output, _ in
        // The original takes what stands behind the product's area for one more field.
        output.split(separator: "\n", omittingEmptySubsequences: false)
          .filter { !$0.hasPrefix(" Product Extra") }.joined(separator: "\n")
      }
    }
  }

  @Test func dataCenterManageability() throws {
    let simulator = try RunningBMC()
    defer { withExtendedLifetime(simulator) {} }
    let golden = golden(simulator)
    try golden.compare([
      "dcmi", "dcmi help", "dcmi foo", "dcmi discover", "dcmi power", "dcmi power get_limit",
      "dcmi power set_limit limit 500",
      "dcmi power set_limit action sel_logging limit 400 correction 6000 sample 5",
      "dcmi power activate", "dcmi power get_limit", "dcmi power deactivate",
      "dcmi power get_limit", "dcmi asset_tag", "dcmi set_asset_tag",
      "dcmi set_asset_tag RACK-7-A-VERY-LONG-ONE", "dcmi asset_tag",
      "dcmi set_asset_tag 12345678901234567890123456789012345678901234567890123456789012345",
      "dcmi get_mc_id_string", "dcmi thermalpolicy get 64 1", "dcmi thermalpolicy get 66 1",
      "dcmi thermalpolicy set 64 1 nonvolatile poweroff sel 50 30", "dcmi thermalpolicy get 64 1",
      "dcmi thermalpolicy set 64 1 volatile nopoweroff nosel 200 30", "dcmi get_conf_param",
      "dcmi set_conf_param", "dcmi set_conf_param timeout x", "dcmi set_conf_param timeout 300",
      "dcmi set_conf_param init 5", "dcmi set_conf_param activate_dhcp", "dcmi get_conf_param",
    ])
    // Readings change from moment to moment: what is compared is all but the digits.
    for line in [
      "dcmi power reading", "dcmi power reading 5_sec", "dcmi get_temp_reading", "dcmi sensors",
      "-c dcmi sensors",
    ] {
      let words = line.split(separator: " ").map(String.init)
      let (original, ours) = (try golden.original(words), try golden.ours(words))
      func form(_ run: ToolRun) -> String { run.outputText.filter { !$0.isNumber } }
      #expect(form(ours) == form(original), "\(line)")
      #expect(ours.status == 0 && ours.errorText.isEmpty, "\(line)")
    }
  }

  /// What one of the two has set, the other reads.
  @Test func setsTheControllersName() throws {
    let simulator = try RunningBMC()
    defer { withExtendedLifetime(simulator) {} }
    let golden = golden(simulator)
    let set = try golden.ours(["dcmi", "set_mc_id_string", "bmc-of-rack-7-with-a-long-name"])
    #expect(
      set.outputText
        == "\n Set Management Controller Identifier String Command: bmc-of-rack-7-with-a-long-name\n\n"
    )
    let read = try golden.original(["dcmi", "get_mc_id_string"])
    #expect(read.outputText.contains(": bmc-of-rack-7-with-a-long-name\n"))
  }
}
