import EventLoop
import Sockets

/// A host that is checked: as it was named, and one of its addresses.
struct CheckedHost: Hashable, Sendable {
  /// As it stands on the command line.
  var name: String
  /// The address, without a port.
  var address: InternetAddress

  /// The address; before it the name, where that is another.
  var description: String {
    name == address.host ? name : "\(name) (\(address.host))"
  }
}

/// All addresses of the hosts that were named.
struct CheckedHosts {
  /// How many names are asked for at once: each takes a thread.
  private static let lanes = 16

  /// Each address once, in the order of the names.
  var hosts: [CheckedHost] = []
  /// The names that have none, and why.
  var failures: [(name: String, error: NameError)] = []

  /// Asks for the addresses of `names`, of `family` when it is given.
  init(_ names: [String], _ family: InternetFamily?, on loop: EventLoop) async {
    var results = [Result<[InternetAddress], NameError>?](repeating: nil, count: names.count)
    var next = 0
    let lanes = (0..<min(Self.lanes, names.count)).map { _ in
      loop.spawn {
        while next < names.count {
          let index = next
          next += 1
          do throws(NameError) {
            results[index] = .success(
              try await loop.resolve(names[index], port: 0, family: family))
          } catch {
            results[index] = .failure(error)
          }
        }
      }
    }
    for lane in lanes { await lane.value }
    take(zip(names, results))
  }

  private mutating func take(
    _ results: some Sequence<(String, Result<[InternetAddress], NameError>?)>
  ) {
    var known: Set<InternetAddress> = []
    for (name, result) in results {
      switch result {
      case .success(let addresses):
        for address in addresses where known.insert(address).inserted {
          hosts.append(CheckedHost(name: name, address: address))
        }
      case .failure(let error): failures.append((name, error))
      case nil: failures.append((name, .unknown(name: name)))
      }
    }
  }
}
