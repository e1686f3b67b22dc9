import Glibc
import IPMI
import LinkLayer
import Machines
import Sockets
import Support
import Testing

@testable import crimp

/// What is remembered of controllers: an order to try things in, for some days, and never more.
@Suite("Memory of cipher suites")
struct SuiteMemoryTests {
  private let address = InternetAddress(.v4(IPv4Address(192, 0, 2, 1)), port: 623)
  private let usual = SessionOptions()

  private func facts(
    _ suite: CipherSuite?, refused: [CipherSuite] = [], isFallback: Bool = false
  ) -> SessionFacts {
    SessionFacts(
      suite: suite, authenticationType: suite == nil ? .md5 : .rmcpPlus, sessionID: 1,
      controllerGUID: nil, refusedSuites: refused, isFallback: isFallback)
  }

  /// What the next run's options are once a session has shown this.
  private func options(
    after facts: SessionFacts, in directory: String, wait: Int = 60
  ) -> SessionOptions {
    let path = directory + "/suites"
    var memory = SuiteMemory(path: path, now: 1000)
    memory.note(facts, of: address)
    memory.save()
    return SuiteMemory(path: path, now: 1000 + wait).options(usual, for: address)
  }

  @Test func aSuiteThatWasTakenForARefusedOneIsTriedFirst() throws {
    try withTemporaryDirectory { directory in
      let next = options(after: facts(.suite3, refused: [.suite17]), in: directory)
      #expect(next.suites == [.suite3, .suite17])
      // Another controller is another matter.
      let other = InternetAddress(.v4(IPv4Address(192, 0, 2, 2)), port: 623)
      let memory = SuiteMemory(path: directory + "/suites", now: 1001)
      #expect(memory.options(usual, for: other) == usual)
      // Who names suites gets those.
      var named = usual
      named.suites = [.suite17]
      #expect(memory.options(named, for: address) == named)
    }
  }

  @Test func whatSomebodyAskedForIsNotRemembered() throws {
    for asked in [facts(.suite3), facts(nil)] {
      try withTemporaryDirectory { #expect(options(after: asked, in: $0) == usual) }
    }
  }

  @Test func version15IsAskedForAndNeverInsistedOn() throws {
    let next = try withTemporaryDirectory { directory in
      options(after: facts(nil, isFallback: true), in: directory)
    }
    #expect(next.asksForVersionAtOnce && next.version == .automatic && next.suites == usual.suites)
  }

  @Test func itIsForgottenAfterAWeekAndWhenTheFirstSuiteIsTaken() throws {
    let weaker = facts(.suite3, refused: [.suite17])
    try withTemporaryDirectory { directory in
      #expect(options(after: weaker, in: directory, wait: 8 * 86_400) == usual)
      #expect(options(after: weaker, in: directory) != usual)
      #expect(options(after: facts(.suite17, refused: [.suite3]), in: directory) == usual)
    }
  }

  @Test func aFileOfAnotherTimeOrMakeIsPassedOver() throws {
    try withTemporaryDirectory { directory in
      let path = directory + "/suites"
      for line in ["", " 9999999999", " -5\n\0\n x", " -9223372036854775808"] {
        try WholeFile.write(Array("192.0.2.1:623 3\(line)\n".utf8), to: path)
        #expect(SuiteMemory(path: path, now: 8 * 86_400).options(usual, for: address) == usual)
      }
    }
  }

  /// The whole way: a controller that is updated is not locked out, and not spoken to weakly for ever.
  @Test func runsOfTheCommand() throws {
    try withTemporaryDirectory { directory in
      let file = directory + "/crimp/suites"
      defer {
        unlink(file)
        rmdir(directory + "/crimp")
      }
      let environment = ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": directory]
      func status(_ bmc: RunningBMC, _ options: String...) throws -> String {
        let arguments = ["power", "status", "-u", "admin", "127.0.0.1:\(bmc.port)"] + options
        let run = try runTool(crimpPath, arguments, environment: environment)
        return run.outputText + run.errorText
      }
      let bmc = try RunningBMC()
      let host = "127.0.0.1:\(bmc.port)"
      #expect(try status(bmc, "--suites", "3") == "\(host): on\n")
      #expect(try status(bmc, "--protocol", "1.5") == "\(host): on\n")
      #expect(try status(bmc) == "\(host): on\n")
      #expect(try bmc.told.contains("suite 17"))
      #expect(throws: ToolError.self) { try readFile(file) }

      let old = try RunningBMC(["--suites", "none"])
      for _ in 0..<2 {
        #expect(try status(old) == "127.0.0.1:\(old.port): on\n")
        let kept = String(decoding: try readFile(file), as: UTF8.self)
        #expect(kept.hasPrefix("127.0.0.1:\(old.port) 1.5 "))
      }
    }
  }
}
