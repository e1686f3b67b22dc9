import Drivers
import DynamicLibrary
import EventLoop
import Glibc
import IPMI
import Machines
import OpenSSL
import Sockets

/// Has the same done by every target, many at a time.
struct FleetRun {
  private let targets: [FleetTarget]
  private let options: FleetOptions

  init(
    _ lists: [String], _ options: FleetOptions, privilege: PrivilegeLevel
  ) throws(CommandFailure) {
    targets = try FleetSettings(options, privilege: privilege).targets(lists)
    self.options = options
  }

  /// How many hosts there are.
  var count: Int { targets.count }

  /// Runs `body` for every target and tells `onResult` its label and what came of it, as it comes.
  /// Ctrl-C gives up what is not done.
  func run<Value>(
    _ body: @escaping (any BMCTransport) async throws(BMCFailure) -> Value,
    onResult: @escaping (String, Result<Value, BMCFailure>) -> Void
  ) throws(CommandFailure) {
    let loop = try worded { () throws(SystemError) in try EventLoop() }
    let cryptography = try worded { () throws(LibraryError) in try OpenSSLCryptography() }
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    var memory = SuiteMemory()
    let sockets = BMCSockets(on: loop, cryptography: cryptography)
    let targets = targets
    let fleet = BMCFleet(
      on: sockets, window: options.window, deadline: options.deadline.map { Duration(seconds: $0) })
    loop.run {
      let addresses = await FleetAddresses(loop).resolve(targets)
      var hosts: [BMCHost] = []
      var labels: [String] = []
      for (target, address) in zip(targets, addresses) {
        switch address {
        case .failure(let error):
          onResult(target.label, .failure(.nameNotResolved(error.words)))
        case .success(let address):
          labels.append(target.label)
          hosts.append(
            BMCHost(
              name: target.label, address: address, credentials: target.credentials,
              options: memory.options(target.options, for: address)))
        }
      }
      do throws(CancellationError) {
        try await fleet.run(hosts) { host, client throws(BMCFailure) in
          defer { memory.note(client.facts, of: host.address) }
          return try await body(client)
        } onResult: { index, result in
          onResult(labels[index], result)
        }
      } catch {
        // Every host that was not done has had its result.
      }
    }
    sockets.close()
    memory.save()
  }
}

/// The addresses of targets: those that are numbers at once, names a few at a time.
private struct FleetAddresses {
  /// How many names are asked for at once: each takes a thread.
  private static let lanes = 16
  private let loop: EventLoop

  init(_ loop: EventLoop) {
    self.loop = loop
  }

  func resolve(_ targets: [FleetTarget]) async -> [Result<InternetAddress, NameError>] {
    var results: [Result<InternetAddress, NameError>?] = targets.map { target in
      InternetAddress("[\(target.host)]:\(target.port)").map { .success($0) }
        ?? InternetAddress("\(target.host):\(target.port)").map { .success($0) }
    }
    let names = results.indices.filter { results[$0] == nil }
    var next = 0
    let lanes = (0..<min(Self.lanes, names.count)).map { _ in
      loop.spawn {
        while next < names.count {
          let index = names[next]
          next += 1
          results[index] = await address(targets[index])
        }
      }
    }
    for lane in lanes { await lane.value }
    return zip(results, targets).map { result, target in
      result ?? .failure(.unknown(name: target.host))
    }
  }

  private func address(_ target: FleetTarget) async -> Result<InternetAddress, NameError> {
    do throws(NameError) {
      guard let first = try await loop.resolve(target.host, port: target.port).first else {
        return .failure(.unknown(name: target.host))
      }
      return .success(first)
    } catch {
      return .failure(error)
    }
  }
}

extension NameError {
  /// Why the name has no address, without the name, so that hosts can be grouped.
  fileprivate var words: String {
    switch self {
    case .unknown: "no such host"
    case .temporary: "the name servers do not answer"
    case .malformed: "not a host name or address"
    case .failed(_, let reason): reason
    }
  }
}
