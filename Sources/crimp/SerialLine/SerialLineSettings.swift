import Glibc
import Machines

/// How a console is to be.
struct SerialLineSettings {
  /// What the machine below is told.
  var line = SerialOverLANOptions()
  /// What commands to the console begin with; nil for none.
  var escape: UInt8?
  /// Which commands there are.
  var commands = EscapeReader.all
  /// Whether nothing is typed, whatever comes.
  var isReadOnly = false
  /// How long the machine may go on to speak after the end of all input.
  var linger = Duration.seconds(1)
  /// Who is told what.
  var voice: any SerialLineVoice

  init(voice: any SerialLineVoice) {
    self.voice = voice
  }

  /// A console of crimp's own, with commands behind ~ at a terminal.
  ///
  /// - Parameter escape: what commands begin with, when somebody says so.
  init(host: String, escape: EscapeCharacter?, isQuiet: Bool) {
    let usual: UInt8? = isatty(STDIN_FILENO) == 1 ? UInt8(ascii: "~") : nil
    let character = escape.map(\.character) ?? usual
    self.init(
      voice: NativeVoice(
        host: host, escape: character.map { EscapeReader.name(of: $0) }, isQuiet: isQuiet))
    self.escape = character
  }
}

/// What a console says of itself, in the words of the program that it is part of.
protocol SerialLineVoice {
  /// Where it is said.
  var stream: StandardStream { get }

  /// What is said of `event`; nil for nothing.
  func words(_ event: SerialLineEvent) -> String?
}

/// What a console has to say of itself.
enum SerialLineEvent {
  /// Something happened on the way.
  case report(SerialOverLANSession.Report)
  /// A command was typed.
  case command(EscapeReader.Command)
  /// What it is to be said how the console is: so many characters were shown, and wait to be typed.
  case status(shown: Int, pending: Int)
  /// The handshake lines were changed: the machine sees a carrier, or none.
  case carrier(isDropped: Bool)
  /// Input is over, and so many characters were not taken by the controller.
  case leftOver(Int)
}
