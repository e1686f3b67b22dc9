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
      ["-H", "127.0.0.1:PORT", "--user", "admin", "user", "set", "password", "2", secret]
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
}
