import Support
import Testing

/// The library's promise: formats know no I/O, and no system.
@Test func theLibraryImportsNothing() throws {
  let sources = try sources()
  for (path, text) in sources {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      #expect(!words.prefix(3).contains("import"), "\(path): \(line)")
    }
  }
  #expect(sources.count > 40)
}

/// The library's page lists every type that it has, once.
@Test func thePageListsEveryType() throws {
  var types: [String] = []
  for (_, text) in try sources() {
    for match in text.matches(of: #/(?m)^public (?:struct|enum|class|protocol) (\w+)/#) {
      types.append(String(match.1))
    }
  }
  let page = try Fixture.file("Sources/LinkLayer/LinkLayer.docc/LinkLayer.md")
  let listed = String(decoding: page, as: UTF8.self).matches(of: #/(?m)^- ``(\w+)``$/#)
    .map { String($0.1) }
  #expect(listed.sorted() == types.sorted())
}

/// The library's sources.
func sources() throws -> [(path: String, text: String)] {
  var folders = ["Sources/LinkLayer"]
  var sources: [(path: String, text: String)] = []
  while let folder = folders.popLast() {
    for name in try Fixture.names(in: folder) {
      let path = "\(folder)/\(name)"
      guard name.hasSuffix(".swift") else {
        if !name.contains(".") { folders.append(path) }
        continue
      }
      sources.append((path, String(decoding: try Fixture.file(path), as: UTF8.self)))
    }
  }
  return sources
}
