import LinkLayer
import Support
import Testing

@testable import crimp

@Suite struct VendorNamesTests {
  private func names(_ files: [(String, String)]) throws -> (String) throws -> String? {
    try withTemporaryDirectory { directory in
      var paths: [String] = []
      for (name, text) in files {
        paths.append("\(directory)/\(name)")
        try writeFile("\(directory)/\(name)", Array(text.utf8))
      }
      let vendors = VendorNames(paths + ["\(directory)/nothing"])
      // Read at the first question, while the files are there.
      _ = vendors.name(of: HardwareAddress(.broadcast))
      return { text in vendors.name(of: try #require(HardwareAddress(text))) }
    }
  }

  @Test func takesTheLongestPrefixOfEitherForm() throws {
    let name = try names([
      (
        "oui.csv",
        """
        Registry,Assignment,Organization Name,Organization Address\r
        MA-L,00000C,"Cisco Systems, Inc","80 ""West"" Tasman\r
        San Jose"\r
        MA-L,70B3D5,IEEE Registration Authority,US\r
        MA-S,70B3D5F2F,TELEPLATFORMS,\r
        MA-L,001122,"The ""Best"" Co",
        """
      ),
      ("mac.txt", "# 00:00:0c\tno\n\n00:00:0c:07:ac\tHSRP \n52:54:00\t\tQEMU\n70b3d5f2\tShorter\n"),
    ])
    #expect(try name("00:00:0c:01:02:03") == "Cisco Systems, Inc")
    #expect(try name("00:00:0c:07:ac:0c") == "HSRP")
    #expect(try name("70:b3:d5:f2:f1:23") == "TELEPLATFORMS")
    #expect(try name("70:b3:d5:f2:01:23") == "Shorter")
    #expect(try name("70:b3:d5:01:01:23") == "IEEE Registration Authority")
    #expect(try name("00:11:22:00:00:00") == #"The "Best" Co"#)
    #expect(try name("52:54:00:00:00:00") == "QEMU")
    #expect(try name("52:54:01:00:00:00") == nil)
  }

  /// A file of another kind, or a damaged one, has no names, and does no harm.
  @Test(arguments: [
    "", "\n", "\t", "00000C", "00000C\t", "00000C\t   ", "\"", "MA-L,", "MA-L,00000C,",
    "MA-L,00000C,\"",
    "MA-L,00000C,\"\"\"", "0123456789ABCDEF\tlong", "::::\tnone",
  ])
  func damagedFilesHaveNoNames(text: String) throws {
    for file in ["a.csv", "a.txt"] {
      let name = try names([(file, text)])
      let found = try name("00:00:0c:01:02:03")
      #expect(found == nil || found == "\"")
    }
  }

  @Test func knowsWhatDebianInstalls() throws {
    let data = VendorNames(VendorNames.ieeeData)
    let scan = VendorNames([VendorNames.arpScanRegistry])
    for text in [
      "00:00:0c:01:02:03", "70:b3:d5:71:91:23", "74:1a:e0:91:23:45", "00:22:72:00:00:00",
    ] {
      let station = try #require(HardwareAddress(text))
      let name = try #require(data.name(of: station), "is ieee-data installed?")
      #expect(scan.name(of: station) == name)
    }
  }
}
