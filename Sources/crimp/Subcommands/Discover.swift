import ArgumentParser
import Drivers
import EventLoop
import Glibc
import IPMI
import Machines
import Sockets

/// `crimp discover`: which addresses have a management controller.
struct Discover: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "discover",
    abstract: "Find the management controllers of a network.",
    discussion: """
      Asks by an ASF presence ping and by Get Channel Authentication Capabilities; some controllers \
      answer one of them alone. Each is printed as it answers, with the versions of IPMI that it \
      offers. Exit status 0 when there is one, 1 when there is none.
      """)

  @Argument(
    help: ArgumentHelp(
      "Networks such as 192.0.2.0/24, and lists such as node[1-100].", valueName: "ranges"))
  var ranges: [String]

  @Option(help: ArgumentHelp("The UDP port.", valueName: "port"))
  var port: UInt16 = FleetSettings.port

  @Option(help: ArgumentHelp("How often each address is asked.", valueName: "count"))
  var attempts = 3

  @Option(help: ArgumentHelp("How long each answer is waited for.", valueName: "seconds"))
  var timeout = 0.5

  @Option(help: ArgumentHelp("How many addresses are asked at once.", valueName: "count"))
  var window = 256

  @Flag(help: "Do not ping: some controllers drop a serial console when they are pinged.")
  var noPing = false

  @Option(help: ArgumentHelp("Write all that is said to a pcapng file.", valueName: "file"))
  var record: String?

  @Option(
    help: ArgumentHelp(
      "Run against such a recording in place of the network.", valueName: "file"))
  var replay: String?

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    guard attempts > 0, attempts <= 100 else {
      throw ValidationError("--attempts \(attempts): expected 1 to 100")
    }
    try ControllerOptions.check("--timeout", seconds: timeout)
    guard port > 0 else { throw ValidationError("--port 0: expected a port from 1 to 65535") }
    guard window > 0 else { throw ValidationError("--window \(window): expected 1 or more") }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var hosts: [NamedHost] = []
    for range in ranges {
      do throws(HostRangeError) {
        hosts += try HostSweep.hosts(in: range)
      } catch {
        throw CommandFailure(.usage, "ranges: \(error.words)")
      }
    }
    return try sweep(hosts) > 0 ? .success : .negative
  }

  private var options: PresenceSweep.Options {
    var options = PresenceSweep.Options()
    options.attempts = attempts
    options.wait = Duration(seconds: timeout)
    options.window = window
    options.pings = !noPing
    // Whether a host answers pings is told there alone.
    options.awaitsPong = json
    return options
  }

  /// Asks all hosts, and returns how many controllers there are.
  private func sweep(_ hosts: [NamedHost]) throws(CommandFailure) -> Int {
    let place = try BMCPlace(BMCRecordingOptions(record: record, replay: replay))
    let loop = place.loop
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    let discovery = BMCDiscovery(on: place.sockets, options: options)
    let progress =
      quiet || place.replay != nil ? nil : FleetProgress(total: hosts.count, on: loop)
    var (found, isWhole) = (0, false)
    do throws(BMCFailure) {
      try loop.run { () async throws(BMCFailure) in
        let results = await place.addresses(of: hosts.map { ($0.name, $0.port ?? port) })
        var places: [(host: NamedHost, address: InternetAddress)] = []
        for (host, result) in zip(hosts, results) {
          switch result {
          case .success(let address): places.append((host, address))
          case .failure(let error): StandardStream.error.writeLine("\(host): \(error.words)")
          }
        }
        try await discovery.run(places.map(\.address)) { index, presence in
          defer { progress?.count(failed: false) }
          guard presence.isPresent else { return }
          found += 1
          progress?.clear()
          tell(places[index].host, presence)
        }
        isWhole = true
      }
    } catch {
      guard error == .cancelled else { throw CommandFailure(error.status, error.description) }
    }
    progress?.end()
    try place.close()
    guard isWhole else { throw CommandFailure(.unavailable, interruption(found, of: hosts.count)) }
    return found
  }

  private func interruption(_ found: Int, of count: Int) -> String {
    "interrupted: \(found) found so far, and not all of \(count) addresses asked"
  }

  private func tell(_ host: NamedHost, _ presence: PresenceSweep.Presence) {
    if json { return JSONLine.write(DiscoverRecord(host, presence, hasPinged: !noPing)) }
    guard !quiet else { return }
    StandardStream.output.writeLine("\(host): \(presence.words)")
  }
}

extension PresenceSweep.Presence {
  /// What answered, in words.
  fileprivate var words: String {
    guard let capabilities else { return "answers the presence ping" }
    return "IPMI " + capabilities.versionsInWords.joined(separator: " and ")
  }
}

extension GetChannelAuthenticationCapabilities.Response {
  /// The versions of IPMI that sessions may be of.
  fileprivate var versionsInWords: [String] {
    (offersVersion15 ? ["1.5"] : []) + (offersVersion20 ? ["2.0"] : [])
  }
}

/// A controller that was found, as JSON.
private struct DiscoverRecord: Encodable {
  var host: String
  /// Whether it answers the presence ping, where it was pinged.
  var ping: Bool?
  /// The versions of IPMI, where they were told.
  var versions: [String]?

  init(_ host: NamedHost, _ presence: PresenceSweep.Presence, hasPinged: Bool) {
    self.host = host.description
    ping = hasPinged ? presence.pong != nil : nil
    versions = presence.capabilities?.versionsInWords
  }
}
