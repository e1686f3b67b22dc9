public import IPMI

/// The inventory of field replaceable units: bytes by device number. IPMI 2.0, section 34.
public struct FRUStorage: Hashable, Sendable {
  private var devices: [UInt8: [UInt8]]

  /// Creates a storage of these devices.
  public init(devices: [UInt8: [UInt8]]) {
    self.devices = devices
  }

  /// The numbers of the devices.
  public var deviceIDs: [UInt8] { devices.keys.sorted() }

  /// How many bytes a device holds.
  ///
  /// Throws `CompletionCode` CBh when there is no such device.
  public func byteCount(of device: UInt8) throws(CompletionCode) -> UInt16 {
    UInt16(clamping: try bytes(of: device).count)
  }

  /// Up to `count` bytes of a device, fewer at its end.
  ///
  /// Throws `CompletionCode` CBh when there is no such device, C9h for an offset behind its end, and
  /// CAh when an answer cannot hold so many bytes.
  public func read(
    _ device: UInt8, at offset: UInt16, count: UInt8
  ) throws(CompletionCode) -> [UInt8] {
    let bytes = try bytes(of: device)
    guard Int(offset) < bytes.count else { throw .parameterOutOfRange }
    guard count <= 128 else { throw .cannotReturnBytes }
    return Array(bytes.dropFirst(Int(offset)).prefix(Int(count)))
  }

  /// Overwrites bytes of a device, and returns how many: what does not fit is not written.
  ///
  /// Throws `CompletionCode` CBh when there is no such device, and C9h for an offset behind its end.
  public mutating func write(
    _ device: UInt8, at offset: UInt16, _ data: [UInt8]
  ) throws(CompletionCode) -> UInt8 {
    var bytes = try bytes(of: device)
    guard Int(offset) < bytes.count else { throw .parameterOutOfRange }
    let written = data.prefix(min(bytes.count - Int(offset), 255))
    bytes.replaceSubrange(Int(offset)..<Int(offset) + written.count, with: written)
    devices[device] = bytes
    return UInt8(written.count)
  }

  private func bytes(of device: UInt8) throws(CompletionCode) -> [UInt8] {
    guard let bytes = devices[device] else { throw .notPresent }
    return bytes
  }
}
