import IPMI
import Support
import Testing

/// Inventories in files, and changed ones.
@Suite(.serialized) struct InventoryFileTests {
  private func run(_ bmc: RunningBMC, _ words: [String]) throws -> ToolRun {
    try runTool(
      crimpPath,
      ["-I", "lanplus", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E"] + words,
      argumentZero: "ipmitool",
      environment: ["IPMI_PASSWORD": RunningBMC.password, "LC_ALL": "C"])
  }

  @Test func areReadAndWrittenByteForByte() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let (ours, theirs) = ("\(directory)/ours", "\(directory)/theirs")
      let read = try run(bmc, ["fru", "read", "1", ours])
      #expect(read.outputText == "Fru Size         : 512 bytes\nDone\n", "\(read.errorText)")
      let original = try bmc.ipmitool("fru", "read", "1", theirs)
      #expect(original.outputText == read.outputText)
      let bytes = try readFile(ours)
      #expect(try readFile(theirs) == bytes)

      var inventory = try FRUInventory(parsing: bytes.messageBytes)
      inventory.product?.fields[1] = TypeLengthField("Another Supply")
      let changed = inventory.bytes
      try writeFile(ours, changed)
      let written = try run(bmc, ["fru", "write", "1", ours])
      #expect(
        written.outputText
          == "Fru Size         : 512 bytes\nSize to Write    : \(changed.count) bytes\n")
      #expect(written.status == 0, "\(written.errorText)")
      #expect(try bmc.ipmitool("fru", "print", "1").outputText.contains(": Another Supply\n"))
    }
  }

  /// What is no inventory, or has no room, is not begun with.
  @Test func areLookedAtBeforeTheyAreWritten() throws {
    let bmc = try RunningBMC()
    let before = try run(bmc, ["fru", "print", "0"]).outputText
    try withTemporaryDirectory { directory in
      let path = "\(directory)/inventory"
      var damaged = FRUInventory(product: FRUProductArea(fields: [TypeLengthField("Maker")])).bytes
      damaged[12] ^= 1
      for (bytes, reason) in [
        ([UInt8](repeating: 0, count: 64), "no inventory"), (damaged, "at byte 8"),
        ([UInt8](repeating: 0, count: 600), "room for 512"), ([], "no inventory"),
      ] {
        try writeFile(path, bytes)
        let run = try run(bmc, ["fru", "write", "0", path])
        #expect(run.status == 1 && run.errorText.contains(reason), "\(run.errorText)")
      }
      let missing = try run(bmc, ["fru", "write", "0", "\(path).none"])
      #expect(missing.errorText.contains("Error opening file \(path).none"))
      #expect(missing.status == 1)
      let absent = try run(bmc, ["fru", "read", "9", path])
      #expect(absent.errorText.contains("Device not present") && absent.status == 1)
    }
    #expect(try run(bmc, ["fru", "print", "0"]).outputText == before)
  }

  /// A text of the same length, a longer one that moves the areas behind it, and ipmitool's view.
  @Test func textsAreChanged() throws {
    let bmc = try RunningBMC()
    let same = try run(bmc, ["fru", "edit", "0", "field", "p", "3", "2.00"])
    #expect(same.outputText == "Updating Field '1.00' with '2.00' ...\n", "\(same.errorText)")
    let long = "A much longer name of the chassis part"
    let resized = try run(bmc, ["fru", "edit", "0", "field", "c", "0", long])
    #expect(
      resized.outputText == """
        String size are not equal, resizing fru to fit new string
        Updating Field 'CR-1U-0001' with '\(long)' ...
        Done.

        """, "\(resized.errorText)")
    let print = try bmc.ipmitool("fru", "print", "0").outputText
    #expect(print.contains(" Chassis Part Number   : \(long)\n"))
    #expect(print.contains(" Product Version       : 2.00\n"))
    #expect(print.contains(" Product Asset Tag     : CRIMP-LAB\n"))
    let nothing = try run(bmc, ["fru", "edit", "0", "field", "b", "9", "x"])
    #expect(nothing.outputText == "Field not found !\n" && nothing.status == 1)
  }

  @Test func jsonNamesEachPart() throws {
    let bmc = try RunningBMC()
    let run = try runTool(
      crimpPath,
      [
        "ipmi", "-H", "127.0.0.1:\(bmc.port)", "--user", "user", "--json", "-v", "fru", "print",
        "1",
      ],
      environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
    #expect(run.status == 0, "\(run.errorText)")
    for part in [
      #""id":1"#, #""type":"Rack Mount Chassis""#, #""name":"Simulated Power Supply""#,
      #""type":"power-supply""#, #""capacityWatts":750"#, #""manufactured":1704067200"#,
    ] {
      #expect(run.outputText.contains(part), "\(part): \(run.outputText)")
    }
  }
}
