import Glibc
import Support
import Testing

/// Each way in which `ipmitool` is given a password and a key, and each kind of login: the original and
/// ours, at controllers that let nobody in without.
@Suite(.serialized) struct IpmitoolLoginTests {
  private static let key = "the controller's key"

  /// A controller that has a key of its own.
  private func withKey(_ body: (RunningBMC) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      let path = "\(directory)/key"
      try writeFile(path, Array("\(Self.key)\n".utf8))
      chmod(path, 0o600)
      try body(try RunningBMC(["--key-file", path]))
    }
  }

  /// Expects the same of the original and of ours.
  private func compare(
    _ arguments: [String], _ environment: [String: String] = [:], status: Int32 = 0
  ) throws {
    let environment = environment.merging(["LC_ALL": "C"]) { $1 }
    let original = try runTool("ipmitool", arguments, environment: environment)
    let ours = try runTool(
      crimpPath, arguments, argumentZero: "ipmitool", environment: environment)
    #expect(original.status == status, "\(arguments): \(original.errorText)")
    #expect(ours.status == status, "\(arguments): \(ours.errorText)")
    #expect(ours.outputText == original.outputText, "\(arguments)")
    guard status == 0 else { return }
    #expect(ours.errorText == original.errorText, "\(arguments)")
  }

  private func lanplus(_ bmc: RunningBMC) -> [String] {
    ["-I", "lanplus", "-C", "17", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin"]
  }

  @Test func keysComeFromTheCommandLineAndTheEnvironment() throws {
    let password = ["IPMI_PASSWORD": RunningBMC.password]
    let digits = Self.key.utf8.map { String($0, radix: 16) }.joined()
    let status = ["power", "status"]
    try withKey { bmc in
      let options = lanplus(bmc) + ["-E"]
      try compare(options + ["-k", Self.key] + status, password)
      try compare(options + ["-y", digits] + status, password)
      let both = password.merging(["IPMI_KGKEY": Self.key]) { $1 }
      try compare(options + ["-K"] + status, both)
      try compare(options + ["-k", "another key"] + status, password, status: 1)
      try compare(options + status, password, status: 1)
    }
  }

  @Test func passwordsComeFromEachPlace() throws {
    let bmc = try RunningBMC()
    let status = ["power", "status"]
    try compare(lanplus(bmc) + ["-P", RunningBMC.password] + status)
    for name in ["IPMI_PASSWORD", "IPMITOOL_PASSWORD"] {
      try compare(lanplus(bmc) + ["-E"] + status, [name: RunningBMC.password])
    }
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/password", Array("\(RunningBMC.password)\n".utf8))
      try compare(lanplus(bmc) + ["-f", "\(directory)/password"] + status)
    }
    try compare(lanplus(bmc) + ["-P", "wrong"] + status, status: 1)
  }

  /// What is asked for is not shown.
  @Test func bothAreAskedForAtATerminal() throws {
    try withKey { bmc in
      let shown = try ["ipmitool", crimpPath].map { program in
        let tool = try TerminalTool(
          program, lanplus(bmc) + ["-a", "-Y", "power", "status"], argumentZero: "ipmitool",
          environment: ["LC_ALL": "C"])
        #expect(tool.shows("Password: "))
        tool.type("\(RunningBMC.password)\n")
        #expect(tool.shows("Key: "))
        tool.type("\(Self.key)\n")
        #expect(tool.shows("Chassis Power is on"))
        #expect(try tool.end() == 0)
        return tool.shown.split { $0.isNewline }.map(String.init)
      }
      #expect(shown[1] == shown[0])
    }
  }

  @Test func authenticationsAndLevelsAreThoseNamed() throws {
    let bmc = try RunningBMC()
    let lan = ["-I", "lan", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E"]
    let password = ["IPMI_PASSWORD": RunningBMC.password]
    for type in ["NONE", "MD5", "PASSWORD"] {
      try compare(lan + ["-A", type, "power", "status"], password)
    }
    for level in ["USER", "OPERATOR", "ADMINISTRATOR"] {
      try compare(lan + ["-L", level, "power", "status"], password)
      try compare(lanplus(bmc) + ["-E", "-L", level, "power", "status"], password)
    }
    // Who may only look cannot switch.
    try compare(lanplus(bmc) + ["-E", "-L", "USER", "power", "on"], password, status: 1)
    #expect(try bmc.told.contains("IPMI 1.5, MD5") && bmc.told.contains("password in the clear"))
  }
}
