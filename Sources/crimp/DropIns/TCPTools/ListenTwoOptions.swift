internal import Relay

/// A command line of `listentwo`.
struct ListenTwoOptions {
  /// `-s`: where users connect to.
  var users = RelayPlace.port(0)
  /// `-d`: where connecttwo connects to.
  var agents = RelayPlace.port(0)
  /// `--hello-dst`.
  var saysHello = false
  /// `-w`.
  var patience = Duration.seconds(60)
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v"),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
    LongOption(name: "hello-dst", letter: "\u{104}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    var places: (users: RelayPlace?, agents: RelayPlace?)
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "d:hs:vw:", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "d": places.agents = try tool.listeningPlace("-d", argument)
      case "h": throw tool.help(Self.usage)
      case "s": places.users = try tool.listeningPlace("-s", argument)
      case "v": throw tool.version()
      case "w": patience = try tool.seconds("-w", argument)
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      case "\u{104}": saysHello = true
      default: throw tool.refuse()
      }
    }
    if let operand = operands.first { throw tool.refuse("\(operand): expected options only") }
    guard let users = places.users, let agents = places.agents else {
      throw tool.refuse("expected -s PORT, where users connect to, and -d PORT, for connecttwo")
    }
    (self.users, self.agents) = (users, agents)
  }

  private static let usage = """
    usage: listentwo -s port1 -d port2 [--hello-dst]
    Joins each connection that comes to port1 with one that comes to port2, and prints what both have
    moved. Who is alone waits for another.

     -s port1       where users connect to: a port, or an address of this host and a port
     -d port2       where connecttwo connects to, from where the service is
         --hello-dst  tell there whose connection it is: a line of the PROXY protocol, version 1
     -w secs        how long a user waits before the connection is reset (60)
         --copy, --splice  always move bytes by read and write, or by splice
     -h, --help     this help
     -v, --version  the version
    INADDR_DEFAULT: the host or address at which to listen.

    """
}
