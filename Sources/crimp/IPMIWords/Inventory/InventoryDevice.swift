import Drivers
import IPMI
import Machines

/// A unit's inventory as its controller gives and takes it: in pieces. IPMI 2.0, section 34.
struct InventoryDevice {
  /// The unit's number: 0 is the controller's own.
  let number: UInt8
  /// How many bytes the inventory has.
  let byteCount: Int
  /// Whether offsets and counts are of words of 2 bytes.
  let isAccessedInWords: Bool

  private let bmc: any BMCTransport
  /// How many bytes are asked for at once.
  private var pieceByteCount: Int

  /// Asks for the inventory's size.
  init(_ number: UInt8, over bmc: any BMCTransport) async throws(BMCFailure) {
    let info = try await bmc.request(GetFRUInventoryAreaInfo(device: number))
    self.number = number
    self.bmc = bmc
    byteCount = Int(info.byteCount)
    isAccessedInWords = info.isAccessedInWords
    // 32 fit on every system interface, 16 on the bus to a controller behind another.
    let isBridged = (bmc as? AddressedTransport)?.route.bridge != nil
    pieceByteCount = isBridged ? 16 : 32
  }

  /// The inventory's header.
  ///
  /// - Returns: its 8 bytes; fewer when the controller gives fewer.
  mutating func header() async throws(BMCFailure) -> [UInt8] {
    try await read(from: 0, FRUHeader.byteCount)
  }

  /// The chassis, board or product area at `offset`, as long as it says that it is; what the controller
  /// does not give is zeros. Empty when it says that it has no bytes.
  mutating func area(at offset: Int) async throws(BMCFailure) -> [UInt8] {
    // Most areas have more than a piece: their length comes with their beginning.
    var area = try await read(from: offset, pieceByteCount)
    guard area.count >= 2 else { return [] }
    let count = Int(area[1]) * 8
    if area.count < count { area += try await read(from: offset + area.count, count - area.count) }
    return area.prefix(count) + [UInt8](repeating: 0, count: max(0, count - area.count))
  }

  /// The bytes of `count` from `offset` on; fewer at the end of the inventory, or when the controller
  /// gives no more.
  mutating func read(from offset: Int, _ count: Int) async throws(BMCFailure) -> [UInt8] {
    let end = min(offset + count, byteCount)
    var bytes: [UInt8] = []
    while offset + bytes.count < end {
      let start = offset + bytes.count
      do throws(BMCFailure) {
        let piece = try await piece(at: start, min(end - start, pieceByteCount))
        guard !piece.isEmpty else { return bytes }
        bytes += piece
      } catch {
        guard takesSmallerPieces(after: error) else { throw error }
      }
    }
    return bytes
  }

  private func piece(at start: Int, _ count: Int) async throws(BMCFailure) -> [UInt8] {
    // A word begins at an even byte.
    let shift = isAccessedInWords ? 1 : 0
    let lead = start & shift
    let units = (count + lead + shift) >> shift
    let request = ReadFRUData(
      device: number, offset: UInt16(clamping: start >> shift), count: UInt8(clamping: units))
    return Array(try await bmc.request(request).inventoryData.dropFirst(lead).prefix(count))
  }

  /// Writes bytes from `offset` on, which is even where the inventory is accessed in words.
  ///
  /// - Parameter protected: is told of each range that may not be written; what is behind it is
  ///   written all the same.
  mutating func write(
    _ bytes: [UInt8], at offset: Int, protected: (Range<Int>) -> Void
  ) async throws(BMCFailure) {
    var done = 0
    while done < bytes.count {
      let piece = Array(bytes[done..<min(done + pieceByteCount, bytes.count)])
      let start = offset + done
      do throws(BMCFailure) {
        let response = try await bmc.request(
          WriteFRUData(
            device: number, offset: UInt16(clamping: isAccessedInWords ? start >> 1 : start),
            inventoryData: piece))
        let written = Int(response.count) * (isAccessedInWords ? 2 : 1)
        done += (1...piece.count).contains(written) ? written : piece.count
      } catch {
        if case .completion(CompletionCode(rawValue: 0x80), _, _) = error {
          protected(start..<start + piece.count)
          done += piece.count
        } else if !takesSmallerPieces(after: error) {
          throw error
        }
      }
    }
  }

  /// Whether the controller said that there was too much at once, and less can be tried.
  private mutating func takesSmallerPieces(after failure: BMCFailure) -> Bool {
    guard case .completion(let code, _, _) = failure,
      [.lengthInvalid, .lengthLimitExceeded, .cannotReturnBytes].contains(code),
      pieceByteCount > 8
    else { return false }
    pieceByteCount /= 2
    return true
  }
}
