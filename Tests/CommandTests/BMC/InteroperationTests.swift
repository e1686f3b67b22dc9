import Glibc
import Support
import Testing

/// Every program of others that is known here, at `crimp bmc`, in every kind of session.
@Suite("crimp bmc: the matrix of programs and sessions")
struct InteroperationTests {
  /// A kind of session.
  enum Kind: CustomTestStringConvertible {
    /// IPMI 1.5, by FreeIPMI's name of the authentication.
    case version15(String)
    /// IPMI 2.0.
    case suite(Int)

    static let all: [Kind] =
      ["NONE", "STRAIGHT_PASSWORD_KEY", "MD2", "MD5"].map { .version15($0) }
      + [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17].map { .suite($0) }

    var testDescription: String {
      switch self {
      case .version15(let name): "IPMI 1.5, \(name)"
      case .suite(let number): "IPMI 2.0, suite \(number)"
      }
    }

    /// ipmitool's name of a 1.5 session's authentication.
    var ipmitoolName: String? {
      switch self {
      case .suite: nil
      case .version15("STRAIGHT_PASSWORD_KEY"): "PASSWORD"
      case .version15(let name): name
      }
    }
  }

  /// A program, what it is asked, and a part of what it says when all is well.
  struct Program: Sendable {
    var name: String
    var arguments: [String] = []
    var says: String
    var needsRecords = false
  }

  static let programs = [
    Program(name: "ipmitool", arguments: ["power", "status"], says: "Chassis Power is on"),
    Program(name: "ipmitool", arguments: ["mc", "info"], says: "IPMI Version              : 2.0"),
    Program(name: "ipmipower", arguments: ["--stat"], says: "127.0.0.1: on"),
    Program(name: "ipmi-chassis", arguments: ["--get-chassis-status"], says: ": on"),
    Program(name: "bmc-info", says: "IPMI Version"),
    Program(name: "ipmi-sel", arguments: ["--info"], says: "SEL"),
    Program(name: "ipmi-sensors", says: "Inlet Temp", needsRecords: true),
    Program(name: "ipmi-fru", says: "Simulated Server", needsRecords: true),
    Program(
      name: "ipmi-dcmi", arguments: ["--get-system-power-statistics"], says: "Power Measurement"),
    Program(name: "ipmipower", arguments: ["--off"], says: "127.0.0.1: ok"),
    Program(name: "ipmi-sel", says: "S5/G2", needsRecords: true),
  ]

  /// Why a program cannot have a kind of session; nil when it can. ipmiconsole, which knows 2.0 alone,
  /// is in the tests of consoles.
  private func hole(_ program: Program, _ kind: Kind) -> String? {
    switch (program.name, kind) {
    case ("ipmitool", .suite(11)), ("ipmitool", .suite(12)):
      "it ends itself by an assertion: its integrity codes know no MD5-128"
    case ("ipmitool", .version15("MD2")): "Debian's is built without MD2"
    default: nil
    }
  }

  @Test("all that can be had", arguments: Kind.all)
  func kind(_ kind: Kind) throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      for program in Self.programs where hole(program, kind) == nil {
        let run = try run(program, at: bmc, kind, cache: directory)
        #expect(run.status == 0, "\(program): \(run.errorText)")
        #expect(run.outputText.contains(program.says), "\(program): \(run.outputText)")
      }
    }
    let told = try bmc.told
    switch kind {
    case .version15: #expect(told.contains("IPMI 1.5") && !told.contains("IPMI 2.0"))
    case .suite(let number):
      #expect(told.contains("IPMI 2.0, suite \(number)\n") && !told.contains("IPMI 1.5"))
    }
    #expect(!told.contains("refused"))
  }

  private func run(
    _ program: Program, at bmc: RunningBMC, _ kind: Kind, cache directory: String
  ) throws -> ToolRun {
    var arguments = program.arguments
    if program.needsRecords {
      arguments += ["--sdr-cache-directory=\(directory)", "--quiet-cache"]
    }
    switch (program.name, kind) {
    case ("ipmitool", .version15):
      return try bmc.ipmitool(arguments, authentication: kind.ipmitoolName)
    case ("ipmitool", .suite(let number)): return try bmc.ipmitool(arguments, suite: number)
    case (_, .version15(let name)):
      return try bmc.freeIPMI(program.name, arguments, authentication: name)
    case (_, .suite(let number)):
      return try bmc.freeIPMI(program.name, arguments, suite: number)
    }
  }

  /// Our own commands in the same sessions, the weak ones by their name.
  @Test("crimp in each of them", arguments: Kind.all)
  func ownCommands(_ kind: Kind) throws {
    let bmc = try RunningBMC()
    let host = "127.0.0.1:\(bmc.port)"
    var options = ["--user", "admin"]
    switch kind {
    case .suite(let number): options += ["--protocol", "2.0", "--suites", "\(number)"]
    case .version15(let name):
      let own = name == "STRAIGHT_PASSWORD_KEY" ? "password" : name.lowercased()
      options += ["--protocol", "1.5", "--authentication", own]
    }
    func run(_ words: [String]) throws -> ToolRun {
      try runTool(
        crimpPath, words + options,
        environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
    }
    #expect(try run(["power", "off", host]).outputText == "\(host): ordered off\n")
    #expect(try run(["power", "status", host]).outputText == "\(host): off\n")
    let information = try run(["ipmi", "-H", host, "mc", "info"])
    #expect(information.outputText.contains("IPMI Version              : 2.0"))
    #expect(try !bmc.told.contains("refused"))
  }

  /// The controller's key, which every suite but 0 needs then.
  @Test("crimp with two keys", arguments: [3, 8, 12, 17])
  func twoKeys(_ suite: Int) throws {
    try withTemporaryDirectory { directory in
      let (right, wrong) = ("\(directory)/right", "\(directory)/wrong")
      try writeFile(right, Array("the controller's key\n".utf8))
      try writeFile(wrong, Array("another key\n".utf8))
      for path in [right, wrong] { chmod(path, 0o600) }
      let bmc = try RunningBMC(["--key-file", right])
      let host = "127.0.0.1:\(bmc.port)"
      func run(_ options: [String]) throws -> ToolRun {
        try runTool(
          crimpPath,
          ["power", "status", host, "--user", "admin", "--suites", "\(suite)"] + options,
          environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
      }
      #expect(try run(["--key-file", right]).outputText == "\(host): on\n")
      for options in [["--key-file", wrong], []] {
        let refused = try run(options)
        #expect(
          refused.errorText == "\(host): the password is right, the BMC's key (Kg) is not\n")
        #expect(refused.status == 77)
      }
    }
  }
}
