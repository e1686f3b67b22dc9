internal import Glibc
internal import Relay

/// A command line of `tcppipe`.
struct TCPPipeOptions {
  /// One end of the pipe.
  enum Place: Hashable {
    /// `-`: standard input or output.
    case standard
    /// `host port`; the host is nil for `.`, the one of `-n` that has moved the fewest bytes.
    case host(String?, UInt16)
    /// `:port`: the first to connect there.
    case listening(UInt16)

    var isSocket: Bool { self != .standard }
  }

  var source = Place.standard
  var destination = Place.standard
  /// `-b`.
  var bindFile: String?
  /// `-n`.
  var networkFile: String?
  /// `-i`.
  var interval = Duration.seconds(512)
  /// `--insert`.
  var insertion: String?
  /// `-l`, in bytes a second.
  var rate: Int?
  /// `-p`.
  var printsThroughput = false
  /// `-w`.
  var delay: Duration?
  /// `--copy` and `--splice`.
  var mode = PumpOptions.Mode.adaptive

  private static let long = [
    LongOption(name: "bind-file", letter: "b", takesArgument: true),
    LongOption(name: "help", letter: "h"),
    LongOption(name: "insert", letter: "\u{100}", takesArgument: true),
    LongOption(name: "limit", letter: "l", takesArgument: true),
    LongOption(name: "network-file", letter: "n", takesArgument: true),
    LongOption(name: "version", letter: "v"),
    LongOption(name: "copy", letter: "\u{101}"), LongOption(name: "splice", letter: "\u{102}"),
  ]

  init(_ tool: TCPTool, _ arguments: [String]) throws(Exit) {
    let operands = try scanOptions(
      program: tool.program, arguments, letters: "b:hi:l:n:pvw:", long: Self.long
    ) { letter, argument throws(Exit) in
      switch letter {
      case "b": bindFile = argument
      case "h": throw tool.help(Self.usage)
      case "i": interval = try tool.seconds("-i", argument)
      case "l": rate = try tool.rate("-l", argument)
      case "n": networkFile = argument
      case "p": printsThroughput = true
      case "v": throw tool.version()
      case "w": delay = try tool.seconds("-w", argument)
      case "\u{100}": insertion = argument
      case "\u{101}": mode = .copy
      case "\u{102}": mode = .splice
      default: throw tool.refuse()
      }
    }
    var rest = operands[...]
    source = try Self.place("SOURCE", &rest, tool)
    destination = try Self.place("DESTINATION", &rest, tool)
    if let more = rest.first { throw tool.refuse("\(more): expected nothing behind DESTINATION") }
    try check(tool)
  }

  private static func place(
    _ name: String, _ words: inout ArraySlice<String>, _ tool: TCPTool
  ) throws(Exit) -> Place {
    guard let word = words.popFirst() else {
      throw tool.refuse("\(name) is missing: expected '-', 'host port' or ':port'")
    }
    if word == "-" { return .standard }
    if word.hasPrefix(":"), word.utf8.count <= 6 {
      guard let port = port(word.dropFirst()) else {
        throw tool.refuse("\(name) \(word): expected a port from 0 to 65535 behind the colon")
      }
      return .listening(port)
    }
    guard let text = words.popFirst(), let port = port(text[...]) else {
      throw tool.refuse("\(name) \(word): expected a port behind the host")
    }
    return .host(word == "." ? nil : word, port)
  }

  private static func port(_ text: Substring) -> UInt16? {
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return UInt16(text)
  }

  private func check(_ tool: TCPTool) throws(Exit) {
    guard !source.isSocket || !destination.isSocket else {
      throw tool.refuse("SOURCE and DESTINATION may not both be sockets: one of them must be '-'")
    }
    for case .host(nil, _) in [source, destination] where networkFile == nil {
      throw tool.refuse("the host '.' needs a network host file: -n FILE")
    }
    guard bindFile == nil || source.isSocket || destination.isSocket else {
      throw tool.refuse("-b needs a socket: neither SOURCE nor DESTINATION is one")
    }
  }

  private static let usage = """
    usage: tcppipe [-b file] [-i secs] [--insert file] [-l rate] [-n file] [-p] [-w x]
                   SOURCE DESTINATION
    Moves bytes one way, from SOURCE to DESTINATION. Each is one of
      -           standard input or standard output
      host port   a connection to a host; with '.' for host, to the one of -n that has
                  moved the fewest bytes
      :port       the first connection that comes to a port
    One of the two must be '-'.

     -b, --bind-file file     local address: the one in the host file with the fewest bytes
     -h, --help               this help
     -i secs                  time between two updates of host files (512)
         --insert file        send this file's contents first
     -l, --limit rate         bytes per second at most; k, M, G: powers of 1024
     -n, --network-file file  hosts for '.'
     -p                       print the throughput on standard error
     -v, --version            the version
     -w x                     wait x seconds after accepting a connection
         --copy, --splice     always move bytes by read and write, or by splice
    INADDR_DEFAULT: the host or address whose sockets are used, where -b does not say.

    """
}
