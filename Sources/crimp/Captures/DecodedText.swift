import Decoding
import LinkLayer

/// A frame's layers and fields as an indented tree, and its bytes as digits and characters.
extension LineText {
  /// Appends a tree below a frame's line: a line a layer, a line a field.
  mutating func append(tree frame: DecodedFrame) {
    for layer in frame.layers {
      append("    ")
      append(layer.title)
      append(", bytes ")
      append(layer.range.lowerBound)
      append("-")
      append(max(layer.range.lowerBound, layer.range.upperBound - 1))
      endLine()
      for field in layer.fields { append(field: field) }
      for problem in layer.problems {
        append("        ! ")
        append(problem)
        endLine()
      }
    }
  }

  private mutating func append(field: DecodedField) {
    append("        ")
    append(field.name)
    append(" = ")
    append(field.value.description)
    if let meaning = field.meaning {
      append(" (")
      append(meaning)
      append(")")
    }
    endLine()
  }

  /// Appends lines of sixteen bytes: offset, digits, and what is printable.
  mutating func append(dump bytes: RawSpan) {
    var offset = 0
    while offset < bytes.byteCount {
      append("    ")
      append(hex: UInt64(offset), width: 4)
      append("  ")
      let count = min(16, bytes.byteCount - offset)
      for index in 0..<16 {
        if index == 8 { append(character: " ") }
        guard index < count else {
          append("   ")
          continue
        }
        append(hex: UInt64(bytes.u8(offset + index)), width: 2)
        append(character: " ")
      }
      append(character: " ")
      for index in 0..<count {
        let byte = bytes.u8(offset + index)
        append(character: byte >= 0x20 && byte < 0x7f ? Unicode.Scalar(byte) : ".")
      }
      endLine()
      offset += count
    }
  }
}
