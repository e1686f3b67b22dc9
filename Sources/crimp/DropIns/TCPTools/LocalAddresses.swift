internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Sockets

/// Which addresses of this host a tool listens at, and which its connections come from.
///
/// `INADDR_DEFAULT` names a host or an address for both; a file of `-b` and an address in `-s` win.
struct LocalAddresses {
  /// Where the addresses are from, for complaints.
  let origin: String
  /// The addresses, without ports; empty for any.
  let addresses: [InternetAddress]

  /// Any address.
  static let any = LocalAddresses(origin: "", addresses: [])

  /// What `INADDR_DEFAULT` says.
  static func inherited(_ loop: EventLoop) async throws(NameError) -> LocalAddresses {
    guard let value = unsafe getenv("INADDR_DEFAULT") else { return .any }
    let text = unsafe String(cString: value)
    guard !text.isEmpty else { return .any }
    return try await named(text, "INADDR_DEFAULT \(text)", loop)
  }

  /// The addresses of `host`.
  static func named(
    _ host: String, _ origin: String, _ loop: EventLoop
  ) async throws(NameError) -> LocalAddresses {
    LocalAddresses(origin: origin, addresses: try await loop.resolve(host, port: 0))
  }

  /// Where to listen at `port`: without addresses of our own, at all of both versions of IP.
  func listening(at port: UInt16) -> [SocketAddress] {
    let places =
      addresses.isEmpty
      ? [InternetAddress(.v4(.unspecified), port: 0), InternetAddress(.v6(.unspecified), port: 0)]
      : addresses
    return places.map { .internet(InternetAddress($0.address, port: port, scope: $0.scope)) }
  }

  /// What a connection to `target` comes from; nil for the kernel's choice.
  func source(for target: SocketAddress) -> SocketAddress? {
    addresses.first { .internet($0.family) == target.domain }.map(SocketAddress.internet)
  }

  /// Those of a target's addresses that can be reached from these.
  func reachable(_ targets: [SocketAddress]) -> [SocketAddress] {
    addresses.isEmpty ? targets : targets.filter { source(for: $0) != nil }
  }

  /// The addresses of `host`, the best first, that can be reached from these.
  func targets(
    _ host: String, _ port: UInt16, _ loop: EventLoop
  ) async throws(NameError) -> [SocketAddress] {
    let all = try await loop.resolve(host, port: port).map(SocketAddress.internet)
    let targets = reachable(all)
    guard !targets.isEmpty else {
      throw .failed(name: host, reason: "it has no address of the kind that \(origin) has")
    }
    return targets
  }

  /// Opens listeners at a place: at all of its addresses, but for a version of IP that the host lacks.
  func listeners(
    at place: RelayPlace, _ tool: TCPTool, _ loop: EventLoop
  ) async throws(Exit) -> [StreamListener] {
    var listeners: [StreamListener] = []
    var options = ListenerOptions()
    options.streams.keepAlive = StreamOptions.KeepAlive()
    for address in try await places(place, tool, loop) {
      do throws(SystemError) {
        listeners.append(try StreamListener(at: address, options))
      } catch {
        if error.errno == EAFNOSUPPORT, !listeners.isEmpty { continue }
        throw tool.fail(CommandFailure(listeningAt: address, error).message)
      }
    }
    return listeners
  }

  private func places(
    _ place: RelayPlace, _ tool: TCPTool, _ loop: EventLoop
  ) async throws(Exit) -> [SocketAddress] {
    if case .port(let port) = place { return listening(at: port) }
    do throws(NameError) {
      return try await loop.listeningAddresses(of: place)
    } catch {
      throw tool.fail("\(error)")
    }
  }
}
