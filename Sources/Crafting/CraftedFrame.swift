import LinkLayer

/// A frame as somebody wants it: layers with the fields that were said, outermost first. What was not said
/// is filled in when it is made: see ``FrameAssembler``.
public struct CraftedFrame: Hashable, Sendable {
  /// The layers.
  public internal(set) var layers: [CraftedLayer]

  init(layers: [CraftedLayer] = []) {
    self.layers = layers
  }
}

/// A layer of a frame, and what is said of it.
public struct CraftedLayer: Hashable, Sendable {
  /// What the layer is.
  public internal(set) var kind: Kind
  /// The fields that are said, by name.
  var values: [String: CraftedValue] = [:]
  /// Options behind the fields, or the bytes of data and padding.
  var bytes: [UInt8] = []
  /// Whether options were said.
  var saysOptions = false

  init(_ kind: Kind) {
    self.kind = kind
  }

  /// What a layer can be.
  public enum Kind: Hashable, Sendable {
    /// A header, by the name of its format.
    case header(String)
    /// Bytes that belong to the layer before.
    case data
    /// Bytes behind all layers, which no length counts: Ethernet's padding.
    case pad
  }

  var format: LayerFormat? {
    guard case .header(let name) = kind else { return nil }
    return LayerFormat.named(name)
  }

  var name: String {
    switch kind {
    case .header(let name): name
    case .data: "data"
    case .pad: "pad"
    }
  }
}

/// What a field holds.
enum CraftedValue: Hashable, Sendable {
  case number(UInt64)
  case ipv6(IPv6Address)
}

/// Why text is no frame, or a frame cannot be made.
public enum CraftError: Error, Hashable, Sendable {
  /// There is nothing.
  case empty
  /// There is no layer of this name.
  case unknownLayer(String)
  /// The layer has no field of this name.
  case unknownField(layer: String, field: String)
  /// A word in a layer that is neither a flag nor a value with a name.
  case unknownWord(layer: String, word: String)
  /// A field cannot hold this.
  case badValue(layer: String, field: String, text: String, expected: String)
  /// A field was said twice.
  case repeated(layer: String, field: String)
  /// A field that nothing tells was not said.
  case missing(layer: String, field: String)
  /// Quotation marks without an end.
  case openQuote
  /// A layer stands where none of its kind can: padding before the end.
  case misplaced(layer: String)
  /// The frame is longer than any link takes.
  case tooLong(byteCount: Int)
}

extension CraftError: CustomStringConvertible {
  /// One line that says what is wrong and what was expected.
  public var description: String {
    switch self {
    case .empty: "expected layers, as: eth / arp spa=192.0.2.1 tpa=192.0.2.2"
    case .unknownLayer(let name):
      "no layer is called \(name): expected one of "
        + (LayerFormat.all.map(\.name) + ["data", "pad"]).joined(separator: ", ")
    case .unknownField(let layer, let field):
      "\(layer) has no field \(field): expected "
        + CraftError.fields(of: layer).joined(separator: ", ")
    case .unknownWord(let layer, let word):
      "\(layer): \(word): expected field=value, or a flag"
    case .badValue(let layer, let field, let text, let expected):
      "\(layer) \(field)=\(text): expected \(expected)"
    case .repeated(let layer, let field): "\(layer) \(field): expected it once"
    case .missing(let layer, let field): "\(layer): expected \(field)=…"
    case .openQuote: "expected a quotation mark at the end of the text"
    case .misplaced(let layer): "\(layer): expected as the last layer"
    case .tooLong(let count): "a frame of \(count) bytes: expected at most \(FrameAssembler.limit)"
    }
  }

  private static func fields(of layer: String) -> [String] {
    guard let format = LayerFormat.named(layer) else { return ["hex", "text", "zeros"] }
    return format.fields.map(\.name) + (format.hasOptions ? ["options"] : [])
  }
}
