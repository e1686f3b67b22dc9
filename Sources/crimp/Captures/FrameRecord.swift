import CaptureFile
import Decoding

/// A frame as `crimp decode --json` tells it: one object a line.
struct FrameRecord: Encodable {
  /// Its place in the capture, from 1.
  var number: Int
  /// Seconds since 1970, with nine decimals; missing when the capture does not say.
  var time: String?
  /// The interface's name, if the capture has it.
  var interface: String?
  /// `in` or `out`, if the capture says.
  var direction: String?
  /// How many bytes it had on the link.
  var length: Int
  /// How many of them were kept.
  var captured: Int
  /// What people or programs noted on it.
  var comments: [String]?
  /// Its layers, outermost first.
  var layers: [LayerRecord]

  init(_ facts: FrameFacts, captured: Int, number: Int, _ decoded: DecodedFrame) {
    self.number = number
    if let time = facts.timestamp {
      self.time = time.epochText
    }
    direction =
      switch facts.direction {
      case .unknown: nil
      case .inbound: "in"
      case .outbound: "out"
      }
    length = facts.originalLength
    self.captured = captured
    comments = facts.comments.isEmpty ? nil : facts.comments
    layers = decoded.layers.map(LayerRecord.init)
  }
}

extension CaptureTimestamp {
  /// Seconds since 1970 with nine decimals.
  var epochText: String {
    var text = LineText(capacity: 32)
    text.append(seconds < 0 ? "-" : "")
    text.append(decimal: seconds.magnitude)
    text.append(".")
    text.append(decimal: UInt64(nanoseconds), width: 9)
    return text.string
  }
}

/// A layer: its fields by Wireshark's names. A field that is there more than once is an array.
struct LayerRecord: Encodable {
  var name: String
  var fields: [String: FieldRecord]
  var problems: [String]?

  init(_ layer: DecodedLayer) {
    name = layer.name
    problems = layer.problems.isEmpty ? nil : layer.problems
    fields = [:]
    for field in layer.fields {
      fields[field.name, default: FieldRecord()].values.append(field.value)
    }
  }
}

/// What a field holds: numbers as numbers, bits as truth values, all else as text.
struct FieldRecord: Encodable {
  var values: [FieldValue] = []

  func encode(to encoder: any Encoder) throws {
    guard values.count != 1, values.first != nil else {
      var container = encoder.singleValueContainer()
      guard let value = values.first else { return try container.encodeNil() }
      return try FieldRecord.encode(value) { try container.encode($0) }
    }
    var container = encoder.unkeyedContainer()
    for value in values { try FieldRecord.encode(value) { try container.encode($0) } }
  }

  private static func encode(
    _ value: FieldValue, _ write: (any Encodable) throws -> Void
  ) throws {
    switch value {
    case .number(let number), .hexadecimal(let number, _): try write(number)
    case .flag(let isSet): try write(isSet)
    default: try write(value.description)
    }
  }
}
