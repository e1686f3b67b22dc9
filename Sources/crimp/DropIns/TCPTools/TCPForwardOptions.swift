internal import Relay

/// A command line of `tcp-pf`.
struct TCPForwardOptions {
  /// Where connections are relayed to.
  enum Destination {
    /// `-d`.
    case host(String, UInt16)
    /// `-l` and `-p`: the host of a file that has moved the fewest bytes, and the port of all of them.
    case multiplex(file: String, UInt16)
  }

  /// `-s`.
  var place = RelayPlace.port(0)
  var destination = Destination.host("", 0)
  /// `-a`; empty for everybody.
  var allowed: [String] = []
  /// `-r`, in bytes a second, each way.
  var rate: Int?
  /// `--lazy`.
  var isLazy = false
  /// `--insert`.
  var insertion: String?
  /// `-i`.
  var interval = Duration.seconds(512)
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "help", letter: "h"), LongOption(name: "version", letter: "v"),
    LongOption(name: "insert", letter: "\u{100}", takesArgument: true),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
    LongOption(name: "lazy", letter: "\u{103}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    var place: RelayPlace?
    var target: (host: String, port: UInt16)?
    var file: String?
    var port: UInt16?
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "a:d:hi:l:p:r:s:v", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "a": allowed.append(argument)
      case "d": target = try tool.target("-d", argument)
      case "h": throw tool.help(Self.usage)
      case "i": interval = try tool.seconds("-i", argument)
      case "l": file = argument
      case "p": port = try tool.port("-p", argument)
      case "r": rate = try tool.rate("-r", argument)
      case "s": place = try tool.listeningPlace("-s", argument)
      case "v": throw tool.version()
      case "\u{100}": insertion = argument
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      case "\u{103}": isLazy = true
      default: throw tool.refuse()
      }
    }
    if let operand = operands.first { throw tool.refuse("\(operand): expected options only") }
    guard let place else { throw tool.refuse("-s PORT is missing: where to listen") }
    self.place = place
    switch (target, file, port) {
    case (let (host, port)?, nil, nil): destination = .host(host, port)
    case (nil, let file?, let port?): destination = .multiplex(file: file, port)
    default: throw tool.refuse("expected either -d HOST:PORT, or -l FILE and -p PORT")
    }
  }

  private static let usage = """
    usage: tcp-pf -s port1 -d host:port2 [options]
           tcp-pf -s port1 -l multiplexfile -p port2 [options]
    Relays connections that come to port1, both ways, and prints what each has moved.

     -a host           who may connect; more than once for several (everybody)
     -d host:port2     where connections are relayed to
     -l multiplexfile  host file: to the one with the fewest bytes, and count them there
     -p port2          the port of the hosts in the file
     -r rate           bytes per second at most, each way of each connection; k, M, G: powers of 1024
     -s port1          where to listen: a port, or an address of this host and a port
     -i secs           time between two updates of the host file (512)
         --insert file send this file's contents first
         --lazy        one end that closes leaves the other open, until a write to the former fails
         --copy, --splice  always move bytes by read and write, or by splice
     -h, --help        this help
     -v, --version     the version
    INADDR_DEFAULT: the host or address at which to listen and from which to connect.
    SIGHUP looks names and the host file up again.

    """
}
