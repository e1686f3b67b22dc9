import Glibc
import IPMI

/// Asks a person for a secret.
enum SecretPrompt {
  /// What a person types on the terminal, unseen, or standard input's next line when there is no
  /// terminal; nil when there is neither.
  static func ask(_ text: String) -> Secret? {
    // getpass(3): it prompts on the terminal, echoes nothing, and restores the terminal.
    guard let answer = unsafe getpass(text) else { return nil }
    let count = unsafe strlen(answer)
    defer { unsafe explicit_bzero(answer, count) }
    return unsafe Secret(
      copying: RawSpan(_unsafeBytes: UnsafeRawBufferPointer(start: answer, count: count)))
  }
}
