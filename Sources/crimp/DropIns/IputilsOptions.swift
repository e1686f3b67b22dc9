internal import Glibc

/// A command line in the dialect of iputils' arping.
struct IputilsOptions {
  /// `-f`, and implied by `-D`.
  var quitsOnReply = false
  /// `-q`.
  var isQuiet = false
  /// `-b`: never unicast.
  var staysBroadcast = false
  /// `-D`: duplicate address detection.
  var detectsDuplicates = false
  /// `-U` and `-A`: announce, ask for no answer.
  var isUnsolicited = false
  /// `-A`: replies in place of requests.
  var sendsReplies = false
  /// `-c`; nil for no end.
  var count: Int?
  /// `-w` in seconds; 0 for no deadline.
  var deadline = 0.0
  /// `-i` in seconds; 0 for a single frame.
  var interval = 1.0
  /// `-I`.
  var interface: String?
  /// `-s`.
  var source: String?
  /// The destination.
  var target = ""

  /// Reads `arguments`, or complains as the original does.
  init(program: String, _ arguments: [String], console: Console) throws(Exit) {
    let operands = try scanOptions(
      program: program, arguments, letters: "h?bfDUAqc:w:i:s:I:V"
    ) { letter, argument throws(Exit) in
      try take(letter, argument, program, console)
    }
    guard operands.count == 1, let target = operands.first else {
      throw console.fail(Self.usage, status: 2)
    }
    self.target = target
  }

  private mutating func take(
    _ letter: Character, _ argument: String, _ program: String, _ console: Console
  ) throws(Exit) {
    switch letter {
    case "b": staysBroadcast = true
    case "f": quitsOnReply = true
    case "D": (detectsDuplicates, quitsOnReply) = (true, true)
    case "U": isUnsolicited = true
    case "A": (isUnsolicited, sendsReplies) = (true, true)
    case "q": isQuiet = true
    case "c": count = Int(try Self.number(argument, from: 1, program, console))
    case "w": deadline = try Self.seconds(argument, program, console)
    case "i": interval = try Self.seconds(argument, program, console)
    case "s": source = argument
    case "I": interface = argument.isEmpty ? nil : argument
    case "V":
      console.write("arping from crimp, in the dialect of iputils 20221126\n")
      throw Exit(status: 0)
    default: throw console.fail(Self.usage, status: 2)
    }
  }

  /// An integer in the range of `int`, complained about in the original's three ways.
  private static func number(
    _ text: String, from minimum: Int, _ program: String, _ console: Console
  ) throws(Exit) -> Int {
    let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
      throw console.fail("\(program): invalid argument: '\(text)'\n", status: 1)
    }
    guard let value = Int(text) else {
      let reason = "Numerical result out of range"
      throw console.fail("\(program): invalid argument: '\(text)': \(reason)\n", status: 1)
    }
    guard (minimum...Int(Int32.max)).contains(value) else {
      let range = "\(minimum) <= value <= \(Int32.max)"
      throw console.fail(
        "\(program): invalid argument: '\(text)': out of range: \(range)\n", status: 1)
    }
    return value
  }

  /// Seconds; with a fraction too, which the original refuses although callers give it.
  private static func seconds(
    _ text: String, _ program: String, _ console: Console
  ) throws(Exit) -> Double {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    let isFraction =
      parts.count == 2 && text.utf8.count > 1
      && parts.joined().utf8.allSatisfy({ (0x30...0x39).contains($0) })
    if isFraction { return Numbers.seconds(text) }
    return Double(try number(text, from: 0, program, console))
  }

  /// How this dialect is used, in our words. Programs tell it by the words `-w <timeout>`.
  static let usage = """

    Usage: arping [-AbDfqUV] [-c <count>] [-w <timeout>] [-i <interval>] [-I <device>] [-s <source>]
                  <destination>
    Crimp in the dialect of iputils' arping:
      -U, -A           announce <destination>: by requests, by replies
      -D               is the address in use? status 1 if it is
      -b               broadcast even after the first reply
      -f               end at the first reply
      -c <count>       send so many frames
      -w <timeout>     end after so many seconds; fractions are fine
      -i <interval>    seconds between frames
      -I <device>      interface; default: the route's
      -s <source>      sender address
      -q               print nothing
      -V               print the version
    Exit status: 0 answered, announced or free; 1 no answer or in use; 2 error.

    """
}
