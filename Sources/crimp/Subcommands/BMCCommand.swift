public import ArgumentParser
public import BMCSimulator
import DynamicLibrary
import EventLoop
import Glibc
import IPMI
import LinkLayer
import MonotonicTime
import OpenSSL
import Sockets

/// `crimp bmc`: controllers that answer IPMI, for whoever wants to try something out.
struct BMCCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "bmc",
    abstract: "Simulate BMCs: machines that are managed by IPMI over LAN.",
    discussion: """
      Each answers IPMI 1.5 and 2.0 at an address of its own, as a controller in a server does: power, \
      sensors, event log, inventory, users, serial console. Users: admin, operator and user, named \
      after what they may do. Their password comes from --password-file or CRIMP_BMC_PASSWORD; \
      without either it is \(BMCCommand.knownPassword), and then loopback addresses alone are served. \
      Runs until it is interrupted.
      """)

  /// The password of simulated users when nobody gives one. 16 bytes: some consoles take no shorter
  /// one in the clear.
  static let knownPassword = "simulated-secret"
  /// How many controllers one run may have.
  static let limit = 65536

  @OptionGroup var place: BMCPlaceOptions
  @OptionGroup var access: BMCAccessOptions
  @OptionGroup var host: BMCHostOptions
  @OptionGroup var network: BMCNetworkOptions

  @Option(
    name: .customLong("misbehave"),
    help: ArgumentHelp("Do as some real controllers do; may be given again.", valueName: "how"))
  var misbehaviors: [Misbehavior] = []

  @Option(help: "What makes GUIDs, serial numbers and chance repeatable.")
  var seed: UInt64 = 1

  @Flag(help: "One JSON object a line.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    try place.validate()
    try access.validate()
    try host.validate()
    try network.validate()
    guard host.serial != .external || place.count <= 256 else {
      throw ValidationError("--serial pty: expected at most 256 BMCs, not \(place.count)")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    let cryptography = try worded { () throws(LibraryError) in try OpenSSLCryptography() }
    let configuration = try configuration(at: loop.now)
    let printer = BMCPrinter(json: json, quiet: quiet)
    let fleet = try openFleet(configuration, on: loop, cryptography) { place, event in
      printer.print(event, at: place)
    }
    printer.ready(fleet)
    loop.runUntilStopped()
    fleet.close()
    printer.done(fleet)
    return .success
  }

  private func openFleet(
    _ configuration: BMCConfiguration, on loop: EventLoop, _ cryptography: OpenSSLCryptography,
    report: @escaping (InternetAddress, BMCEvent) -> Void
  ) throws(CommandFailure) -> SimulatedFleet {
    let places = place.places
    do throws(SystemError) {
      return try SimulatedFleet(
        on: loop, configuration, at: places, cryptography: cryptography, seed: seed,
        report: report)
    } catch {
      throw failure(error)
    }
  }

  private func failure(_ error: SystemError) -> CommandFailure {
    switch error.errno {
    case EADDRINUSE:
      CommandFailure(
        .unavailable, "port \(place.port) is taken at one of the addresses: another --port?")
    case EADDRNOTAVAIL:
      CommandFailure(
        .unavailable,
        "an address is not this host's: add it with `ip address add`, or use those of 127.0.0.0/8")
    case EACCES where place.port < 1024:
      CommandFailure(
        .noPermission,
        "port \(place.port) needs CAP_NET_BIND_SERVICE: run it as root, or use --port 6230")
    default: CommandFailure(error)
    }
  }

  /// What the controllers are like, for a start at `now`.
  func configuration(at now: Instant) throws(CommandFailure) -> BMCConfiguration {
    var configuration = BMCConfiguration()
    try access.apply(to: &configuration, servesLoopbackAlone: place.isLoopbackAlone)
    host.apply(to: &configuration)
    network.apply(to: &configuration)
    configuration.misbehaviors = Set(misbehaviors)
    // The controllers' clocks show this host's time.
    configuration.clockAtOrigin = Int64(time(nil)) - (now - .origin).components.seconds
    return configuration
  }
}

extension Misbehavior: ExpressibleByArgument {}
