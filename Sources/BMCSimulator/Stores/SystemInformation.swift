internal import IPMI

/// What a controller keeps of the system that it manages. IPMI 2.0, table 22-16c.
struct SystemInformation: Sendable {
  /// How many blocks a text may have.
  private static let blockLimit: UInt8 = 4

  /// The blocks of texts that somebody has set, by the parameter's number.
  private var changed: [UInt8: [[UInt8]]] = [:]

  private static let standard: [SystemInfoParameter: String] = [
    .firmwareVersion: "1.00 (simulated)", .systemName: "simulated-server",
    .primaryOperatingSystem: "", .operatingSystem: "",
  ]

  /// A block of a text behind its number.
  ///
  /// Throws `CompletionCode` 80h when there is no such parameter, and C9h for no such block.
  func value(_ parameter: SystemInfoParameter, block: UInt8) throws(CompletionCode) -> [UInt8] {
    guard parameter != .setInProgress else { return [0] }
    guard let text = Self.standard[parameter] else { throw .parameterNotSupported }
    let blocks =
      changed[parameter.rawValue] ?? SystemInfoText(bytes: Array(text.utf8)).blocks
    guard block < Self.blockLimit else { throw .parameterOutOfRange }
    let empty = [UInt8](repeating: 0, count: SystemInfoParameter.blockByteCount)
    return [block] + (blocks.indices.contains(Int(block)) ? blocks[Int(block)] : empty)
  }

  /// Sets a block of a text.
  ///
  /// Throws `CompletionCode` 80h when there is no such parameter, C7h for a block of another length and
  /// C9h for no such block.
  mutating func set(_ parameter: SystemInfoParameter, to value: [UInt8]) throws(CompletionCode) {
    guard parameter != .setInProgress else { return }
    guard Self.standard[parameter] != nil else { throw .parameterNotSupported }
    guard let block = value.first, value.count == SystemInfoParameter.blockByteCount + 1 else {
      throw .lengthInvalid
    }
    guard block < Self.blockLimit else { throw .parameterOutOfRange }
    // A new first block is a new text.
    var blocks = block == 0 ? [] : changed[parameter.rawValue] ?? []
    while blocks.count <= Int(block) {
      blocks.append([UInt8](repeating: 0, count: SystemInfoParameter.blockByteCount))
    }
    blocks[Int(block)] = Array(value.dropFirst())
    changed[parameter.rawValue] = blocks
  }
}
