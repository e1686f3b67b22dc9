import ArgumentParser
import EventLoop
import Glibc
import LinkLayer
import Relay

/// `crimp listen`: a pseudo-server.
struct ListenCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "listen",
    abstract: "Accept connections or datagrams, and echo, discard, or answer them.",
    discussion: """
      LISTEN is PORT, of IPv4 and IPv6, ADDRESS:PORT, unix:PATH or unix:@NAME. Without a mode the first \
      client's bytes go to standard output, and standard input's to it; the end of either is passed on. \
      One client is served, or as many as --count says, or all with --keep. Exit status 1 when fewer \
      came or one was cut short, 74 when standard output cannot be written.
      """)

  @Argument(help: ArgumentHelp("Where to listen.", valueName: "listen"))
  var listen: String

  @Flag(help: "Send back what comes.")
  var echo = false

  @Flag(help: "Count what comes, and send nothing.")
  var discard = false

  @Option(help: ArgumentHelp("Send this file to each client; count what comes.", valueName: "path"))
  var file: String?

  @Flag(help: "Datagrams of UDP: each is a client.")
  var udp = false

  @Flag(name: [.short, .long], help: "Serve clients until told to end.")
  var keep = false

  @Option(help: ArgumentHelp("How many clients to serve.", valueName: "count"))
  var count: Int?

  @Option(help: ArgumentHelp("How many at once; others wait.", valueName: "count"))
  var maxConnections: Int?

  @Option(
    help: ArgumentHelp("Who may connect: an address or a network, repeated.", valueName: "network"))
  var allow: [String] = []

  @Option(help: ArgumentHelp("Who may not, even if allowed.", valueName: "network"))
  var deny: [String] = []

  @Option(
    help: ArgumentHelp(
      "Bytes a second in each direction of each connection, such as 100k or 10M.", valueName: "rate"
    ))
  var limitRate: ByteRate?

  @Option(
    help: ArgumentHelp("End a connection on which nothing moved for so long.", valueName: "seconds")
  )
  var idleTimeout: Double?

  @Option(
    help: ArgumentHelp("How long the first client is waited for.", valueName: "seconds"))
  var timeout: Double?

  @OptionGroup var securing: TLSServerOptions

  @Flag(help: "One JSON object a line for everything that happens.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but why it fails.")
  var quiet = false

  func validate() throws {
    guard [echo, discard, file != nil].count(where: { $0 }) <= 1 else {
      throw ValidationError("--echo, --discard and --file: expected one of them")
    }
    let forStreams = [
      ("--tls-certificate", securing.isUsed), ("--limit-rate", limitRate != nil),
      ("--max-connections", maxConnections != nil), ("--idle-timeout", idleTimeout != nil),
    ]
    for (name, isGiven) in forStreams where udp && isGiven {
      throw ValidationError("--udp and \(name): expected one of them")
    }
    guard !keep || count == nil else {
      throw ValidationError("--keep and --count: expected one of them")
    }
    for (name, value) in [("--count", count), ("--max-connections", maxConnections)] {
      guard let value, value < 1 else { continue }
      throw ValidationError("\(name) \(value): expected 1 or more")
    }
    for (name, value) in [("--idle-timeout", idleTimeout), ("--timeout", timeout)] {
      guard let value else { continue }
      guard value > 0, value < 1e6 else {
        throw ValidationError("\(name) \(value): expected seconds, more than 0")
      }
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    return try PseudoServer(try request(), on: loop).perform()
  }

  private func request() throws(CommandFailure) -> PseudoServerRequest {
    guard let place = RelayPlace(listen), place != .activated else {
      let expected = RelayPlace.expected(
        inPlaceOf: listen, "expected PORT, ADDRESS:PORT, [IPv6]:PORT, unix:PATH or unix:@NAME")
      throw CommandFailure(.usage, "listen \(listen): \(expected)")
    }
    if udp, case .unix = place {
      throw CommandFailure(.usage, "listen \(listen): --udp expected PORT or ADDRESS:PORT")
    }
    var request = PseudoServerRequest(place: place, mode: mode)
    if case .file(let path) = mode, unsafe access(path, R_OK) != 0 {
      throw CommandFailure(.noInput, "--file \(path): no file that can be read")
    }
    request.usesDatagrams = udp
    request.count = keep ? nil : UInt64(count ?? 1)
    // There is one standard input.
    request.connectionLimit = mode == .standardStreams ? 1 : maxConnections
    request.allowed = try networks("--allow", allow)
    request.denied = try networks("--deny", deny) ?? AddressList([])
    request.tls = try securing.context()
    request.bytesPerSecond = limitRate?.bytesPerSecond
    request.idleTimeout = idleTimeout.map { Duration(seconds: $0) }
    request.timeout = timeout.map { Duration(seconds: $0) }
    request.isJSON = json
    request.isQuiet = quiet
    return request
  }

  private var mode: ListenMode {
    if echo { return .echo }
    if discard { return .discard }
    return file.map { .file($0) } ?? .standardStreams
  }

  private func networks(
    _ name: String, _ words: [String]
  ) throws(CommandFailure) -> AddressList? {
    guard !words.isEmpty else { return nil }
    do throws(AddressListError) {
      return try AddressList(parsing: words)
    } catch {
      throw CommandFailure(.usage, "\(name) \(error)")
    }
  }
}
