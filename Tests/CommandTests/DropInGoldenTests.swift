import Glibc
import Support
import Synchronization
import Testing

/// The drop-in names on the command lines of the originals, against what those were recorded to
/// print, return and send: byte for byte but for the placeholders. Where Crimp answers differently
/// on purpose, `Fixtures/cli` has the record of that in place of the original's, and says why.
///
/// `ipoibarping` has no records of its own: it is iputils' program under another name, and answers
/// to that program's command lines.
///
/// Needs root, for the namespaces.
@Suite(.serialized, .enabled(if: geteuid() == 0, "network namespaces need root"))
struct DropInGoldenTests {
  @Test(
    arguments: [
      "arping", "arping.iputils", "ipoibarping", "send_arp", "send_ua", "arpsend", "ndsend",
      "wakeonlan", "etherwake",
    ])
  func answersAsTheOriginal(dialect: String) throws {
    let goldens = try recorded(dialect)
    #expect(!goldens.isEmpty)
    let differences = try Comparison(goldens).run()
    for difference in differences { Issue.record("\(difference)") }
  }

  private func recorded(_ dialect: String) throws -> [DropInGolden] {
    guard dialect != "ipoibarping" else {
      return try recorded("arping.iputils").map { $0.called(dialect) }
    }
    let own = "\(repository)/Fixtures/cli/\(dialect)"
    let original = "\(repository)/Fixtures/originals/\(dialect)"
    let ownFiles = names(in: own)
    return try Set(ownFiles + names(in: original)).map { file in
      let path = (ownFiles.contains(file) ? own : original) + "/" + file
      let text = String(decoding: try readFile(path), as: UTF8.self)
      return try DropInGolden(name: "\(dialect)/\(file.dropLast(4))", parsing: text)
    }
  }

  @Test func saysWhyItDiffers() throws {
    for dialect in names(in: "\(repository)/Fixtures/cli", suffix: "") {
      for file in names(in: "\(repository)/Fixtures/cli/\(dialect)") {
        let path = "\(repository)/Fixtures/cli/\(dialect)/\(file)"
        let text = String(decoding: try readFile(path), as: UTF8.self)
        #expect(try DropInGolden(name: path, parsing: text).why != nil, "\(path)")
      }
    }
  }

  private func names(in directory: String, suffix: String = ".txt") -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      names.append(
        withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names.filter { $0.hasSuffix(suffix) && !$0.hasPrefix(".") }
  }

  private var repository: String {
    #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined()
  }
}

/// Many cases, run in several networks at once: nearly all of their time is waiting.
private final class Comparison: Sendable {
  private let goldens: [DropInGolden]
  private let next = Atomic(0)
  private let differences = Mutex<[String]>([])

  init(_ goldens: [DropInGolden]) throws {
    self.goldens = goldens.sorted { $0.name < $1.name }
  }

  /// Runs all cases and returns what came out differently.
  func run() throws -> [String] {
    try withTemporaryDirectory { directory in
      for name in Set(goldens.map(\.program)) {
        guard symlink(crimpPath, "\(directory)/\(name)") == 0 else {
          throw ToolError.system(operation: "symlink", errno: errno)
        }
      }
      onThreads(min(8, (goldens.count + 7) / 8)) { number in
        self.work(number, directory)
      }
    }
    return differences.withLock { $0 }
  }

  private func work(_ number: Int, _ directory: String) {
    do {
      let network = try DropInNetwork(number)
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < goldens.count else { return }
        let golden = goldens[index]
        let outcome = try network.run(golden, as: "\(directory)/\(golden.program)")
        guard outcome != golden.outcome else { continue }
        differences.withLock {
          $0.append("\(golden.name)\n--- recorded\n\(golden.outcome)\n--- crimp\n\(outcome)")
        }
      }
    } catch {
      differences.withLock { $0.append("\(error)") }
    }
  }
}

/// Calls `body` with the numbers from 0 on threads of their own, and waits for all: tests that
/// block would starve the pool that runs tasks.
private func onThreads(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) {
  final class Work: Sendable {
    let number: Int
    let body: @Sendable (Int) -> Void
    init(_ number: Int, _ body: @escaping @Sendable (Int) -> Void) {
      (self.number, self.body) = (number, body)
    }
  }
  let threads = (0..<count).map { number in
    var thread = pthread_t()
    let work = Unmanaged.passRetained(Work(number, body)).toOpaque()
    pthread_create(
      &thread, nil,
      { work in
        guard let work else { return nil }
        let taken = Unmanaged<Work>.fromOpaque(work).takeRetainedValue()
        taken.body(taken.number)
        return nil
      }, work)
    return thread
  }
  for thread in threads { pthread_join(thread, nil) }
}
