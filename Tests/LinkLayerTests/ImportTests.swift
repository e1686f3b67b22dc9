import Support
import Testing

/// The library's promise: formats know no I/O, and no system.
@Test func theLibraryImportsNothing() throws {
  var folders = ["Sources/LinkLayer"]
  var count = 0
  while let folder = folders.popLast() {
    for name in try Fixture.names(in: folder) {
      guard name.hasSuffix(".swift") else {
        if !name.contains(".") { folders.append("\(folder)/\(name)") }
        continue
      }
      count += 1
      let text = String(decoding: try Fixture.file("\(folder)/\(name)"), as: UTF8.self)
      for line in text.split(separator: "\n") {
        let words = line.split(separator: " ")
        #expect(!words.prefix(3).contains("import"), "\(folder)/\(name): \(line)")
      }
    }
  }
  #expect(count > 40)
}
