import Drivers
import EventLoop
import Glibc
import IPMI
import Machines

/// A person, or a program, at a machine's serial line: binds the terminal, the transcript and the
/// signals to the console below, until one of them ends it.
final class SerialLineConsole {
  /// So much typed is handed on before the controller has taken it.
  private static let typeAhead = 4096
  /// How long the controller may take for what was typed last, when input is over.
  private static let patience = Duration.seconds(30)

  private let loop: EventLoop
  private let settings: SerialLineSettings
  private let transcript: SerialTranscript?
  /// The terminal; nil when there is none, or when a recording is played: nobody types then.
  private let terminal: RawTerminal?
  private let replay: BMCReplay?
  private let output: SerialOutput
  private var reader: EscapeReader
  private var console: BMCConsole?
  private var input: SerialInput?
  private var signals: SignalRegistration?
  private var shownCount = 0
  private var isCarrierDropped = false
  private var isPressed = false
  private var inputEnd: Timer?
  private var isInputOver = false
  private var isLeaving = false

  init(
    on loop: EventLoop, _ settings: SerialLineSettings, _ transcript: SerialTranscript?,
    replay: BMCReplay? = nil
  ) {
    self.loop = loop
    self.settings = settings
    self.transcript = transcript
    self.replay = replay
    terminal = replay == nil ? RawTerminal() : nil
    output = SerialOutput(on: loop)
    reader = EscapeReader(character: settings.escape, commands: settings.commands)
  }

  /// Speaks on the line of `client` until the end, and returns how it came.
  func run(_ client: BMCClient) async throws(CommandFailure) -> SerialOverLANSession.Outcome {
    let console = BMCConsole(client, options: settings.line) { [unowned self] in
      show($0)
    } onReport: { [unowned self] in
      tell(.report($0))
    }
    console.onProgress = { [unowned self] in pump() }
    self.console = console
    output.onPressure = { [unowned self] isPressed in
      self.isPressed = isPressed
      setLines()
    }
    output.onEnd = { [unowned self] in leave() }
    try listen()
    defer { end() }
    console.start()
    if let replay {
      follow(replay, console)
    } else if !settings.isReadOnly || terminal != nil {
      input = SerialInput(on: loop) { [unowned self] in typed($0) }
      input?.start()
      terminal?.makeRaw()
    }
    do throws(CancellationError) {
      return try await console.outcome()
    } catch {
      return .closed
    }
  }

  /// Has done what was done then, and ends a while after the recording, if it has not ended before.
  private func follow(_ replay: BMCReplay, _ console: BMCConsole) {
    replay.onForesight = { [unowned console] entry, isDue in
      console.reenact(entry.bytes, isDue: isDue)
    }
    replay.onEnd = { [loop] in
      loop.schedule(after: .seconds(120)) { loop.stop() }
    }
  }

  private func end() {
    signals?.cancel()
    input?.stop()
    inputEnd?.cancel()
    output.finish()
    terminal?.restore()
    console = nil
  }

  /// Gives the line back; at once when it is asked for twice.
  private func leave() {
    guard isLeaving else {
      isLeaving = true
      console?.stop()
      return
    }
    loop.stop()
  }

  // MARK: Signals

  private func listen() throws(CommandFailure) {
    signal(SIGPIPE, SIG_IGN)
    signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGCONT]) { [unowned self] in
        take(signal: $0)
      }
    }
  }

  private func take(signal: Int32) {
    switch signal {
    case SIGTSTP: terminal.map { $0.suspend(isAlone: true) } ?? suspendWithoutTerminal()
    case SIGCONT:
      // Stopped by SIGSTOP, which nothing can hear: the shell has the terminal as it likes it.
      if let terminal, terminal.isRaw, tcgetpgrp(STDIN_FILENO) == getpgrp() { terminal.makeRaw() }
    default: leave()
    }
  }

  private func suspendWithoutTerminal() {
    kill(getpid(), SIGSTOP)
  }

  // MARK: The machine

  private func show(_ characters: [UInt8]) {
    shownCount += characters.count
    transcript?.append(characters)
    output.write(characters)
  }

  private func setLines() {
    var lines: SerialOverLANPacket.Operation = []
    if isPressed { lines.insert(.pauses) }
    if isCarrierDropped { lines.insert(.dropsCarrier) }
    console?.setLines(lines)
  }

  private func tell(_ event: SerialLineEvent) {
    guard let words = settings.voice.words(event) else { return }
    transcript?.note(words)
    var text = words
    if !text.hasSuffix("\n") { text += "\n" }
    if terminal?.isRaw == true {
      text = text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    }
    settings.voice.stream.write(text)
  }

  // MARK: The keyboard

  /// Takes what was typed; nil is the end of all input.
  private func typed(_ characters: [UInt8]?) {
    guard let characters else { return inputIsOver() }
    for event in reader.read(characters) {
      switch event {
      case .characters(let characters):
        if !settings.isReadOnly { console?.type(characters) }
      case .command(let command): carryOut(command)
      }
    }
    pump()
  }

  /// Reads on, or waits, as the controller takes what was typed; ends when it has taken the last.
  private func pump() {
    guard let console else { return }
    guard !isInputOver else { return lingerIfTaken() }
    if console.pendingCount >= Self.typeAhead {
      input?.pause()
    } else {
      input?.start()
    }
  }

  private func carryOut(_ command: EscapeReader.Command) {
    tell(.command(command))
    switch command {
    case .end: leave()
    case .help: break
    case .suspend: terminal?.suspend(isAlone: false)
    case .suspendRaw: kill(getpid(), SIGSTOP)
    case .sendBreak: console?.sendBreak()
    case .ring: console?.perform(.ring)
    case .flush: console?.perform([.flushInbound, .flushOutbound])
    case .carrier:
      isCarrierDropped.toggle()
      setLines()
      tell(.carrier(isDropped: isCarrierDropped))
    case .status: tell(.status(shown: shownCount, pending: console?.pendingCount ?? 0))
    }
  }

  // MARK: The end of input

  private func inputIsOver() {
    guard !settings.isReadOnly else { return }
    isInputOver = true
    inputEnd = loop.schedule(after: Self.patience) { [unowned self] in giveUp() }
    lingerIfTaken()
  }

  private var isLingering = false

  private func lingerIfTaken() {
    guard !isLingering, let console, console.pendingCount == 0, console.isAttached else { return }
    isLingering = true
    inputEnd?.cancel()
    inputEnd = loop.schedule(after: settings.linger) { [unowned self] in leave() }
  }

  private func giveUp() {
    leftOverCount = console?.pendingCount ?? 0
    tell(.leftOver(leftOverCount))
    leave()
  }

  /// How much of what was typed the controller never took.
  private(set) var leftOverCount = 0
}
