import Machines

/// How many ports fared how.
struct CheckTally {
  /// By the states' raw values.
  private var counts = [Int](repeating: 0, count: PortVerdict.State.allCases.count)
  /// The names that have no address.
  var unresolved = 0

  mutating func add(_ state: PortVerdict.State) {
    counts[Int(state.rawValue)] += 1
  }

  subscript(state: PortVerdict.State) -> Int { counts[Int(state.rawValue)] }

  var total: Int { counts.reduce(0, +) }

  /// `3 open, 496 closed, 1 no answer`.
  var words: String {
    PortVerdict.State.allCases.filter { self[$0] > 0 }.map { "\(self[$0]) \($0.word)" }
      .joined(separator: ", ")
  }
}

/// The sums of a run as JSON.
struct CheckSummaryRecord: Encodable {
  var summary = true
  var hosts: Int
  var ports: Int
  var open: Int
  var closed: Int
  var filtered: Int
  var no_answer: Int
  var unreachable: Int
  var unresolved: Int
  var seconds: Double

  init(_ tally: CheckTally, hosts: Int, seconds: Double) {
    self.hosts = hosts
    ports = tally.total
    open = tally[.open]
    closed = tally[.closed]
    filtered = tally[.filtered]
    no_answer = tally[.silent]
    unreachable = tally[.unreachable]
    unresolved = tally.unresolved
    self.seconds = (seconds * 1000).rounded() / 1000
  }
}
