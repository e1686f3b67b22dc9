import ArgumentParser
import BMCSimulator
import DynamicLibrary
import LinkLayerTesting
import MonotonicTime
import OpenSSL
import Sockets

/// The controller that `crimp bmc` would simulate, in the place of the host under test.
struct ControllerUnderTest {
  private let command: BMCCommand

  /// - Parameter words: `bmc` and its options.
  init(_ words: [String]) throws(CommandFailure) {
    do {
      command = try BMCCommand.parse(Array(words.dropFirst()))
    } catch {
      throw CommandFailure(.usage, "--machine: \(BMCCommand.message(for: error))")
    }
  }

  func result(
    with exchange: RecordedExchange, options: ReplayTestOptions
  ) throws(CommandFailure) -> ReplayTestResult {
    let cryptography = try worded { () throws(LibraryError) in try OpenSSLCryptography() }
    let configuration = try command.configuration(at: .origin)
    let prototype = SimulatedBMC(
      configuration, identity: LANConfiguration.Identity(), seed: command.seed,
      cryptography: cryptography)
    guard let place = command.place.places.first else {
      throw CommandFailure(.usage, "--machine bmc: expected one controller")
    }
    let controller = SimulatedBMC(
      like: prototype, identity: LANConfiguration.Identity(at: place), seed: command.seed)
    var system = TestedController(controller, port: place.port)
    return ReplayTestResult(testing: &system, with: exchange, options: options)
  }
}
