/// Named values of one known answer, as `Fixtures/ipmi` has them: a line a value, `name: hex`, and
/// comments from `#` to the end of the line.
public struct FixtureVector {
  private let path: String
  private let values: [String: [UInt8]]

  /// Reads the file at `path`, which counts from the package's folder.
  public init(_ path: String) throws {
    self.path = path
    let text = String(decoding: try Fixture.file(path), as: UTF8.self)
    var values: [String: [UInt8]] = [:]
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let content = line.prefix { $0 != "#" }
      guard content.contains(where: { !$0.isWhitespace }) else { continue }
      let parts = content.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
      let hex = parts.count == 2 ? parts[1].split(whereSeparator: \.isWhitespace) : []
      let bytes = hex.compactMap { $0.utf8.count == 2 ? UInt8($0, radix: 16) : nil }
      guard parts.count == 2, bytes.count == hex.count else {
        throw FixtureError.notHex(path: path, line: index + 1)
      }
      values[String(parts[0])] = bytes
    }
    self.values = values
  }

  /// The bytes of the value `name`. Throws when the file has none of this name.
  public func bytes(_ name: String) throws -> [UInt8] {
    guard let bytes = values[name] else {
      throw FixtureError.unreadable(path: "\(path): \(name)")
    }
    return bytes
  }

  /// Whether the file has a value of this name.
  public func has(_ name: String) -> Bool { values[name] != nil }
}
