import LinkLayer

extension CraftedFrame {
  /// Reads a frame from text: layers between slashes that stand alone, in each the layer's name and
  /// `field=value`, or a word alone for a flag or a value with a name.
  ///
  ///     eth / ip src=192.0.2.1 dst=192.0.2.2 df / icmp echo-request id=7 / data text="hello"
  ///
  /// - Throws: ``CraftError``, which names the layer and the field.
  public init(parsing text: String) throws(CraftError) {
    var layers: [CraftedLayer] = []
    var words: [String] = []
    for word in try CraftedFrame.words(of: text) {
      guard word == "/" else {
        words.append(word)
        continue
      }
      layers.append(try CraftedLayer(words))
      words = []
    }
    guard !layers.isEmpty || !words.isEmpty else { throw .empty }
    layers.append(try CraftedLayer(words))
    for layer in layers.dropLast() where layer.kind == .pad { throw .misplaced(layer: "pad") }
    self.init(layers: layers)
  }

  /// The words of a text; what stands between quotation marks belongs to one word.
  private static func words(of text: String) throws(CraftError) -> [String] {
    var words: [String] = []
    var word = ""
    var isQuoted = false
    var isEscaped = false
    for character in text {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if character.isWhitespace, !isQuoted {
        if !word.isEmpty { words.append(word) }
        word = ""
      } else {
        word.append(character)
      }
    }
    guard !isQuoted else { throw .openQuote }
    if !word.isEmpty { words.append(word) }
    return words
  }

  /// The text that says this frame.
  public var text: String {
    layers.map(\.text).joined(separator: " / ")
  }
}

extension CraftedLayer {
  init(_ words: [String]) throws(CraftError) {
    guard let name = words.first else { throw .empty }
    switch name {
    case "data": self.init(.data)
    case "pad": self.init(.pad)
    default:
      guard LayerFormat.named(name) != nil else { throw .unknownLayer(name) }
      self.init(.header(name))
    }
    for word in words.dropFirst() { try read(word) }
  }

  private mutating func read(_ word: String) throws(CraftError) {
    let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2 else { return try readAlone(word) }
    let (field, text) = (String(parts[0]), String(parts[1]))
    guard let format else { return try readBytes(field, text) }
    if field == "options", format.hasOptions {
      guard !saysOptions else { throw .repeated(layer: name, field: field) }
      guard let options = Hexadecimal.bytes(text), options.count <= LayerFormat.optionLimit else {
        throw .badValue(
          layer: name, field: field, text: text, expected: "at most 40 bytes in hexadecimal")
      }
      (bytes, saysOptions) = (options, true)
      return
    }
    guard let known = format.field(field) else {
      throw .unknownField(layer: name, field: field)
    }
    guard values[field] == nil else { throw .repeated(layer: name, field: field) }
    guard let value = known.value(text) else {
      throw .badValue(layer: name, field: field, text: text, expected: known.expectation)
    }
    values[field] = value
  }

  /// A word without a value: a flag, a name of a value, or the bytes of data.
  private mutating func readAlone(_ word: String) throws(CraftError) {
    guard let format else {
      return try readBytes(kind == .pad ? "zeros" : "hex", word)
    }
    for field in format.fields {
      switch field.form {
      case .flag where field.name == word:
        guard values[word] == nil else { throw .repeated(layer: name, field: word) }
        values[word] = .number(1)
        return
      case .names(let names):
        guard let value = names.first(where: { $0.name == word })?.value else { continue }
        guard values[field.name] == nil else { throw .repeated(layer: name, field: field.name) }
        values[field.name] = .number(value)
        return
      default: continue
      }
    }
    throw .unknownWord(layer: name, word: word)
  }

  private mutating func readBytes(_ field: String, _ text: String) throws(CraftError) {
    switch field {
    case "hex":
      guard let more = Hexadecimal.bytes(text) else {
        throw .badValue(
          layer: name, field: field, text: text, expected: "pairs of hexadecimal digits")
      }
      bytes += more
    case "text": bytes += Array(text.utf8)
    case "zeros":
      guard let count = Int(text), (0...FrameAssembler.limit).contains(count) else {
        throw .badValue(
          layer: name, field: field, text: text, expected: "0 to \(FrameAssembler.limit)")
      }
      bytes += [UInt8](repeating: 0, count: count)
    default: throw .unknownField(layer: name, field: field)
    }
  }

  fileprivate var text: String {
    guard let format else { return ([name] + byteWords).joined(separator: " ") }
    var words = [name]
    for field in format.fields {
      guard let value = values[field.name] else { continue }
      words.append(field.text(value))
    }
    if saysOptions { words.append("options=" + Hexadecimal.text(bytes)) }
    return words.joined(separator: " ")
  }

  private var byteWords: [String] {
    guard !bytes.isEmpty else { return [] }
    if bytes.allSatisfy({ $0 == 0 }) { return ["zeros=\(bytes.count)"] }
    let isPlain = bytes.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != 0x22 && $0 != 0x5c }
    return isPlain
      ? ["text=\"\(String(decoding: bytes, as: UTF8.self))\""] : ["hex=" + Hexadecimal.text(bytes)]
  }
}
