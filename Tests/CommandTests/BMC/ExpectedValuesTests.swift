import Support
import Testing

/// A value that is none is told with what was expected, in one line.
@Suite("Wrong values of remote power's options") struct ExpectedValuesTests {
  private static let suites = "0 to 3, 6 to 8, 11, 12 or 15 to 17"
  private static let quirks =
    "authcap, endianseq, forcepermsg, i82571spt, idzero, intel20, intelplus, noauthcodecheck, "
    + "nochecksumcheck"

  @Test(arguments: [
    (
      ["power", "status", "h", "--suites", "4"],
      "'4' is invalid for '--suites <number,...>': expected numbers of cipher suites, \(suites), with commas"
    ),
    (
      ["power", "status", "h", "--minimum-suite", "x"],
      "'x' is invalid for '--minimum-suite <number>': expected the number of a cipher suite, \(suites)"
    ),
    (
      ["ipmi", "-H", "h", "--quirk", "foo", "mc", "info"],
      "'foo' is invalid for '--quirk <name>': expected \(quirks)"
    ),
    (
      ["audit", "h", "--protocol", "3"],
      "'3' is invalid for '--protocol <version>': expected auto, 1.5 or 2.0"
    ),
    (
      ["power", "status", "h", "--authentication", "md6"],
      "'md6' is invalid for '--authentication <type,...>': expected none, md2, md5, oem or password, or "
        + "several with commas"
    ),
    (
      ["console", "h", "--escape", "foo"],
      "'foo' is invalid for '--escape <character>': expected a character, ^ and another for a control "
        + "character, or none"
    ),
    (
      ["console", "h", "--keep-alive", "foo"],
      "'foo' is invalid for '--keep-alive <how>': expected command, packet or none"
    ),
    (
      ["console", "h", "--instance", "x"],
      "'x' is invalid for '--instance <number>': expected 1 to 15"
    ),
    (
      ["ipmi", "--bridge", "x", "mc", "info"],
      "'x' is invalid for '--bridge <channel:address>': expected a channel from 0 to 15 and an address, as "
        + "0:0x24"
    ),
    (["ipmi", "--lun", "x", "mc", "info"], "'x' is invalid for '--lun <number>': expected 0 to 3"),
    (
      ["power", "status", "--local", "--device", "x"],
      "'x' is invalid for '--device <number>': expected 0 to 255"
    ),
    (
      ["bmc", "--serial", "foo"],
      "'foo' is invalid for '--serial <serial>': expected echo, pty or none"
    ),
    (
      ["bmc", "--sensors", "foo"],
      "'foo' is invalid for '--sensors <sensors>': expected standard or every-kind"
    ),
    (
      ["bmc", "--latency", "5-"],
      "'5-' is invalid for '--latency <ms[-ms]>': expected milliseconds, or two numbers as 5-20, at most "
        + "60000"
    ),
    (
      ["bmc", "--power-delay", "1,2"],
      "'1,2' is invalid for '--power-delay <seconds,...>': expected seconds, or four numbers with commas: "
        + "on, off, soft shutdown, cycle"
    ),
    (["bmc", "--loss", "x"], "'x' is invalid for '--loss <percent>': expected percent, 0 to 100"),
    (["bmc", "--slots", "x"], "'x' is invalid for '--slots <slots>': expected 0 to 63"),
  ])
  func expectation(_ arguments: [String], _ words: String) throws {
    let run = try runCrimp(arguments)
    #expect(run.status == 64)
    #expect(run.errorText == "crimp: The value \(words)\n")
  }

  /// Words that mean none, or more than one, are no protection by mistake.
  @Test(arguments: [
    "suites = none", "minimum-suite = none", "minimum-suite = 3,17", "authentication = no",
  ])
  func inTheConfiguration(_ line: String) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/bmc.conf"
      try writeFile(path, Array("[*]\n\(line)\n".utf8))
      let run = try runTool(
        crimpPath, ["power", "status", "127.0.0.1:1", "--config", path],
        environment: ["CRIMP_PASSWORD": "x"])
      #expect(run.errorText.hasPrefix("crimp: \(path), line 2: ") && run.status == 66)
    }
  }
}
