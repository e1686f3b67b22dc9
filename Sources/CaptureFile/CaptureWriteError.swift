/// Why a frame or block could not be written. Nothing of it was appended.
public enum CaptureWriteError: Error, Hashable, Sendable {
  /// The format has no number for this time: pcap knows 1970 to 2106, pcapng what 64 bits of the
  /// interface's ticks hold. Also a frame without a time, which pcap cannot say.
  case timestampOutOfRange
  /// More bytes than a reader believes: over 16 MiB, or an original length over 32 bits.
  case frameTooLong(Int)
  /// A frame and its options, or the options of a description, make a block over 16 MiB.
  case blockTooLong(Int)
  /// An option's value is longer than 65,535 bytes.
  case optionTooLong(Int)
  /// The section has no interface of this number.
  case unknownInterface(Int)
}
