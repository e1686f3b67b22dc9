/// Names that differ in one number, folded into one: `node[1-3,7]`.
///
/// What `HostRange` reads, this writes: unfolding gives the same names, sorted.
struct HostFolding {
  /// `names` in as few words as one bracket each can say, in the order of their texts and numbers.
  static func fold(_ names: some Sequence<String>) -> [String] {
    let split = names.map { parts(of: $0) }
    let padded = Set(split.map { $0.stem }.filter { $0.width > 0 })
    var groups: [Stem: Set<Int>] = [:]
    for (stem, number) in split {
      // Beside node09, node10 is a number of two digits too.
      var wide = stem
      wide.width = number.description.utf8.count
      groups[padded.contains(wide) ? wide : stem, default: []].insert(number)
    }
    return groups.sorted { $0.key < $1.key }.map { stem, numbers in
      stem.isNumbered ? folded(stem, numbers.sorted()) : stem.before
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

  private static func folded(_ stem: Stem, _ numbers: [Int]) -> String {
    let ranges = runs(of: numbers).map { run in
      run.count == 1
        ? text(run.lowerBound, stem.width)
        : "\(text(run.lowerBound, stem.width))-\(text(run.upperBound, stem.width))"
    }
    let inside = ranges.joined(separator: ",")
    return stem.before + (numbers.count == 1 ? inside : "[\(inside)]") + stem.after
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
