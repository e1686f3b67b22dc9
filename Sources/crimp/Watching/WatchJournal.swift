import CaptureFile
import EventLoop
import Glibc
import LinkLayer
import Machines
import MonotonicTime

/// What a watch knows, in a file that a crash leaves whole: changes are appended line by line, and the
/// file is written anew, whole, before they outgrow what they are about.
///
/// A line has an address, its station, when it was first and last heard of in seconds since 1970,
/// `silent` or `-`, and former stations with commas between them, or `-`; `- ADDRESS` forgets one. The
/// last line about an address holds, and a line without its end, as a crash leaves it, does not.
final class WatchJournal {
  private static let heading = "crimp watch 1"
  /// So many lines may be appended, and twice as many as there are addresses.
  private static let slack = 1024

  private let path: String
  private let clock: WatchClock
  private var lock: OwnedDescriptor?
  private var file: OwnedDescriptor?
  private var pending: [UInt8] = []
  private var lineCount = 0
  private(set) var failure: SystemError?

  /// Whether there is something to be written.
  var hasPending: Bool { !pending.isEmpty }

  /// Takes the file at `path`, which may not be there, and nobody else's.
  init(_ path: String, _ clock: WatchClock) throws(CommandFailure) {
    (self.path, self.clock) = (path, clock)
    do throws(SystemError) {
      let descriptor = try OwnedDescriptor("open") {
        unsafe open("\(path).lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
      }
      _ = try Syscalls.retrying("flock") { flock(descriptor.rawValue, LOCK_EX | LOCK_NB) }
      lock = consume descriptor
    } catch {
      guard error.errno == EWOULDBLOCK else {
        throw CommandFailure(.inputOutput, "--state \(path): \(error.reason)")
      }
      throw CommandFailure(.unavailable, "--state \(path): another watch keeps its state there")
    }
  }

  // MARK: Reading

  /// What the file tells; nothing when there is none.
  func read() throws(CommandFailure) -> [StationRecord] {
    guard unsafe access(path, F_OK) == 0 else { return [] }
    return try Self.records(in: try WholeFile.bytes(at: path), of: path, clock)
  }

  /// What the lines of `bytes` tell.
  static func records(
    in bytes: [UInt8], of path: String, _ clock: WatchClock
  ) throws(CommandFailure) -> [StationRecord] {
    let whole = bytes.lastIndex(of: UInt8(ascii: "\n")).map { bytes[...$0] } ?? []
    guard !whole.isEmpty else { return [] }
    let lines = whole.split(separator: UInt8(ascii: "\n"))
    guard lines.first.map({ String(decoding: $0, as: UTF8.self) }) == heading else {
      throw CommandFailure(.noInput, "--state \(path): it is not the state of a watch")
    }
    var records: [IPAddress: StationRecord] = [:]
    for line in lines.dropFirst() {
      let words = line.split(separator: UInt8(ascii: " ")).map {
        String(decoding: $0, as: UTF8.self)
      }
      if words.count == 2, words[0] == "-", let address = IPAddress(words[1]) {
        records[address] = nil
      } else if let record = record(words, clock) {
        records[record.address] = record
      }
    }
    return Array(records.values)
  }

  private static func record(_ words: [String], _ clock: WatchClock) -> StationRecord? {
    guard words.count == 6, let address = IPAddress(words[0]),
      let station = HardwareAddress(words[1]), let first = Int64(words[2]),
      let last = Int64(words[3])
    else { return nil }
    func instant(_ seconds: Int64) -> Instant {
      clock.instant(of: CaptureTimestamp(seconds: seconds, nanoseconds: 0))
    }
    var record = StationRecord(address: address, station: station, at: instant(first))
    record.lastSeen = instant(last)
    record.isSilent = words[4] == "silent"
    if words[5] != "-" {
      let former = words[5].split(separator: ",").compactMap { HardwareAddress(String($0)) }
      record.former = Array(former.prefix(StationRecord.formerLimit))
    }
    return record
  }

  // MARK: Writing

  /// Notes what is known of an address from now on.
  func remember(_ record: StationRecord) {
    add(line(of: record))
  }

  /// Notes that nothing is known of an address any more.
  func forget(_ address: IPAddress) {
    add("- \(address)\n")
  }

  private func add(_ line: String) {
    pending += line.utf8
    lineCount += 1
  }

  /// Whether the file has outgrown what it is about, or could not be written.
  func needsRewriting(for count: Int) -> Bool {
    lineCount > 2 * count + Self.slack || file == nil
  }

  /// Appends what was noted, and sees it onto the disk.
  func flush() {
    guard let number = file?.rawValue, !pending.isEmpty else { return }
    do throws(SystemError) {
      var rest = pending[...]
      while !rest.isEmpty {
        let count = try Syscalls.retrying("write") {
          unsafe rest.withUnsafeBytes { unsafe Glibc.write(number, $0.baseAddress, $0.count) }
        }
        rest = rest.dropFirst(count)
      }
      _ = try Syscalls.retrying("fdatasync") { fdatasync(number) }
      failure = nil
    } catch {
      // The file may end within a line now: it is written anew.
      failure = error
      file = nil
    }
    pending = []
  }

  /// Writes the file anew, whole, with `records`.
  func rewrite(_ records: [StationRecord]) throws(CommandFailure) {
    var bytes = Array("\(Self.heading)\n".utf8)
    for record in records { bytes += line(of: record).utf8 }
    file = nil
    pending = []
    try WholeFile.write(bytes, to: path)
    do throws(SystemError) {
      file = try OwnedDescriptor("open") { unsafe open(path, O_WRONLY | O_APPEND | O_CLOEXEC) }
    } catch {
      throw CommandFailure(.inputOutput, "--state \(path): \(error.reason)")
    }
    lineCount = records.count
    failure = nil
  }

  private func line(of record: StationRecord) -> String {
    let former = record.former.map(\.description).joined(separator: ",")
    return "\(record.address) \(record.station) \(clock.time(of: record.firstSeen).seconds) "
      + "\(clock.time(of: record.lastSeen).seconds) \(record.isSilent ? "silent" : "-") "
      + "\(former.isEmpty ? "-" : former)\n"
  }
}
