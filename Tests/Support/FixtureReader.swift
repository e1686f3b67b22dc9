import Glibc

/// Why a fixture could not be read.
public enum FixtureError: Error {
  /// There is no such file, or it cannot be read.
  case unreadable(path: String)
  /// A line holds something other than pairs of hexadecimal digits before its comment.
  case notHex(path: String, line: Int)
}

/// Reads the package's fixtures, wherever the package lies: the way starts at this source file.
public enum Fixture {
  /// The package's folder.
  public static let root: String = {
    // Tests/Support/FixtureReader.swift: three names up.
    #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(3)
      .joined(separator: "/")
  }()

  /// The bytes of the file at `path`, which counts from the package's folder.
  public static func file(_ path: String) throws -> [UInt8] {
    guard let file = fopen("\(root)/\(path)", "rb") else {
      throw FixtureError.unreadable(path: path)
    }
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65536)
    while true {
      let count = fread(&chunk, 1, chunk.count, file)
      guard count > 0 else { break }
      bytes.append(contentsOf: chunk.prefix(count))
    }
    guard ferror(file) == 0 else { throw FixtureError.unreadable(path: path) }
    return bytes
  }

  /// The bytes that the commented hex at `path` spells: pairs of digits, and comments from `#` to
  /// the end of the line.
  public static func hex(_ path: String) throws -> [UInt8] {
    let text = String(decoding: try file(path), as: UTF8.self)
    var bytes: [UInt8] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let digits = line.prefix { $0 != "#" }
      for pair in digits.split(whereSeparator: \.isWhitespace) {
        guard pair.utf8.count == 2, let byte = UInt8(pair, radix: 16) else {
          throw FixtureError.notHex(path: path, line: index + 1)
        }
        bytes.append(byte)
      }
    }
    return bytes
  }

  /// The frame `name` of `Fixtures/frames`.
  public static func frame(_ name: String) throws -> [UInt8] {
    try hex("Fixtures/frames/\(name).hex")
  }

  /// The names of all files in the folder at `path`, sorted.
  public static func names(in path: String) throws -> [String] {
    guard let folder = opendir("\(root)/\(path)") else {
      throw FixtureError.unreadable(path: path)
    }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
  }
}
