import EventLoop
import Sockets

/// The addresses of hosts: those that are numbers at once, names a few at a time.
struct HostAddresses {
  /// How many names are asked for at once: each takes a thread.
  private static let lanes = 16
  private let loop: EventLoop

  init(_ loop: EventLoop) {
    self.loop = loop
  }

  func resolve(
    _ hosts: [(name: String, port: UInt16)]
  ) async -> [Result<InternetAddress, NameError>] {
    var results: [Result<InternetAddress, NameError>?] = hosts.map { host in
      InternetAddress("[\(host.name)]:\(host.port)").map { .success($0) }
        ?? InternetAddress("\(host.name):\(host.port)").map { .success($0) }
    }
    let names = results.indices.filter { results[$0] == nil }
    var next = 0
    let lanes = (0..<min(Self.lanes, names.count)).map { _ in
      loop.spawn {
        while next < names.count {
          let index = names[next]
          next += 1
          results[index] = await address(hosts[index])
        }
      }
    }
    for lane in lanes { await lane.value }
    return zip(results, hosts).map { result, host in
      result ?? .failure(.unknown(name: host.name))
    }
  }

  private func address(
    _ host: (name: String, port: UInt16)
  ) async -> Result<InternetAddress, NameError> {
    do throws(NameError) {
      guard let first = try await loop.resolve(host.name, port: host.port).first else {
        return .failure(.unknown(name: host.name))
      }
      return .success(first)
    } catch {
      return .failure(error)
    }
  }
}

extension NameError {
  /// Why the name has no address, without the name, so that hosts can be grouped.
  var words: String {
    switch self {
    case .unknown: "no such host"
    case .temporary: "the name servers do not answer"
    case .malformed: "not a host name or address"
    case .failed(_, let reason): reason
    }
  }
}
