internal import HostFiles
internal import Relay

/// `tcppipe-least`: reads and changes host files, for scripts.
enum TCPPipeLeast {
  /// Runs the command line and returns the exit status: 0, or 1 when the file has no host, cannot be read or
  /// written, or the command line is wrong.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    TCPTool.run(program) { tool throws(Exit) in
      let order = try Order(tool, arguments)
      try order.perform(tool)
      return 0
    }
  }

  /// What is asked for.
  private struct Order {
    enum Action {
      case least, list
      case add(UInt64, host: String)
      case set(UInt64, host: String)
    }

    var action = Action.least
    var path = ""

    init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
      var letters: [Character] = []
      let operands = try scanOptions(
        program: tool.program, arguments, letters: "ahlsv",
        long: [LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v")]
      ) { letter, _ throws(Exit) in
        switch letter {
        case "h": throw tool.help(TCPPipeLeast.usage)
        case "v": throw tool.version()
        case "a", "l", "s": letters.append(letter)
        default: throw tool.refuse()
        }
      }
      guard letters.count <= 1 else { throw tool.refuse("only one of -a, -l and -s may be given") }
      let changes = letters.first == "a" || letters.first == "s"
      guard let path = operands.first, operands.count == (changes ? 3 : 1) else {
        throw tool.refuse(changes ? "expected FILE, HOST and BYTES" : "expected FILE")
      }
      self.path = path
      if letters.first == "l" { action = .list }
      guard changes else { return }
      guard operands[2].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
        let count = UInt64(operands[2])
      else {
        throw tool.refuse("\(operands[2]): expected a number of bytes that fits into 64 bits")
      }
      action =
        letters.first == "a" ? .add(count, host: operands[1]) : .set(count, host: operands[1])
    }

    func perform(_ tool: TCPTool) throws(Exit) {
      let store = HostFileStore(at: path)
      switch action {
      case .least:
        let file = try tool.told { () throws(HostFileFailure) in try store.read() }
        guard let least = file.least else { throw tool.fail("\(path): it has no host") }
        tool.console.write("\(least.host)\n")
      case .list:
        let file = try tool.told { () throws(HostFileFailure) in try store.read() }
        for entry in file.entries { tool.console.write("\(entry.host) \(entry.byteCount)\n") }
      case .add(let count, let host): try change(store, host, tool) { $0.add(count, to: host) }
      case .set(let count, let host): try change(store, host, tool) { $0.set(count, for: host) }
      }
    }

    private func change(
      _ store: HostFileStore, _ host: String, _ tool: TCPTool, _ body: (inout HostFile) -> Bool
    ) throws(Exit) {
      var isDone = false
      _ = try tool.told { () throws(HostFileFailure) in
        try store.update { isDone = body(&$0) }
      }
      guard isDone else { throw tool.refuse("\(host): not a host that a file can hold") }
    }
  }

  private static let usage = """
    usage: tcppipe-least FILE                print the host with the fewest bytes
           tcppipe-least -l FILE             print all hosts and their bytes
           tcppipe-least -a FILE HOST BYTES  add to a host's bytes
           tcppipe-least -s FILE HOST BYTES  set a host's bytes
     -h, --help     this help
     -v, --version  the version
    FILE is a host file: one host and the bytes that it has moved a line; # begins a comment. Any number
    of processes may change it at once.

    """
}
