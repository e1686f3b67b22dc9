internal import Decoding
internal import LinkLayer

// The names of what differs.

extension FrameComparer {
  /// The fields in which two frames differ, and the bytes that are in no field.
  func differences(_ then: DissectedFrame, _ now: DissectedFrame) -> [FieldDifference] {
    let now = redissected(now)
    var found: [FieldDifference] = []
    var isNamed = Set<Int>()
    let (layersThen, layersNow) = (then.layers.map(\.name), now.layers.map(\.name))
    if layersThen != layersNow {
      found.append(
        FieldDifference(
          name: "frame.protocols", layer: "frame", recorded: layersThen.joined(separator: ":"),
          said: layersNow.joined(separator: ":")))
    }
    var seen: [String: Int] = [:]
    for piece in then.pieces {
      let occurrence = seen[piece.name, default: 0]
      seen[piece.name] = occurrence + 1
      let other = now.piece(piece.name, occurrence)
      guard piece.field?.value != other?.field?.value, !piece.range.isEmpty,
        // A number that is told twice, in two ways, is one difference.
        !(isNamed.isSuperset(of: piece.range) && piece.mask == nil),
        other != nil || layersThen == layersNow
      else { continue }
      isNamed.formUnion(piece.range)
      found.append(
        FieldDifference(
          name: piece.name, layer: piece.layer, recorded: piece.text, said: other?.text))
    }
    for offset in 0..<min(then.bytes.count, now.bytes.count)
    where then.bytes[offset] != now.bytes[offset] && !isNamed.contains(offset) {
      found.append(
        FieldDifference(
          name: "byte \(offset)", layer: then.layer(at: offset),
          recorded: Self.hexadecimal(then.bytes[offset]),
          said: Self.hexadecimal(now.bytes[offset])))
    }
    return found
  }

  private func redissected(_ frame: DissectedFrame) -> DissectedFrame {
    var decoder = FrameDecoder()
    return DissectedFrame(
      frame.bytes, decoder.fields(of: frame.bytes.rawBytes, linkType: linkType))
  }

  private static func hexadecimal(_ byte: UInt8) -> String {
    FieldValue.hexadecimal(UInt64(byte), digits: 2).description
  }
}

extension DissectedFrame {
  /// The innermost layer at this byte.
  fileprivate func layer(at offset: Int) -> String {
    if offset >= payloadEnd { return "padding" }
    return layers.last { $0.range.contains(offset) }?.name ?? "frame"
  }
}

extension DissectedFrame.Piece {
  /// The value as people read it; long ones are cut.
  fileprivate var text: String? {
    guard let field else { return nil }
    let value = field.value.description
    let cut = value.utf8.count > 120 ? String(value.prefix(117)) + "..." : value
    return field.meaning.map { "\(cut) (\($0))" } ?? cut
  }
}
