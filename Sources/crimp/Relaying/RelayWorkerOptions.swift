import ArgumentParser
import Glibc

/// How many threads a relay runs on.
struct RelayWorkerOptions: ParsableArguments, Sendable {
  @Option(
    help: ArgumentHelp(
      "On how many threads to relay: a number, or auto for one a processor.", valueName: "count"))
  var workers = WorkerCount(number: 1)
}

/// What `--workers` takes.
struct WorkerCount: ExpressibleByArgument, Hashable, Sendable {
  /// More threads than this serve nobody, and one message hands over 253 descriptors at most.
  static let most = 64

  var number: Int

  init(number: Int) {
    self.number = number
  }

  init?(argument: String) {
    if argument == "auto" {
      number = min(max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))), Self.most)
    } else {
      guard let number = Int(argument), (1...Self.most).contains(number) else { return nil }
      self.number = number
    }
  }

  var defaultValueDescription: String { "\(number)" }
}
