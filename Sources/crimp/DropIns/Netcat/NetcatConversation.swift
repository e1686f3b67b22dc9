import EventLoop
import Glibc
import Machines
import Relay
import Sockets

/// One connection: what comes from standard input goes there, what comes from there to standard output,
/// until both are over as `nc` has it.
struct NetcatConversation {
  /// Why it is over.
  enum Ending {
    /// Nothing moved for as long as `-w` says.
    case idle
    /// Standard input ended, and with `-q` that was all.
    case inputEnded
    /// It ran its course.
    case over
  }

  private let session: NetcatSession
  private var options: NetcatOptions { session.options }

  init(_ session: NetcatSession) {
    self.session = session
  }

  /// Holds the conversation and closes `socket`.
  func hold(with socket: any ByteStream) async throws(Exit) -> Ending {
    let loop = session.loop
    let completion = Completion<PumpReport>(on: loop)
    let pump: Pump
    let near: StandardStreams
    do throws(SystemError) {
      near = try StandardStreams(isDetached: options.isDetached, endsLate: endsWithInput)
      let far = Far(around: socket, session)
      pump = Pump(near, far.stream, pumpOptions, on: session.engine) { completion.fulfil($0) }
      near.onInputEnd = { [weak pump] in loop.execute { pump?.retry(.near) } }
      far.lines?.onPauseEnd = { [weak pump] in pump?.retry(.far) }
      try pump.start()
    } catch {
      throw session.messages.fail("polling error", error)
    }
    let report = await completion.valueThroughCancellation
    if report.ending == .idle { return .idle }
    return endsWithInput && near.hasInputEnded ? .inputEnded : .over
  }

  private var pumpOptions: PumpOptions {
    var result = PumpOptions()
    result.policy.nearEnd = endsWithInput ? .close : options.endsWriting ? .halfClose : .ignore
    result.policy.farEnd = options.listens ? .close : .ignore
    // No time at all still lets through what is there.
    result.policy.idleTimeout = options.timeout.map { $0 == 0 ? .milliseconds(1) : .seconds($0) }
    // Who is to know whether standard input ended must see it.
    if endsWithInput { result.mode = .copy }
    return result
  }

  /// Whether the end of standard input ends all: of a listener, and where the other end has none to show.
  private var endsWithInput: Bool {
    options.quitDelay >= 0 && (options.listens || options.usesDatagrams)
  }

  /// The socket, and what `-C`, `-i`, `-t` and `-W` put around it.
  private struct Far {
    var stream: any ByteStream
    var lines: LinewiseStream?

    init(around socket: any ByteStream, _ session: NetcatSession) {
      let options = session.options
      stream = socket
      if options.answersTelnet { stream = TelnetRefusals(around: stream) }
      // Of datagrams each is a line then.
      if options.interval > 0 || (options.sendsCarriageReturns && options.usesDatagrams) {
        let lines = LinewiseStream(
          around: stream, pause: .seconds(options.interval), on: session.loop)
        self.lines = lines
        stream = lines
      }
      if options.sendsCarriageReturns {
        stream = TranslatedStream(stream, writing: TranslatedStream.carriageReturns())
      }
      if options.receiveLimit != nil { stream = CountedReads(around: stream, of: session) }
    }
  }
}
