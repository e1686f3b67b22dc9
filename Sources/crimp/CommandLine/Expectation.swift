/// What an argument is to be, told where swift-argument-parser says only that a value is invalid.
enum Expectation {
  /// By the name that the usage gives the value.
  private static let words: [String: String] = [
    "<addresses>": "an IPv4 or IPv6 address, or several with commas",
    "<targets>": "an IPv4, IPv6 or hardware address, or several with commas",
    "<host>": "an IPv4 or IPv6 address",
    "<address>": "an address",
    "<id[,priority]>": "a VLAN from 0 to 4094, and perhaps a priority from 0 to 7, as 100,5",
    "<seconds>": "a number of seconds",
    "<count>": "a whole number",
    "<frames>": "a whole number of frames a second",
    "<runs>": "a whole number",
    "<port>": "a port from 0 to 65535",
    "<policy>": "never, once or always",
    "<version>": "auto, 1.5 or 2.0",
    "<percent>": "percent, 0 to 100",
    "<channel:address>": "a channel from 0 to 15 and an address, as 0:0x24",
    "<ms[-ms]>": "milliseconds, or two numbers as 5-20, at most 60000",
  ]

  /// Values that their name does not tell apart.
  private static let wordsOfOptions: [String: String] = [
    "--mac": "the hardware address of one station, as 00:11:22:33:44:55",
    "--source": "an IPv4 or IPv6 address",
    "--destination": "an IPv4 address",
    "--confirm": "gateway, or an IPv4 or IPv6 address",
    "--suites": "numbers of cipher suites, \(suites), with commas",
    "--minimum-suite": "the number of a cipher suite, \(suites)",
    "--authentication": "none, md2, md5, oem or password, or several with commas",
    "--quirk": QuirkName.allNames.joined(separator: ", "),
    "--escape": "a character, ^ and another for a control character, or none",
    "--keep-alive": "command, packet or none",
    "--device": "0 to 255",
    "--lun": "0 to 3",
    "--instance": "1 to 15",
    "--serial": "echo, pty or none",
    "--sensors": "standard or every-kind",
    "--slots": "0 to 63",
    "--seed": "a whole number from 0 on",
    "--tls-minimum": "1.0, 1.1, 1.2 or 1.3",
    "--workers": "auto, or a whole number from 1 to \(WorkerCount.most)",
    "--limit-rate": "bytes a second, such as 100k or 10M",
    "--shared-rate": "bytes a second, such as 100k or 10M",
    "--power-delay": "seconds, or four numbers with commas: on, off, soft shutdown, cycle",
  ]

  private static let suites = "0 to 3, 6 to 8, 11, 12 or 15 to 17"

  /// Options that may stand alone, as the library shows them and as they are.
  private static let optionalValues = [
    ("--confirm <host>", "--confirm[=<host>]"), ("--wait <address>", "--wait[=<address>]"),
  ]

  /// `text` of the library, which does not know that some options need no value.
  static func showingOptionalValues(_ text: String) -> String {
    var text = text
    for (shown, right) in optionalValues {
      // In a list of options the explanation stays in its column.
      text = text.with(right, inPlaceOf: shown + "  ").with(right, inPlaceOf: shown)
    }
    return text
  }

  /// `message` with what was expected, where it says that a value is invalid and no more.
  static func completing(_ message: String) -> String {
    let mark = " is invalid for '"
    guard message.hasSuffix("'"), let start = message.utf8.end(of: mark) else {
      return message
    }
    let label = message.dropLast()[start...]
    let parts = label.split(separator: " ")
    let option = parts.first { $0.hasPrefix("--") }.map(String.init) ?? ""
    guard let name = parts.last.map(String.init),
      let expected = wordsOfOptions[option] ?? words[name]
    else { return message }
    return "\(message): expected \(expected)"
  }
}

extension String {
  /// This text with every `part` replaced. The library's own way would bring its regular expressions along.
  fileprivate func with(_ replacement: String, inPlaceOf part: String) -> String {
    var whole = ""
    var rest = self[...]
    while let end = rest.utf8.end(of: part) {
      let start = rest.utf8.index(end, offsetBy: -part.utf8.count)
      whole += rest[..<start]
      whole += replacement
      rest = rest[end...]
    }
    return whole + rest
  }
}

extension Collection where Element == UInt8 {
  /// Where the text after the first occurrence of `mark` begins.
  fileprivate func end(of mark: String) -> Index? {
    let wanted = Array(mark.utf8)
    var index = startIndex
    while index != endIndex {
      if self[index...].starts(with: wanted) { return self.index(index, offsetBy: wanted.count) }
      formIndex(after: &index)
    }
    return nil
  }
}
