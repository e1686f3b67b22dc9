import EventLoop
import LinkLayer
import Machines
import MonotonicTime
import Relay
import Sockets
import TLS

/// What a run of `crimp relay` holds connections to, read from its options and files: all that can be wrong
/// has been found by the time that there is one. Each worker makes its own rules of it.
struct RelayTerms: Sendable {
  let command: RelayCommand
  private let allowed: AddressList?
  private let denied: AddressList
  private let trusted: AddressList?
  private let insertion: [UInt8]
  private let tls: TLSContext?
  private let upstreamTLS: UpstreamTLS?
  private let proxyServer: ProxyServerOptions?
  /// Through which proxy targets are reached: looked up with them.
  var route: ProxyRoute?
  /// The recording, once it is opened; it goes on through reloads.
  private var recorder: StreamRecorder?
  /// The rates of both directions that all connections share.
  private let rates: (there: SharedRate, back: SharedRate)?

  /// The most bytes that `--insert` puts before a connection.
  private static let longestInsertion = 1 << 20

  /// Reads the options' files.
  ///
  /// - Parameter previous: the terms before, whose rates go on where they are the same.
  init(_ command: RelayCommand, after previous: RelayTerms? = nil) throws(CommandFailure) {
    self.command = command
    allowed = try command.networks("--allow", command.allow)
    denied = try command.networks("--deny", command.deny) ?? AddressList([])
    trusted = try command.networks("--trust", command.trust)
    insertion = try command.watching.insertion(atMost: Self.longestInsertion)
    tls = try command.securing.inFront()
    upstreamTLS = try command.securing.behind()
    proxyServer = try command.proxying.server()
    recorder = previous?.recorder
    if let rate = command.sharedRate?.bytesPerSecond {
      let now = Instant.monotonicNow
      let isSame = previous?.rates?.there.bytesPerSecond == rate
      rates =
        isSame
        ? previous?.rates
        : (
          SharedRate(bytesPerSecond: rate, at: now), SharedRate(bytesPerSecond: rate, at: now)
        )
    } else {
      rates = nil
    }
  }

  /// Opens the file of the recording: the last thing that can be wrong before connections are accepted.
  ///
  /// - Parameter joins: whether a relay may still record into it.
  mutating func openRecording(joins: Bool) throws(CommandFailure) {
    recorder = try command.watching.recorder(joins: joins)
  }

  /// Begins the recording.
  func beginRecording() throws(CommandFailure) {
    try command.watching.begin(recorder)
  }

  /// Why nothing is recorded any more; nil when nothing is wrong.
  var recordingFailure: SystemError? { recorder?.failure }

  /// The rules of a service on a loop.
  func options(on loop: EventLoop) -> RelayServiceOptions {
    var options = RelayServiceOptions()
    options.allowed = allowed
    options.denied = denied
    options.connectionLimit = command.maxConnections
    options.connectionLimitPerSource = command.maxPerSource
    options.connectDelay = command.connectDelay.map { Duration(seconds: $0) }
    options.connectTimeout = Duration(seconds: command.connectTimeout)
    options.source = command.source.map { .internet(InternetAddress($0, port: 0)) }
    options.keepAlive = StreamOptions.KeepAlive()
    if command.proxyProtocol.contains(.input) {
      options.proxyProtocolInput = RelayServiceOptions.ProxyProtocolInput(trusted: trusted)
    }
    if command.proxyProtocol.contains(.output) { options.proxyProtocolOutput = .v2 }
    if command.proxyProtocol.contains(.outputV1) { options.proxyProtocolOutput = .v1 }
    options.bytesPerSecond = command.limitRate?.bytesPerSecond
    if let rates {
      options.pump.nearLimit = RateLimit(sharing: rates.there, on: loop)
      options.pump.farLimit = RateLimit(sharing: rates.back, on: loop)
    }
    options.pump.mode = command.copy ? .copy : .adaptive
    options.pump.policy.idleTimeout = command.idleTimeout.map { Duration(seconds: $0) }
    options.insertion = insertion
    options.tls = tls
    options.upstreamTLS = upstreamTLS
    options.proxyServer = proxyServer
    options.route = route
    if recorder != nil || command.watching.hexdump {
      options.observer = { [watching = command.watching, recorder] session, server in
        watching.observer(of: session, to: server, recorder)
      }
    }
    return options
  }
}
