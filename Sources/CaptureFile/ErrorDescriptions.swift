// The words of errors, for people; one line each, made only when asked for.

extension CaptureFileError: CustomStringConvertible {
  /// One line that says what is wrong and where.
  public var description: String {
    switch self {
    case .unrecognizedFormat(let magic):
      "not a pcap or pcapng file: it begins with 0x\(hexadecimal(magic))\(compression(magic))"
    case .truncated(let part, let needed, let available, let lengthField, let offset):
      "cut off in \(part) at byte \(offset): \(needed) bytes needed by \(lengthField), "
        + "\(available) there"
    case .malformed(let part, let field, let value, let offset):
      "\(field) of \(part) at byte \(offset) is \(value), which it may not be"
    }
  }

  private func compression(_ magic: UInt32) -> String {
    switch magic {
    case 0x1f8b_0000...0x1f8b_ffff: " (gzip: uncompress it first)"
    case 0x28b5_2ffd: " (zstd: uncompress it first)"
    case 0xfd37_7a58: " (xz: uncompress it first)"
    case 0x0422_4d18: " (lz4: uncompress it first)"
    default: ""
    }
  }
}

extension CaptureFilePart: CustomStringConvertible {
  /// The part's name.
  public var description: String {
    switch self {
    case .magic: "the magic number"
    case .fileHeader: "the file header"
    case .record: "the record"
    case .block(let type): "\(type)"
    case .option(let code, let type): "option \(code.rawValue) of \(type)"
    }
  }
}

extension BlockType: CustomStringConvertible {
  /// The type's name, or its number when it has none here.
  public var description: String {
    switch self {
    case .interfaceDescription: "the interface description block"
    case .packet: "the packet block"
    case .simplePacket: "the simple packet block"
    case .nameResolution: "the name resolution block"
    case .interfaceStatistics: "the interface statistics block"
    case .enhancedPacket: "the enhanced packet block"
    case .decryptionSecrets: "the decryption secrets block"
    case .sectionHeader: "the section header block"
    default: "the block of type 0x\(hexadecimal(rawValue))"
    }
  }
}

extension LengthField: CustomStringConvertible {
  /// The field's name.
  public var description: String {
    switch self {
    case .fixedSize: "its fixed size"
    case .capturedLength: "its captured length"
    case .originalLength: "its original length"
    case .blockTotalLength: "its total length"
    case .optionLength: "its length"
    }
  }
}

extension CaptureField: CustomStringConvertible {
  /// The field's name.
  public var description: String {
    switch self {
    case .version: "the version"
    case .capturedLength: "the captured length"
    case .blockTotalLength: "the total length"
    case .trailingBlockTotalLength: "the trailing total length"
    case .byteOrderMagic: "the byte-order magic"
    case .interfaceIdentifier: "the interface"
    }
  }
}

extension CaptureWriteError: CustomStringConvertible {
  /// One line that says what cannot be written.
  public var description: String {
    switch self {
    case .timestampOutOfRange: "the format cannot say the frame's time"
    case .frameTooLong(let count): "a frame of \(count) bytes is longer than readers believe"
    case .blockTooLong(let count): "a block of \(count) bytes is longer than readers believe"
    case .optionTooLong(let count): "\(count) bytes of text do not fit an option"
    case .unknownInterface(let index): "the section has no interface \(index)"
    }
  }
}

private func hexadecimal(_ number: UInt32) -> String {
  let digits = String(number, radix: 16)
  return String(repeating: "0", count: 8 - digits.count) + digits
}
