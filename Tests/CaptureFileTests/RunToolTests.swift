import Support
import Testing

/// The helper that other tests stand on: what it collects, and when it gives up.
@Suite struct RunToolTests {
  @Test func collectsOutputErrorsAndStatus() throws {
    let run = try runTool("sh", ["-c", "cat; echo oops >&2; exit 3"], input: Array("in".utf8))
    #expect(run.status == 3)
    #expect(run.outputText == "in")
    #expect(run.errorText == "oops\n")
  }

  @Test func outputLargerThanAnyPipeIsWhole() throws {
    let run = try runTool("head", ["-c", "300000", "/dev/zero"])
    #expect(run.output.count == 300_000)
  }

  @Test func tellsASignalAsAShellDoes() throws {
    #expect(try runTool("sh", ["-c", "kill -TERM $$"]).status == 128 + 15)
  }

  @Test func setsVariablesAndArgumentZero() throws {
    let run = try runTool(
      "sh", ["-c", "echo $0 $CRIMP_TEST"], argumentZero: "other", environment: ["CRIMP_TEST": "1"])
    #expect(run.outputText == "other 1\n")
  }

  @Test func missingProgramSaysWhatToInstall() throws {
    let error = #expect(throws: ToolError.self) { try runTool("no-such-tool") }
    #expect(error?.description.contains("apt-get install no-such-tool") == true)
  }

  @Test func killsWhatOutlivesItsTime() throws {
    #expect(throws: ToolError.self) { try runTool("sleep", ["100"], seconds: 0) }
  }
}
