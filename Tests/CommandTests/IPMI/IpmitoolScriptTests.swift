import Support
import Testing

@testable import crimp

/// `ipmitool exec`, `shell`, `set` and `echo`.
@Suite(.serialized) struct IpmitoolScriptTests {
  private func both(
    _ bmc: RunningBMC, _ words: [String], input: String = ""
  ) throws -> (original: ToolRun, ours: ToolRun) {
    let options = [
      "-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E",
    ]
    let environment = ["IPMI_PASSWORD": RunningBMC.password, "LC_ALL": "C", "TZ": "UTC"]
    func run(_ program: String, as name: String?) throws -> ToolRun {
      try withTemporaryDirectory { directory in
        try writeFile("\(directory)/input", Array(input.utf8))
        let line = ([program] + options + words).map { "'\($0)'" }.joined(separator: " ")
        return try runTool(
          "bash", ["-c", "exec -a \(name ?? program) \(line) < \(directory)/input"],
          environment: environment)
      }
    }
    return (try run("ipmitool", as: nil), try run(crimpPath, as: "ipmitool"))
  }

  @Test func filesAreCarriedOutLineByLine() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let path = "\(directory)/lines"
      let lines = """
        # what follows changes the rest
        power status
        set csv
        user list 1   # with commas
        echo "two  words" and 'one more'
        set privlvl operator

        set privlvl nothing
        set port 70000
        set hostname
        set localaddr x
        set csv 0
        set verbose x
        user summary 1

        """
      try writeFile(path, Array(lines.utf8))
      let (original, ours) = try both(bmc, ["exec", path])
      #expect(ours.outputText == original.outputText)
      #expect(ours.errorText == original.errorText)
      #expect(ours.status == original.status)
    }
  }

  @Test(arguments: [
    ["exec"], ["exec", "/nonexistent/lines"], ["set"], ["set", "help"], ["set", "host"],
    ["set", "verbose"], ["echo", "a", "b"], ["set", "authtype", "x"], ["set", "username", "me"],
  ])
  func wordsAreTheOriginals(_ words: [String]) throws {
    let bmc = try RunningBMC()
    defer { withExtendedLifetime(bmc) {} }
    let (original, ours) = try both(bmc, words)
    #expect(ours.outputText == original.outputText)
    #expect(ours.errorText == original.errorText)
    #expect(ours.status == original.status)
  }

  @Test func theShellReadsStandardInput() throws {
    let bmc = try RunningBMC()
    defer { withExtendedLifetime(bmc) {} }
    let input = "power status\necho a  b\n\nset verbose x\nquit\npower off\n"
    let (original, ours) = try both(bmc, ["shell"], input: input)
    #expect(ours.outputText == original.outputText)
    #expect(ours.errorText == original.errorText)
    #expect(ours.status == original.status)
  }

  /// A file that names itself comes to an end.
  @Test func circlesEnd() throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/lines"
      try writeFile(path, Array("exec \(path)\n".utf8))
      let run = try runTool(crimpPath, ["exec", path], argumentZero: "ipmitool")
      #expect(run.errorText.contains("in a circle") && run.status == 1)
    }
  }

  @Test func quotationMarks() {
    #expect(IpmitoolScript.words("a  'b c' \"d e\"f \t g") == ["a", "b c", "d ef", "g"])
    #expect(IpmitoolScript.words("'' x 'open end") == ["", "x", "open end"])
    #expect(IpmitoolScript.words("   ") == [])
  }
}
