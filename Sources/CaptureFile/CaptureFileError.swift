/// Why the bytes of a capture could not be read on. Every frame before the fault has been given.
public enum CaptureFileError: Error, Hashable, Sendable {
  /// The file begins with four bytes that no pcap or pcapng file begins with; they are told as a
  /// big-endian number.
  case unrecognizedFormat(magic: UInt32)

  /// The bytes end within a part of the file.
  ///
  /// - part: what is cut.
  /// - needed: how many bytes the part has, counted from `offset`.
  /// - available: how many of them there are.
  /// - lengthField: what said that they are needed.
  /// - offset: where the part begins, counted from the start of the file.
  case truncated(
    part: CaptureFilePart, needed: Int, available: Int, lengthField: LengthField, offset: Int)

  /// A field has a value that it may not have.
  ///
  /// - offset: where the part begins, counted from the start of the file.
  case malformed(part: CaptureFilePart, field: CaptureField, value: UInt64, offset: Int)
}

/// A part of a capture file, as errors name it.
public enum CaptureFilePart: Hashable, Sendable {
  /// The first bytes, which tell the format.
  case magic
  /// The header of a pcap file, 24 bytes.
  case fileHeader
  /// A frame of a pcap file with its header.
  case record
  /// A block of a pcapng file.
  case block(BlockType)
  /// An option in a block of a pcapng file.
  case option(OptionCode, in: BlockType)
}

/// What said how long a part of a capture file is, as errors name it.
public enum LengthField: Hashable, Sendable {
  /// The format: the part has a fixed length.
  case fixedSize
  /// The captured length of a record or packet block.
  case capturedLength
  /// The original length of a simple packet block, which has no other.
  case originalLength
  /// The first length of a block.
  case blockTotalLength
  /// The length of an option.
  case optionLength
}

/// A field of a capture file, as errors name it.
public enum CaptureField: Hashable, Sendable {
  /// The version: its major number in the upper half of 32 bits, its minor number in the lower.
  case version
  /// The captured length of a record or packet block.
  case capturedLength
  /// The first length of a block.
  case blockTotalLength
  /// The second length of a block, which must equal the first.
  case trailingBlockTotalLength
  /// The number that tells the byte order of a section.
  case byteOrderMagic
  /// The interface of a packet, which the section has not described.
  case interfaceIdentifier
}
