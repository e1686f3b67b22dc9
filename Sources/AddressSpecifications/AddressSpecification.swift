/// What one end of a relay is, as socat(1) has it written: one address, or two that are joined by `!!`, of
/// which the first is read and the second is written.
///
/// ```text
/// TYPE[:PARAMETER]...[,OPTION[=VALUE]]...[!!TYPE...]
/// ```
///
/// The text says only what is wanted. Nothing is opened or looked up here.
public enum AddressSpecification: Hashable, Sendable {
  /// One address for both directions.
  case single(SingleAddress)
  /// One address to read from, and one to write to.
  case dual(reading: SingleAddress, writing: SingleAddress)

  /// Reads a specification.
  ///
  /// - Parameters:
  ///   - text: one argument of a command line.
  ///   - checksGroups: whether an option must belong to one of the groups of its address's type; socat's `-g`
  ///     turns that off.
  public init(_ text: String, checksGroups: Bool = true) throws(AddressError) {
    var lexer = AddressLexer(text)
    let first = try SingleAddress(&lexer, checksGroups: checksGroups)
    guard lexer.take("!!") else {
      self = .single(first)
      return
    }
    // What follows a second address is passed over, as the original does.
    self = .dual(reading: first, writing: try SingleAddress(&lexer, checksGroups: checksGroups))
  }
}

/// One address: its type, the parameters, the options.
public struct SingleAddress: Hashable, Sendable {
  /// The word that named the type, as it was written; empty when the type was told by what stands there.
  public var keyword: String
  /// The type.
  public var type: AddressType
  /// What stands between colons, with quotes and escapes taken away.
  public var parameters: [String]
  /// The options in their order.
  public var options: AddressOptions

  /// Reads one address, and leaves the lexer at its end: at `!!` or at the end of the text.
  init(_ lexer: inout AddressLexer, checksGroups: Bool) throws(AddressError) {
    let start = lexer
    let word = try lexer.token(upTo: .parameter)
    (keyword, parameters) = (word, [])
    if let type = AddressType(named: word) {
      self.type = type
    } else if !word.isEmpty, word.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
      (type, parameters) = (.descriptor, [word])
    } else if word.utf8.contains(UInt8(ascii: "/")) {
      type = .anyFile
      lexer = start
      parameters = [try lexer.token(upTo: .path)]
    } else {
      throw .unknownAddress(word)
    }
    while lexer.take(":") { parameters.append(try lexer.token(upTo: .parameter)) }
    // A shell's command may hold colons, and no second parameter follows it.
    if type.name == "system" { parameters = [parameters.joined(separator: ":")] }
    options = try AddressOptions(&lexer, groups: checksGroups ? type.groups : nil)
    try type.check(parameters.count, keyword: keyword)
  }
}
