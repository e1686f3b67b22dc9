/// A list of hosts as operators write it: `node[1-100,107]`, `r[1-2]n[01-40]`, `192.0.2.[1-9]`,
/// separated by commas or spaces, each with a port after a colon if it needs one.
///
/// A number with leading zeros keeps its width, as in `n[01-10]`. An address of IPv6 that has a port
/// stands in brackets, `[2001:db8::1]:623`; brackets with a colon in them are never a range.
struct HostRange {
  /// What a list may name at most: enough for every machine of a site, and too few to fill memory.
  static let limit = 1 << 20

  /// The hosts that `text` names, in its order, twice those that it names twice.
  static func hosts(in text: String) throws(HostRangeError) -> [NamedHost] {
    var hosts: [NamedHost] = []
    for word in try words(of: text) {
      guard !word.contains("/") else { throw .notAHost(String(word)) }
      for name in try names(in: word, limit: limit - hosts.count) {
        hosts.append(try NamedHost(parsing: name))
      }
    }
    return hosts
  }

  /// The parts of `text` between commas and white space, of which those in brackets part nothing.
  static func words(of text: String) throws(HostRangeError) -> [Substring] {
    var words: [Substring] = []
    var depth = 0
    var start = text.startIndex
    for index in text.indices {
      switch text[index] {
      case "[": depth += 1
      case "]": depth -= 1
      case ",", " ", "\t", "\n", "\r", "\r\n":
        guard depth == 0 else { continue }
        if start < index { words.append(text[start..<index]) }
        start = text.index(after: index)
      default: continue
      }
      guard (0...1).contains(depth) else { throw .unbalancedBracket(in: text) }
    }
    guard depth == 0 else { throw .unbalancedBracket(in: text) }
    if start < text.endIndex { words.append(text[start...]) }
    guard !words.isEmpty else { throw .empty(in: text) }
    return words
  }

  /// The names that `word` stands for.
  private static func names(
    in word: Substring, limit: Int
  ) throws(HostRangeError) -> [String] {
    var names = [""]
    var rest = word
    while let open = rest.firstIndex(of: "["), let close = rest[open...].firstIndex(of: "]") {
      let inside = rest[rest.index(after: open)..<close]
      let numbers =
        inside.contains(":") ? ["[\(inside)]"] : try numbers(in: inside, of: word, limit: limit)
      guard names.count * numbers.count <= limit else { throw .tooMany(limit: Self.limit) }
      let before = rest[..<open]
      names = names.flatMap { name in numbers.map { name + before + $0 } }
      rest = rest[rest.index(after: close)...]
    }
    guard names.count <= limit else { throw .tooMany(limit: Self.limit) }
    return names.map { $0 + rest }
  }

  /// The numbers of `1-3,7`, each in the width that it is written in.
  private static func numbers(
    in text: Substring, of word: Substring, limit: Int
  ) throws(HostRangeError) -> [String] {
    var numbers: [String] = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
      guard let first = ends.first, let last = ends.last, let low = number(first),
        let high = number(last)
      else { throw .notARange(String(part), in: String(word)) }
      guard low <= high else { throw .backwards(String(part), in: String(word)) }
      guard high - low < limit - numbers.count else { throw .tooMany(limit: Self.limit) }
      let width = first.hasPrefix("0") ? first.utf8.count : 0
      numbers += (low...high).map { $0.description.leftPadded(to: width) }
    }
    return numbers
  }

  /// A number of at most 9 digits: no host has more, and no sum overflows.
  private static func number(_ digits: Substring) -> Int? {
    guard (1...9).contains(digits.utf8.count),
      digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return Int(digits)
  }
}

extension String {
  /// The digits with as many zeros before them as `width` asks for.
  fileprivate func leftPadded(to width: Int) -> String {
    String(repeating: "0", count: max(0, width - utf8.count)) + self
  }
}
