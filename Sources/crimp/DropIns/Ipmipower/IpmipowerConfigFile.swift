import Glibc

/// FreeIPMI's configuration file, freeipmi.conf(5), as far as it concerns `ipmipower`.
enum IpmipowerConfigFile {
  /// Where FreeIPMI has it.
  static let usualPath = "/etc/freeipmi/freeipmi.conf"

  /// Sets what the file at `path` sets, or FreeIPMI's own where it is there and none is named.
  ///
  /// What FreeIPMI's other programs are set to is passed over. Settings of this program alone have its
  /// name before them, and the last word.
  static func apply(
    _ path: String?, to settings: inout IpmipowerSettings
  ) throws(IpmipowerFault) {
    let named = path ?? usualPath
    guard let bytes = try? WholeFile.bytes(at: named) else {
      if path == nil { return }
      throw IpmipowerFault("Config File Error: configuration file does not exist")
    }
    var own: [(String, String)] = []
    for (name, value) in entries(in: String(decoding: bytes, as: UTF8.self)) {
      let plain = name.hasPrefix("ipmipower-") ? String(name.dropFirst(10)) : name
      guard IpmipowerSettings.names.contains(plain) else { continue }
      if plain != name {
        own.append((plain, value))
      } else if plain != "driver-type" || (try? IpmipowerSettings.driver(value)) != nil {
        // The other programs have drivers of their own.
        try set(plain, value, &settings)
      }
    }
    for (name, value) in own { try set(name, value, &settings) }
  }

  private static func set(
    _ name: String, _ value: String, _ settings: inout IpmipowerSettings
  ) throws(IpmipowerFault) {
    do throws(IpmipowerFault) {
      try settings.set(name, to: value)
    } catch {
      throw IpmipowerFault("Config File Error: \(error.words)")
    }
  }

  /// Each line's first word and the others; `#` begins a comment, and a backslash at the end of a line
  /// has it go on.
  private static func entries(in text: String) -> [(name: String, value: String)] {
    let joined = text.replacing("\r\n", with: "\n").replacing("\\\n", with: " ")
    return joined.split(whereSeparator: \.isNewline).compactMap { line in
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let name = words.first else { return nil }
      let value = words.dropFirst().joined(separator: " ")
      let isQuoted = value.count > 1 && value.first == "\"" && value.last == "\""
      return (name.lowercased(), isQuoted ? String(value.dropFirst().dropLast()) : value)
    }
  }
}
