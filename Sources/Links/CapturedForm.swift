internal import CaptureFile
internal import LinkLayer

/// How a frame of a link stands in a capture file, where that differs from how the link has it.
///
/// Of IP over InfiniBand files hold the 40 bytes of a global routing header before the type
/// (LINKTYPE_IPOIB, as tcpdump and tshark read it), and Linux tells only the second half of these,
/// the destination: the first is zeros.
struct CapturedForm {
  private static let unknownSource = [UInt8](repeating: 0, count: 20)

  /// How many bytes of the file stand before those of the link.
  let extraByteCount: Int

  init(_ linkType: LinkType) {
    extraByteCount = linkType == .ipOverInfiniBand ? Self.unknownSource.count : 0
  }

  /// Lends the bytes for the file.
  func withBytes<Failure: Error>(
    of frame: RawSpan, _ body: (RawSpan) throws(Failure) -> Void
  ) throws(Failure) {
    guard extraByteCount > 0 else { return try body(frame) }
    try body((Self.unknownSource + frame.copiedBytes).rawBytes)
  }

  /// The bytes of the link in a frame that was read from a file.
  func linkBytes(of captured: [UInt8]) -> [UInt8] {
    extraByteCount > 0 ? Array(captured.dropFirst(extraByteCount)) : captured
  }
}
