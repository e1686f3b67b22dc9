import Glibc
import Support
import Testing

/// Where passwords and keys are not: on a command line after the start, in what is printed, in what is
/// told of an error.
@Suite("Secrets of remote power")
struct BMCSecretsTests {
  /// A word that nothing else contains.
  private static let secret = "hunter2-hunter2"

  /// A UDP port of 127.0.0.1 that takes datagrams and answers none: whoever asks there stays for a while.
  private final class SilentPort {
    private let descriptor: Int32
    let port: UInt16

    init() throws {
      descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      var length = socklen_t(MemoryLayout<sockaddr_in>.size)
      let descriptor = descriptor
      let status = withUnsafeMutablePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
        }
      }
      port = UInt16(bigEndian: address.sin_port)
      try #require(status)
    }

    deinit { close(descriptor) }
  }

  /// Command lines that have the secret in them; PORT stands for a port where nobody answers.
  static let commandLines: [(program: String, arguments: [String])] = [
    (
      "ipmitool",
      [
        "-I", "lanplus", "-H", "127.0.0.1", "-p", "PORT", "-P", "x", "lan", "set", "1", "snmp",
        secret,
      ]
    ),
    (
      "ipmitool",
      ["-I", "lanplus", "-H", "127.0.0.1", "-p", "PORT", "-P", secret, "power", "status"]
    ),
    ("ipmitool", ["-I", "lan", "-H", "127.0.0.1", "-p", "PORT", "-P\(secret)", "power", "status"]),
    (
      "ipmitool",
      [
        "-I", "lanplus", "-H", "127.0.0.1", "-p", "PORT", "-P", "x", "-k", secret, "mc", "info",
      ]
    ),
    (
      "ipmitool",
      [
        "-I", "lanplus", "-H", "127.0.0.1", "-p", "PORT", "-P", "x", "user", "set", "password", "2",
        secret,
      ]
    ),
    ("ipmipower", ["-h", "127.0.0.1:PORT", "-u", "admin", "-p", secret, "--stat"]),
    ("ipmipower", ["-h", "127.0.0.1:PORT", "-u", "admin", "--password=\(secret)", "--stat"]),
    ("ipmipower", ["-D", "LAN_2_0", "-h", "127.0.0.1:PORT", "-k", secret, "--stat"]),
    (
      "ipmi",
      [
        "-H", "127.0.0.1:PORT", "--user", "admin", "--protocol", "2.0", "--suites", "0", "user",
        "set",
        "password", "2", secret,
      ]
    ),
  ]

  @Test("are blanked on the command line at once", arguments: commandLines)
  func commandLine(_ program: String, _ arguments: [String]) throws {
    let silent = try SilentPort()
    let line = arguments.map { $0.replacing("PORT", with: "\(silent.port)") }
    let tool = try RunningTool(crimpPath, [program] + line)
    defer { tool.send(signal: SIGKILL) }
    let isBlank = try eventually {
      let shown = String(decoding: try readFile("/proc/\(tool.process)/cmdline"), as: UTF8.self)
      return shown.contains("127.0.0.1") && !shown.contains(Self.secret)
    }
    #expect(isBlank)
  }

  @Test("from files and the environment never get there")
  func fromElsewhere() throws {
    let silent = try SilentPort()
    try withTemporaryDirectory { directory in
      let file = "\(directory)/secret"
      try writeFile(file, Array("\(Self.secret)\n".utf8))
      chmod(file, 0o600)
      let host = "127.0.0.1:\(silent.port)"
      for arguments in [
        ["power", "status", host, "--user", "admin", "--password-file", file, "--key-file", file],
        ["ipmi", "-H", host, "--user", "admin", "--password-file", file, "mc", "info"],
        [
          "ipmitool", "-I", "lanplus", "-H", "127.0.0.1", "-p", "\(silent.port)", "-f", file, "mc",
          "info",
        ],
      ] {
        let tool = try RunningTool(crimpPath, arguments)
        usleep(100_000)
        let line = try readFile("/proc/\(tool.process)/cmdline")
        tool.send(signal: SIGKILL)
        let run = try tool.end()
        let everything = line + run.output + run.errorOutput
        #expect(String(decoding: line, as: UTF8.self).contains("127.0.0.1"))
        #expect(!String(decoding: everything, as: UTF8.self).contains(Self.secret))
      }
    }
  }

  /// Right and wrong secrets, and secrets that are refused, in every way to print.
  @Test("are in nothing that is printed")
  func printed() throws {
    let bmc = try RunningBMC()
    let host = "127.0.0.1:\(bmc.port)"
    let common = ["--user", "admin", "--timeout", "2"]
    let commands = [
      ["power", "status", host] + common, ["power", "status", host, "--json"] + common,
      ["ipmi", "-H", host, "-v", "-v", "mc", "info"] + common,
      ["ipmi", "-H", host, "--json", "user", "list", "1"] + common,
      ["ipmi", "-H", host, "user", "set", "password", "3", "$"] + common,
      ["ipmi", "-H", host, "--json", "user", "test", "3", "20", "$"] + common,
      // The user's number forgotten, a word too many, a size that is none.
      ["ipmi", "-H", host, "user", "set", "password", "$"] + common,
      ["ipmi", "-H", host, "user", "set", "password", "3", "x", "20", "$"] + common,
      ["ipmi", "-H", host, "user", "set", "password", "3", "x", "$"] + common,
      ["ipmi", "-H", host, "lan", "set", "1", "password", "x", "$"] + common,
      [
        "ipmitool", "-I", "lanplus", "-H", "127.0.0.1", "-p", bmc.port, "-v", "-v", "-U", "admin",
        "-P", "$", "mc", "info",
      ],
      [
        "ipmitool", "-I", "lan", "-H", "127.0.0.1", "-p", bmc.port, "-v", "-U", "admin", "-P", "$",
        "user", "set", "password", "3", "$",
      ],
      ["ipmitool", "-H", host, "-y", "$", "mc", "info"],
      ["ipmipower", "-D", "LAN_2_0", "-h", host, "-u", "admin", "-p", "$", "-k", "$", "--stat"],
    ]
    for secret in [
      RunningBMC.password, "not-the-secret-1", "a-secret-of-more-than-twenty-bytes",
    ] {
      for command in commands {
        let run = try runTool(
          crimpPath, command.map { $0 == "$" ? secret : $0 },
          environment: ["CRIMP_PASSWORD": secret, "XDG_CACHE_HOME": "/dev/null"])
        let said = run.outputText + run.errorText
        #expect(!said.contains(secret), "\(command)")
      }
    }
    #expect(try !bmc.told.contains("secret"))
  }

  @Test(
    "are in no word about a configuration", arguments: ["password %", "password: %\r\nuser = x"])
  func misspelt(_ line: String) throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/bmc.conf"
      try writeFile(file, Array("[*]\r\n\(line.replacing("%", with: Self.secret))\r\n".utf8))
      let run = try runTool(crimpPath, ["power", "status", "127.0.0.1:1", "--config", file])
      #expect(run.status == 66)
      #expect(run.errorText == "crimp: \(file), line 2: expected [HOSTS] or KEY = VALUE\n")
    }
  }

  @Test("are not shown by a shell that shows what it reads")
  func shell() throws {
    let bmc = try RunningBMC()
    let lines = ["set password", "user set password 2", "user test 2 16"]
    let run = try runTool(
      crimpPath,
      [
        "ipmitool", "-I", "lanplus", "-H", "127.0.0.1", "-p", bmc.port, "-U", "admin", "-E",
        "shell",
      ],
      input: Array(lines.map { "\($0) \(Self.secret)\n" }.joined().utf8),
      environment: ["IPMI_PASSWORD": RunningBMC.password])
    for line in lines { #expect(run.outputText.contains("ipmitool> \(line)\n")) }
    #expect(!(run.outputText + run.errorText).contains(Self.secret))
  }

  @Test("of a file that others can read are refused")
  func shared() throws {
    try withTemporaryDirectory { directory in
      let file = "\(directory)/secret"
      try writeFile(file, Array("\(Self.secret)\n".utf8))
      chmod(file, 0o644)
      let run = try runTool(
        crimpPath, ["power", "status", "127.0.0.1:1", "--password-file", file])
      #expect(run.status == 77)
      #expect(
        run.errorText == "crimp: \(file) holds a secret that others can read: `chmod 600 \(file)`\n"
      )
    }
  }

  /// A straight password, and a new one in a session that encrypts nothing, would be.
  @Test("are in no recording")
  func recorded() throws {
    let bmc = try RunningBMC()
    try withTemporaryDirectory { directory in
      let file = "\(directory)/talk.pcapng"
      func run(_ arguments: [String]) throws -> ToolRun {
        try runTool(
          crimpPath, arguments + ["--user", "admin", "--record", file],
          environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
      }
      let host = "127.0.0.1:\(bmc.port)"
      let straight = try run([
        "power", "status", host, "--protocol", "1.5", "--authentication", "password",
      ])
      #expect(straight.status == 64 && straight.errorText.contains("sends it in the clear"))
      let bytes = Self.secret.utf8.map { String($0) } + ["0"]
      for words in [
        ["user", "set", "password", "3", Self.secret], ["user", "test", "3", "16", Self.secret],
        ["raw", "0x06", "0x47", "3", "2"] + bytes,
        ["raw", "Application", "0x47", "3", "3"] + bytes,
        ["raw", "6", "0x34", "0", "0x20", "0x18", "0xc8", "0x81", "0", "0x47", "3", "2"] + bytes,
        ["lan", "set", "1", "password", Self.secret],
      ] {
        let set = ["ipmi", "-H", host] + words
        for session in [
          [], ["--suites", "17"], ["--protocol", "2.0", "--suites", "2"], ["--protocol", "1.5"],
          ["--minimum-suite", "1", "--suites", "17,1"],
        ] {
          let refused = try run(set + session)
          #expect(refused.status == 64, "\(words) \(session): \(refused.outputText)")
          #expect(refused.errorText.hasPrefix("crimp: --record: the words carry a password"))
          #expect(access(file, F_OK) != 0)
        }
      }
      for session in [["--protocol", "2.0"], ["--minimum-suite", "3"]] {
        let set = ["ipmi", "-H", host, "user", "set", "password", "3", Self.secret]
        #expect(try run(set + session).status == 0)
        let recording = String(decoding: try readFile(file), as: UTF8.self)
        #expect(!recording.contains(Self.secret) && !recording.contains(RunningBMC.password))
      }
      // Whoever logs in on a console types a password.
      let console = try run(["console", host, "--suites", "2"])
      #expect(console.status == 64 && console.errorText.contains("what is typed is recorded"))
    }
  }

  @Test("are asked for before anything is sent, and empty only on purpose")
  func missing() throws {
    let bmc = try RunningBMC()
    let host = "127.0.0.1:\(bmc.port)"
    try withTemporaryDirectory { directory in
      let (file, configuration) = ("\(directory)/secret", "\(directory)/bmc.conf")
      try writeFile(file, Array("\n".utf8))
      try writeFile(configuration, Array("[*]\npassword =\n".utf8))
      for path in [file, configuration] { chmod(path, 0o600) }
      func run(_ arguments: [String], _ environment: [String: String] = [:]) throws -> ToolRun {
        try runTool(
          crimpPath, arguments + ["--timeout", "3"],
          environment: ["XDG_CACHE_HOME": "/dev/null", "CRIMP_PASSWORD": ""].merging(environment) {
            $1
          })
      }
      let commands = [
        ["power", "status", host, "-u", "admin"],
        ["ipmi", "-H", host, "-u", "admin", "mc", "info"],
        ["console", host, "-u", "admin"],
      ]
      for command in commands {
        let refused = try run(command)
        #expect(
          refused.errorText == """
            crimp: \(host): no password: expected --ask-password, --password-file or CRIMP_PASSWORD, or \
            one in the configuration (an empty one too: 'password =' there)

            """)
        #expect(refused.status == 64 && refused.outputText == "")
        let empty = try run(command + ["--password-file", file])
        #expect(empty.errorText.contains("its first line is empty") && empty.status == 64)
      }
      #expect(try !bmc.told.contains("refused"))
      let purposely = try run(commands[0] + ["--config", configuration])
      #expect(purposely.errorText == "\(host): wrong password, or no such user\n")
      let fenced = try runTool(
        crimpPath, ["-a", "127.0.0.1", "-u", bmc.port, "-l", "admin", "-o", "status"],
        argumentZero: "fence_crimp")
      #expect(
        fenced.errorText.hasPrefix("fence_crimp: 127.0.0.1: no password: expected password, "))
      #expect(fenced.status == 1)
    }
    // Nothing is proved by a password there.
    let open = try RunningBMC(["--suites", "0"])
    let run = try runTool(
      crimpPath,
      [
        "power", "status", "127.0.0.1:\(open.port)", "-u", "admin", "--protocol", "2.0", "--suites",
        "0",
      ], environment: ["XDG_CACHE_HOME": "/dev/null"])
    #expect(run.outputText == "127.0.0.1:\(open.port): on\n", "\(run.errorText)")
  }

  @Test("are set by the words of lan too")
  func null() throws {
    let bmc = try RunningBMC()
    let run = try runTool(
      crimpPath,
      [
        "ipmi", "-H", "127.0.0.1:\(bmc.port)", "--user", "admin", "lan", "set", "1", "password",
        "new",
      ],
      environment: ["CRIMP_PASSWORD": RunningBMC.password, "XDG_CACHE_HOME": "/dev/null"])
    #expect(run.outputText == "Password set for user 1\n" && run.status == 0, "\(run.errorText)")
  }
}
