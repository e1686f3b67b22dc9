/// The ports that `nc` is to connect to, in their order.
enum NetcatPorts {
  /// Services' names, numbers, and ranges, each from its lowest port upwards; all in random order if asked
  /// for.
  static func list(
    _ options: NetcatOptions, _ messages: NetcatMessages
  ) throws(Exit) -> [UInt16] {
    var ports: [UInt16] = []
    for word in options.ports {
      if let port = NetcatNames.port(ofService: word, options.protocolName) {
        ports.append(port)
      } else if word.first?.isASCII == true, word.first?.isNumber == true,
        let dash = word.firstIndex(of: "-")
      {
        let last = try number(String(word[word.index(after: dash)...]), messages)
        let first = try number(String(word[..<dash]), messages)
        ports += min(first, last)...max(first, last)
      } else {
        ports.append(try number(word, messages))
      }
    }
    if options.isShuffled { ports.shuffle() }
    return ports
  }

  private static func number(_ text: String, _ messages: NetcatMessages) throws(Exit) -> UInt16 {
    do throws(DecimalNumber.Failure) {
      return UInt16(try DecimalNumber.read(text, in: 1...65_535))
    } catch {
      throw messages.fail("port number \(error.words): \(text)")
    }
  }

  /// Refuses a number that no port has: the resolver would take it modulo 65,536.
  static func refuseLargeNumber(_ text: String?, _ messages: NetcatMessages) throws(Exit) {
    guard let text, let number = Int(text), number > 65_535 else { return }
    throw messages.fail("port number too large: \(text)")
  }
}
