import IPMI
import Machines

/// An inventory that was read into a file, or written from one.
struct InventoryFileReport: IPMIReport {
  /// The unit's number.
  var id: UInt8?
  var path: String
  /// How many bytes the inventory has.
  var size: Int?
  /// How many bytes the file has that was to be written.
  var writtenByteCount: Int?
  /// What is wrong.
  var faults: [String] = []
  /// Whether the work is done.
  var isDone = false
  private var isAccessedInWords = false

  var isAffirmative: Bool { isDone }

  private enum CodingKeys: CodingKey { case id, path, size, writtenByteCount, faults }

  init(_ device: InventoryDevice, path: String) {
    id = device.number
    size = device.byteCount
    isAccessedInWords = device.isAccessedInWords
    self.path = path
  }

  /// Nothing could be begun.
  init(fault: String, path: String) {
    self.path = path
    faults = [fault]
  }

  func write(to text: inout ReportText) {
    if let id, let size {
      if text.style.verbosity > 0 {
        text.line("FRU ID           : \(id)")
        text.line("FRU File         : \(path)")
        text.line("Fru Size   = \(size) bytes")
        text.line("Fru Access = \(isAccessedInWords ? 1 : 0)h")
      }
      text.line("Fru Size         : \(size) bytes")
    }
    if let writtenByteCount {
      text.line("Size to Write    : \(writtenByteCount) bytes")
    } else if isDone {
      text.line("Done")
    }
    for fault in faults { text.complain(fault) }
  }
}

extension InventoryDevice {
  /// Writes bytes and reads them again.
  ///
  /// - Returns: what is wrong: parts that may not be written, or are other than what was written.
  mutating func replace(_ bytes: [UInt8], at offset: Int) async throws(BMCFailure) -> [String] {
    var protected: [Range<Int>] = []
    try await write(bytes, at: offset) { protected.append($0) }
    let present = try await read(from: offset, bytes.count)
    guard present != bytes else { return [] }
    if let first = protected.first, let last = protected.last {
      return [
        "Bytes \(first.lowerBound) to \(last.upperBound - 1) are write-protected, in part at least"
      ]
    }
    let place = zip(present, bytes).prefix { $0 == $1 }.reduce(offset) { place, _ in place + 1 }
    return ["Byte \(place) is not what was written"]
  }
}
