import Glibc
import Support
import Testing

/// `fence_crimp` as cluster managers run it: with parameters on standard input.
@Suite("fence_crimp") struct FenceTests {
  private func fence(
    _ action: String, _ parameters: [String], environment: [String: String] = [:]
  ) throws -> ToolRun {
    let lines = (["action=\(action)"] + parameters).joined(separator: "\n") + "\n"
    return try runTool(
      crimpPath, argumentZero: "fence_crimp", input: Array(lines.utf8),
      environment: environment.merging(["XDG_CACHE_HOME": "/dev/null"]) { given, _ in given })
  }

  private func access(_ bmc: RunningBMC) -> [String] {
    [
      "ip=127.0.0.1", "ipport=\(bmc.port)", "username=admin", "password=\(RunningBMC.password)",
      "stonith_status_sleep=0.1",
    ]
  }

  @Test func switchesAndVerifies() throws {
    let bmc = try RunningBMC(["--power-delay", "0.4"])
    let access = access(bmc)
    for (action, words, status) in [
      ("status", "Status: ON\n", 0), ("on", "Success: Already ON\n", 0),
      ("off", "Success: Powered OFF\n", 0), ("status", "Status: OFF\n", 2),
      ("off", "Success: Already OFF\n", 0), ("on", "Success: Powered ON\n", 0),
      ("reboot", "Success: Rebooted\n", 0), ("status", "Status: ON\n", 0), ("monitor", "", 0),
      ("list", "N/A\n", 0), ("validate-all", "", 0),
    ] as [(String, String, Int32)] {
      let run = try fence(action, access + ["nodename=n1", "agent=fence_crimp", "plug=n1"])
      #expect(run.outputText == words && run.errorText == "" && run.status == status, "\(action)")
    }
  }

  @Test func cycleIsForThoseWhoNameIt() throws {
    let bmc = try RunningBMC([
      "--off", "--misbehave", "refused-cycle-when-off", "--power-delay", "0,0,0,1",
    ])
    let first = try fence("reboot", access(bmc) + ["method=cycle"])
    #expect(first.outputText == "Success: Rebooted\n" && first.status == 0)
    #expect(try fence("status", access(bmc)).outputText == "Status: ON\n")
    let second = try fence("reboot", access(bmc) + ["method=cycle", "verbose=1"])
    #expect(second.outputText == "Success: Rebooted\n" && second.status == 0)
    #expect(second.errorText.contains("ordering cycle\n"))
    #expect(second.errorText.contains("power is off\n"))
    let never = try RunningBMC(["--power-delay", "3600"])
    let third = try fence("reboot", access(never) + ["method=cycle", "power_timeout=0.6"])
    #expect(third.outputText == "" && third.status == 1)
    #expect(third.errorText == "fence_crimp: 127.0.0.1: Timed out waiting to power OFF\n")
  }

  @Test func whatWasNotSeenIsNoSuccess() throws {
    let bmc = try RunningBMC(["--power-delay", "3600"])
    let run = try fence("off", access(bmc) + ["power_timeout=0.6"])
    #expect(run.outputText == "" && run.status == 1)
    #expect(run.errorText == "fence_crimp: 127.0.0.1: Timed out waiting to power OFF\n")
    let reboot = try fence("reboot", access(bmc) + ["power_timeout=0.6"])
    #expect(reboot.outputText == "" && reboot.status == 1)
  }

  @Test func aHostThatDoesNotComeBackIsFencedAllTheSame() throws {
    let bmc = try RunningBMC(["--power-delay", "3600,0,0,0"])
    let run = try fence("reboot", access(bmc) + ["power_timeout=0.6"])
    #expect(run.outputText == "Success: Rebooted\n" && run.status == 0)
    #expect(
      run.errorText == "fence_crimp: 127.0.0.1: it is fenced, but was not seen to be on again\n")
  }

  @Test func failuresHaveOneLineAndNoSecret() throws {
    let bmc = try RunningBMC()
    let wrong = try fence(
      "off", ["ip=127.0.0.1", "ipport=\(bmc.port)", "username=admin", "password=not-this-one"])
    #expect(wrong.errorText == "fence_crimp: 127.0.0.1: wrong password, or no such user\n")
    #expect(wrong.status == 1 && wrong.outputText == "")
    let nobody = try fence(
      "status",
      [
        "ip=127.0.0.1", "ipport=1", "pasword=a-secret-misspelt", "password=x", "login_timeout=1",
      ])
    #expect(
      nobody.errorText == """
        fence_crimp: ignoring unknown option 'pasword'
        fence_crimp: 127.0.0.1: the host is there, but nothing listens on the IPMI port

        """)
    #expect(nobody.status == 1)
    #expect(
      try fence("status", ["ip=127.0.0.1", "ipport=1", "quiet=1", "password=x"]).errorText == "")
  }

  @Test(arguments: [
    (["-o", "dance"], "action 'dance': expected on, off, reboot,"),
    (["-o", "off"], "ip is missing: expected a controller's address, or config and plug"),
    (["-a", "h", "-u", "0"], "ipport '0': expected a port, 1 to 65535"),
    (["-a", "h", "--power-timeout=x"], "power_timeout 'x': expected seconds"),
    (["-a", "h", "-m", "both"], "method 'both': expected onoff, cycle"),
    (["-a", "h", "-C", "4"], "cipher '4': expected a cipher suite such as 17 or 3"),
    (["-a", "h", "-p", "123456789012345678901"], "password: expected at most 20 bytes"),
    (["-a", "h", "--hexadecimal-kg=zz"], "hexadecimal_kg: expected up to 40 hexadecimal digits"),
    (["-a", "h", "-S", "exit 3"], "password_script: it failed"),
  ])
  func aWrongParameterIsNamed(_ arguments: [String], _ words: String) throws {
    let run = try runTool(crimpPath, arguments, argumentZero: "fence_crimp")
    #expect(run.errorText.hasPrefix("fence_crimp: \(words)") && run.status == 1)
    #expect(run.errorText.filter { $0 == "\n" }.count == 1)
    guard !arguments.contains("-o") else { return }
    let validated = try runTool(
      crimpPath, arguments + ["-o", "validate-all"], argumentZero: "fence_crimp")
    #expect(validated.status == 1)
  }

  @Test func onlyItsStepsAreLogged() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let (log, script) = (directory + "/log", "printf '\(RunningBMC.password)\\n'")
      let run = try runTool(
        crimpPath,
        [
          "--ip=127.0.0.1", "--ipport=\(bmc.port)", "--username=admin",
          "--password-script=\(script)",
          "-v", "--debug-file=\(log)", "-P", "-o", "off",
        ], argumentZero: "fence_crimp")
      let steps = """
        fence_crimp: power is on
        fence_crimp: ordering off
        fence_crimp: power is off

        """
      #expect(run.status == 0 && run.errorText == steps)
      #expect(String(decoding: try readFile(log), as: UTF8.self) == steps)
    }
  }

  @Test func aConfigurationServesManyHosts() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let (path, password) = (directory + "/bmc.conf", directory + "/password")
      try writeFile(password, Array("\(RunningBMC.password)\n".utf8))
      chmod(password, 0o600)
      let text = """
        [*]
        user = admin
        password-file = \(password)
        [n[1-2]]
        address = 127.0.0.1
        port = \(bmc.port)
        [n3]
        address = 127.0.0.1
        port = 1
        """
      try writeFile(path, Array(text.utf8))
      let config = ["config=\(path)"]
      #expect(try fence("list", config).outputText == "n1,\nn2,\nn3,\n")
      let listed = try fence("list-status", config)
      #expect(listed.outputLines.sorted() == ["n1,,ON", "n2,,ON", "n3,,UNKNOWN"])
      let monitored = try fence("monitor", config)
      #expect(monitored.status == 0 && monitored.errorText.hasPrefix("fence_crimp: n3: "))
      #expect(try fence("off", config + ["plug=n1"]).outputText == "Success: Powered OFF\n")
      #expect(try fence("monitor", config + ["plug=n3"]).status == 1)
      let unknown = try fence("off", config + ["plug=n4.invalid"])
      #expect(
        unknown.errorText
          == "fence_crimp: n4.invalid: no such host, and config \(path) has no address for it\n")
    }
  }

  // MARK: Beside the originals

  private static let scripts =
    "/" + #filePath.split(separator: "/").dropLast(3).joined(separator: "/") + "/Fixtures/peers"

  private func parameters(_ metadata: ToolRun) throws -> Set<String> {
    let run = try runTool(
      "python3", ["\(Self.scripts)/fence-agents/parameters.py"], input: metadata.output)
    #expect(run.status == 0, "\(run.errorText)")
    return Set(run.outputLines)
  }

  private func ipmilan(_ arguments: [String], input: String = "") throws -> ToolRun {
    let agent = try runTool("sh", ["-c", "command -v fence_ipmilan"]).outputLines.first ?? ""
    return try runTool(
      "python3", ["\(Self.scripts)/fence-agents/agent.py", agent] + arguments,
      input: Array(input.utf8))
  }

  @Test func metadataIsThatOfTheOriginal() throws {
    let ours = try parameters(runTool(crimpPath, ["fence_crimp", "-o", "metadata"]))
    let theirs = try parameters(ipmilan(["-o", "metadata"]))
    let left = theirs.subtracting(ours).map { $0.split(separator: " ")[1] }
    #expect(
      Set(left) == [
        "diag", "manpage", "ipmitool_path", "ipmitool_timeout", "plug_separator", "retry_on",
        "sudo",
        "sudo_path", "target", "use_sudo",
      ])
    let added = ours.subtracting(theirs).map { $0.split(separator: " ")[1] }
    #expect(Set(added) == ["config", "password_file", "separator", "list", "list-status"])
  }

  @Test func answersAsTheOriginal() throws {
    let bmc = try RunningBMC()
    let lines = (access(bmc).dropLast() + ["lanplus=1", "cipher=3", "power_wait=0", "plug=n1"])
      .joined(separator: "\n")
    for action in [
      "status", "off", "status", "off", "on", "on", "reboot", "monitor", "validate-all",
    ] {
      let original = try ipmilan([], input: "\(lines)\naction=\(action)\n")
      let ours = try runTool(
        crimpPath, ["fence_crimp"], input: Array("\(lines)\naction=\(action)\n".utf8))
      if ["off", "on"].contains(action) {
        // Both ran on the same machine: the second finds done what the first did.
        let word = action.uppercased()
        #expect(ours.outputText == "Success: Already \(word)\n")
        #expect(
          ["Success: Already \(word)\n", "Success: Powered \(word)\n"].contains(original.outputText)
        )
      } else {
        #expect(ours.outputText == original.outputText, "\(action)")
      }
      #expect(ours.status == original.status, "\(action)")
    }
  }

  @Test func openIPMISimulator() throws {
    let simulator = try OpenIPMISimulator()
    let access = [
      "ip=127.0.0.1", "ipport=\(simulator.port)", "username=ipmiusr", "password=test",
      "stonith_status_sleep=0.1",
    ]
    for way in [["lanplus=1"], ["auth=md5"], []] {
      let on = try fence("on", access + way)
      #expect(on.status == 0 && simulator.power == "1", "\(on.errorText)")
      #expect(try fence("off", access + way).outputText == "Success: Powered OFF\n")
      #expect(simulator.power == "0")
      #expect(try fence("status", access + way).status == 2)
    }
  }

  /// Pacemaker's own fencer fences a node with it.
  @Test(.enabled(if: geteuid() == 0, "mount namespaces need root"))
  func pacemakersFencer() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let (work, agents) = (directory + "/work", directory + "/agents")
      mkdir(work, 0o755)
      mkdir(agents, 0o755)
      symlink(crimpPath, agents + "/fence_crimp")
      let options = access(bmc).map { "-o \($0)" }.joined(separator: " ")
      let script = """
        "$STONITH_ADMIN" -M -a fence_crimp >/dev/null && echo metadata
        "$STONITH_ADMIN" --validate -a fence_crimp \(options)
        "$STONITH_ADMIN" -R device -a fence_crimp \(options) -o pcmk_host_list=node1 && echo registered
        "$STONITH_ADMIN" -Q device && echo monitored
        "$STONITH_ADMIN" -F node1 -t 20 && echo fenced
        "$STONITH_ADMIN" -U node1 -t 20 && echo unfenced
        "$STONITH_ADMIN" -B node1 -t 20 && echo rebooted
        """
      let run = try runTool(
        "sh", ["\(Self.scripts)/pacemaker/fencer.sh", work, agents, "sh", "-c", script])
      #expect(
        run.outputLines == [
          "metadata", "Validation of fence_crimp succeeded", "registered", "monitored", "fenced",
          "unfenced", "rebooted",
        ], "\(run.errorText)")
    }
    let powers = try bmc.told.split(separator: "\n").filter { $0.contains("power: ") }
    #expect(powers.map { $0.hasSuffix("off") } == [true, false, true, false])
  }
}
