import Testing

@testable import crimp

@Suite struct `Words that others chose` {
  @Test(
    arguments: [
      ("unix:/run/x", "unix:/run/x"), ("Grüße 猫", "Grüße 猫"), ("", ""),
      ("/x\u{1b}[31mevil\nFAKE", "/x\\u{1b}[31mevil\\u{a}FAKE"), ("a\r\nb", "a\\u{d}\\u{a}b"),
      ("\u{0}\u{7f}\u{9b}31m", "\\u{0}\\u{7f}\\u{9b}31m"), ("a\u{202e}cba", "a\\u{202e}cba"),
      ("\u{2028}", "\\u{2028}"), ("e\u{301}", "e\u{301}"),
    ])
  func `tell a terminal nothing`(_ text: String, _ shown: String) {
    #expect(TerminalText.escaped(text) == shown)
  }
}
