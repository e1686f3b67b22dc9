import LinkLayerTesting
import Support
import Testing

@Suite("A report of replay tests") struct ReportTests {
  private var failing: ReplayTestResult {
    var result = ReplayTestResult(
      ExchangeComparison(RecordedExchange(frames: [])))
    result.findings = [
      ReplayTestResult.Finding(
        kind: .differs([
          FieldDifference(name: "dns.qry.name", layer: "dns", recorded: "a<b>&\"", said: nil)
        ]), frame: 3, time: .milliseconds(5), line: "a line\u{1b}")
    ]
    return result
  }

  @Test("is XML that says what failed") func xml() throws {
    var report = JUnitReport()
    report.add(
      "good.pcapng", .result(ReplayTestResult(ExchangeComparison(RecordedExchange(frames: [])))),
      took: .milliseconds(12))
    report.add("b\"a&d.pcapng", .result(failing), took: .milliseconds(1500))
    report.add("none", .error("no <such> file"), took: .zero)
    let script = """
      import sys, xml.etree.ElementTree as tree
      suite = tree.parse(sys.stdin).getroot()[0]
      print(*[suite.get(key) for key in ("tests", "failures", "errors", "time")])
      for case in suite:
          print(case.get("name"), case.get("time"), *[child.tag for child in case])
          for child in case: print((child.text or child.get("message")).splitlines()[-1].strip())
      """
    let run = try runTool("python3", ["-c", script], input: Array(report.text.utf8))
    #expect(run.errorText.isEmpty)
    #expect(
      run.outputText == """
        3 1 1 1.512
        good.pcapng 0.012
        b"a&d.pcapng 1.500 failure
        dns.qry.name  recorded a<b>&", said nothing
        none 0.000 error
        no <such> file

        """)
  }

  @Test(
    "tells terms as they are written",
    arguments: [
      ("--host 192.0.2.1 --machine 'ping -c 2 192.0.2.9'", true),
      ("# a comment\n--mask ip.id,tcp.window_size_value\n--mask=udp.*\n--tolerance 0.5", true),
      ("--pace times --filter \"arp or icmp\"", true), ("--pace sometimes", false),
      ("--tolerance -1", false), ("--host", false), ("--color red", false),
    ])
  func terms(text: String, isGood: Bool) {
    #expect(((try? ReplayTestTerms(text)) != nil) == isGood)
  }

  @Test func termsHaveTheirWords() throws {
    let terms = try ReplayTestTerms(
      "--machine 'ping -c 2 \"a b\"' --mask a,b --mask c --host 192.0.2.1,02:00:00:00:00:01")
    #expect(terms.machine == ["ping", "-c", "2", "a b"])
    #expect(terms.mask == ["a", "b", "c"])
    let host = try #require(TestedHost(terms.host ?? ""))
    #expect(host.addresses.count == 1 && host.stations.count == 1)
    #expect(TestedHost("192.0.2.1,nobody") == nil && TestedHost("") == nil)
  }
}
