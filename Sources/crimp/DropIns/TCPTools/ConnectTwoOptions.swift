internal import Relay

/// A command line of `connecttwo`.
struct ConnectTwoOptions {
  /// `-s`: listentwo's `-d`.
  var source: (host: String, port: UInt16) = ("", 0)
  /// `-d`: the service.
  var destination: (host: String, port: UInt16) = ("", 0)
  /// `--hello-from-src`.
  var readsHello = false
  /// `--hello-log`.
  var logsHello = false
  /// `-n`.
  var waitingCount = 1
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v"),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
    LongOption(name: "hello-from-src", letter: "\u{104}"),
    LongOption(name: "hello-log", letter: "\u{105}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    var ends: (source: (String, UInt16)?, destination: (String, UInt16)?)
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "d:hn:s:v", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "d": ends.destination = try tool.target("-d", argument)
      case "h": throw tool.help(Self.usage)
      case "n": waitingCount = try tool.count("-n", argument)
      case "s": ends.source = try tool.target("-s", argument)
      case "v": throw tool.version()
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      case "\u{104}": readsHello = true
      case "\u{105}": logsHello = true
      default: throw tool.refuse()
      }
    }
    if let operand = operands.first { throw tool.refuse("\(operand): expected options only") }
    guard let source = ends.source, let destination = ends.destination else {
      throw tool.refuse("expected -s HOST:PORT, where listentwo is, and -d HOST:PORT, the service")
    }
    (self.source, self.destination) = (source, destination)
  }

  private static let usage = """
    usage: connecttwo -s host1:port1 -d host2:port2 [--hello-from-src]
    Connects to host1, and for each user that comes there to host2; joins the two, and prints what both
    have moved. When host1 cannot be reached, tries again and again.

     -s host1:port1  where listentwo waits (its -d)
     -d host2:port2  the service that users want
         --hello-from-src  host1 tells whose connection it is (listentwo --hello-dst); only then is
                     host2 connected to
         --hello-log print each user's address
     -n count        how many connections wait for users (1)
         --copy, --splice  always move bytes by read and write, or by splice
     -h, --help      this help
     -v, --version   the version
    INADDR_DEFAULT: the host or address from which to connect.

    """
}
