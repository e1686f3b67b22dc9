/// Names that differ in their numbers, folded into one: `node[1-3,7]`, `r[1-2]n[1-16]`.
///
/// What `HostRange` reads, this writes: unfolding gives the same names, sorted.
struct HostFolding {
  /// `names` in few words, in the order of their texts and numbers. Names are folded by their last
  /// number, and then those that have the same numbers there by the number before it, and so on.
  static func fold(_ names: some Sequence<String>) -> [String] {
    var words = level(names.map { Word(head: $0, tail: "") }).sorted { $0.key < $1.key }.map(\.word)
    while words.contains(where: { $0.head.contains(where: \.isASCIIDigit) && !$0.isWhole }) {
      words = level(words).map(\.word)
    }
    return words.map { $0.head + $0.tail }
  }

  /// A name, or many: what may hold more numbers, and what is folded already.
  private struct Word {
    var head: String
    var tail: String
    /// Whether no number is left in the head that a bracket may hold.
    var isWhole = false
  }

  /// `words` folded by the last number of their heads, in the order in which they come.
  private static func level(_ words: [Word]) -> [(key: Stem, word: Word)] {
    let split = words.map { word -> (stem: Stem, number: Int) in
      var (stem, number) = parts(of: word.isWhole ? "" : word.head)
      if word.isWhole { stem.before = word.head }
      stem.after += word.tail
      return (stem, number)
    }
    let padded = Set(split.map(\.stem).filter { $0.width > 0 })
    var groups: [Stem: Set<Int>] = [:]
    var order: [Stem] = []
    for (stem, number) in split {
      // Beside node09, node10 is a number of two digits too.
      var wide = stem
      wide.width = number.description.utf8.count
      let key = padded.contains(wide) ? wide : stem
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].insert(number)
    }
    return order.map { stem in
      let numbers = groups[stem, default: []].sorted()
      let tail = (stem.isNumbered ? bracket(numbers, stem.width) : "") + stem.after
      return (stem, Word(head: stem.before, tail: tail, isWhole: !stem.isNumbered))
    }
  }

  /// What stands around a name's last number.
  private struct Stem: Hashable, Comparable {
    var before: String
    var after: String
    /// How many digits the number has, when it is written with leading zeros.
    var width: Int
    var isNumbered: Bool

    static func < (left: Stem, right: Stem) -> Bool {
      (left.before, left.after, left.width) < (right.before, right.after, right.width)
    }
  }

  /// The last run of digits that a bracket may hold is the number; a port is left alone, and so is
  /// what stands in brackets already.
  private static func parts(of name: String) -> (stem: Stem, number: Int) {
    let host = name.contains("[") ? "" : name.prefix { $0 != ":" }
    let isAddressOfVersion6 = name.filter { $0 == ":" }.count > 1
    guard !isAddressOfVersion6, let last = host.lastIndex(where: \.isASCIIDigit) else {
      return (Stem(before: name, after: "", width: 0, isNumbered: false), 0)
    }
    var first = last
    while first > host.startIndex, host[host.index(before: first)].isASCIIDigit {
      first = host.index(before: first)
    }
    let digits = host[first...last]
    guard digits.utf8.count <= 9, let number = Int(digits) else {
      return (Stem(before: name, after: "", width: 0, isNumbered: false), 0)
    }
    let stem = Stem(
      before: String(name[..<first]), after: String(name[name.index(after: last)...]),
      width: digits.first == "0" && digits.utf8.count > 1 ? digits.utf8.count : 0, isNumbered: true)
    return (stem, number)
  }

  private static func bracket(_ numbers: [Int], _ width: Int) -> String {
    let ranges = runs(of: numbers).map { run in
      run.count == 1
        ? text(run.lowerBound, width)
        : "\(text(run.lowerBound, width))-\(text(run.upperBound, width))"
    }
    let inside = ranges.joined(separator: ",")
    return numbers.count == 1 ? inside : "[\(inside)]"
  }

  /// The unbroken runs in sorted numbers.
  private static func runs(of numbers: [Int]) -> [ClosedRange<Int>] {
    var runs: [ClosedRange<Int>] = []
    for number in numbers {
      if let last = runs.last, last.upperBound + 1 == number {
        runs[runs.count - 1] = last.lowerBound...number
      } else {
        runs.append(number...number)
      }
    }
    return runs
  }

  private static func text(_ number: Int, _ width: Int) -> String {
    let digits = number.description
    return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
}
