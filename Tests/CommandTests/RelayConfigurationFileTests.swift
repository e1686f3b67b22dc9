import Testing

@testable import crimp

@Suite struct `The file of crimp relay --config` {
  @Test(
    arguments: [
      ("", []), ("\n\r\n \t\n", []), ("a:1 b:2", ["a:1", "b:2"]),
      ("a:1\nb:2\n", ["a:1", "b:2"]), ("a:1\r\nb:2\r\n", ["a:1", "b:2"]),
      ("# all\r\na:1 # and no more\r\n#b:2", ["a:1"]), ("a#1 \"#\"", ["a#1", "#"]),
      ("--insert \"a file\"\t--copy", ["--insert", "a file", "--copy"]),
      ("\"\" x\"y z\"", ["", "xy z"]), ("\"a\r b\"", ["a\r b"]), ("Grüße\u{301}", ["Grüße\u{301}"]),
    ])
  func `is words, of whatever line ends`(_ text: String, _ words: [String]) throws {
    #expect(try RelayConfigurationFile.words(of: Array(text.utf8)) == words)
  }

  @Test(arguments: [("\"", 1), ("a\r\n\"b\r\n\"", 2), ("a\n\n\"b c", 3)])
  func `tells the line of a quote that is left open`(_ text: String, _ line: Int) {
    let bytes = Array(text.utf8)
    #expect(throws: ConfigurationFileError(line: line)) {
      try RelayConfigurationFile.words(of: bytes)
    }
  }
}
