import Glibc
import IPMI
import Machines
import Sockets

/// What tells a controller from all others. The GUID alone does not: whole series of machines have the
/// same.
struct ControllerIdentity: Hashable, Sendable {
  var address: InternetAddress
  /// The controller's GUID, where the session showed one.
  var guid: Octets16?
}

/// Files of sensor data records, one a controller, in a directory of this user's.
///
/// A file counts only when it is whole, and when controller, number of records and the times of the last
/// changes are those that the controller tells now. A file that cannot be read or written costs round
/// trips, and nothing else.
///
///     byte 0-7     "CrimpSDR"
///     byte 8       the version of the file: 1
///     byte 9-24    the controller's GUID, zeros for none
///     byte 25-34   number of records, time of the last addition, time of the last erasure
///     byte 35-     the records, each with its header
///     last 8       FNV-1a of all that stands before, 64 bits
struct SensorRecordCache: Sendable {
  private static let magic = Array("CrimpSDR".utf8) + [1]
  private static let checkByteCount = 8

  /// Where the files are.
  let directory: String

  /// The files in `directory`.
  init(directory: String) {
    self.directory = directory
  }

  /// The files in this user's directory; nil when there is none.
  init?() {
    for (variable, below) in [("XDG_CACHE_HOME", ""), ("HOME", "/.cache")] {
      guard let value = unsafe getenv(variable), unsafe value[0] == 0x2f else { continue }
      self.init(directory: unsafe String(cString: value) + below + "/crimp/sdr")
      return
    }
    return nil
  }

  /// The records that are kept of a controller; nil when there are none that hold.
  func records(
    of controller: ControllerIdentity, _ state: GetSDRRepositoryInfo.Response
  ) -> [StoredRecord]? {
    guard Self.canTellChanges(state) else { return nil }
    let bytes: [UInt8]
    do throws(CommandFailure) {
      bytes = try WholeFile.bytes(at: path(controller))
    } catch {
      return nil
    }
    let start = Self.start(controller, state)
    guard bytes.count >= start.count + Self.checkByteCount, bytes.starts(with: start),
      bytes.suffix(Self.checkByteCount).elementsEqual(
        Self.check(bytes.dropLast(Self.checkByteCount)))
    else { return nil }
    let body = Array(bytes.dropFirst(start.count).dropLast(Self.checkByteCount))
    let (records, fault) = SensorRecordFile.records(in: body)
    return fault == nil ? records : nil
  }

  /// Keeps the records of a controller.
  func keep(
    _ records: [StoredRecord], of controller: ControllerIdentity,
    _ state: GetSDRRepositoryInfo.Response
  ) {
    guard Self.canTellChanges(state) else { return }
    var bytes = Self.start(controller, state) + SensorRecordFile.bytes(of: records)
    bytes += Self.check(bytes[...])
    do throws(CommandFailure) {
      makeParents()
      try WholeFile.write(bytes, to: path(controller), isDurable: false)
    } catch {
      // Next time the records are read again.
    }
  }

  /// Whether the controller notes when its records change: those without a clock tell the same forever.
  private static func canTellChanges(_ state: GetSDRRepositoryInfo.Response) -> Bool {
    let isSet = state.lastAddition != 0 && state.lastAddition != .max
    return isSet || (state.lastErase != 0 && state.lastErase != .max)
  }

  private func path(_ controller: ControllerIdentity) -> String {
    let name = controller.address.description.map { $0 == "/" ? "_" : $0 }
    return "\(directory)/\(String(name))"
  }

  private func makeParents() {
    var path = ""
    for part in directory.split(separator: "/").dropLast() {
      path += "/" + part
      unsafe mkdir(path, 0o700)
    }
  }

  private static func start(
    _ controller: ControllerIdentity, _ state: GetSDRRepositoryInfo.Response
  ) -> [UInt8] {
    let guid = controller.guid?.bytes ?? Array(repeating: 0, count: 16)
    return magic + guid + littleEndian(UInt64(state.records), 2)
      + littleEndian(UInt64(state.lastAddition), 4) + littleEndian(UInt64(state.lastErase), 4)
  }

  /// FNV-1a: a file that a full disk or a crash has spoilt does not pass it.
  private static func check(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes {
      hash ^= UInt64(byte)
      hash &*= 0x0000_0100_0000_01b3
    }
    return littleEndian(hash, UInt64(checkByteCount))
  }

  private static func littleEndian(_ value: UInt64, _ count: UInt64) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }
}
