internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Sockets

/// The sockets of a sweep's slots: opened when they are first needed, used again and again, kept until
/// the sweep ends.
final class ConnectionSockets {
  /// What a socket is good for.
  private enum Purpose: Hashable {
    /// Any host of this version of IP.
    case family(InternetFamily)
    /// This one address of this host.
    case loopback(IPAddress)
  }

  private struct Entry {
    var socket: ConnectionSocket
    var purpose: Purpose
    var registration: Registration?
  }

  private let options: PortChecker.Options
  /// Whether sockets for this host's own addresses may share a port: nothing else was asked for.
  private let mayShare: Bool
  private var entries: [Entry?] = []
  private var sharedPorts: [IPAddress: ConnectionSocket] = [:]
  /// Slots whose next socket has no shared port: it was taken.
  private var isOnItsOwn: Set<Int> = []

  init(_ options: PortChecker.Options) {
    self.options = options
    mayShare = options.sources.isEmpty && options.interface == nil
  }

  /// How many sockets there may be when `window` are wished for: some descriptors are left to others.
  static func bound(_ window: Int) -> Int {
    let limit = DescriptorLimit.raise()
    return max(1, min(window, limit - min(64, limit / 2)))
  }

  /// Opens one socket of each family, and closes it: whether the source and the interface are there. A
  /// version of IP that this host does not speak is no error: hosts that have it are unreachable.
  func check(_ families: Set<InternetFamily>) throws(SystemError) {
    for family in families {
      do throws(SystemError) {
        _ = try ConnectionSocket(
          family, source: options.source(family), interface: options.interface)
      } catch {
        guard error.errno == EAFNOSUPPORT else { throw error }
      }
    }
  }

  subscript(slot: Int) -> ConnectionSocket? {
    slot < entries.count ? entries[slot]?.socket : nil
  }

  /// The socket of `slot`, fit to connect to `address`.
  func socket(_ slot: Int, for address: InternetAddress) throws(SystemError) -> ConnectionSocket {
    let purpose = purpose(slot, address)
    if slot < entries.count, let entry = entries[slot], entry.purpose == purpose {
      return entry.socket
    }
    remove(slot)
    while entries.count <= slot { entries.append(nil) }
    let socket = try open(purpose, address)
    entries[slot] = Entry(socket: socket, purpose: purpose)
    return socket
  }

  /// Calls `handler` at whatever happens to the socket of `slot`, once for each time.
  func watch(
    _ slot: Int, on loop: EventLoop, _ handler: @escaping () -> Void
  ) throws(SystemError) {
    guard let entry = entries[slot], entry.registration == nil else { return }
    let edges = Interest([.readable, .writable]).union(Interest(rawValue: 1 << 31))  // EPOLLET
    entries[slot]?.registration = try loop.watch(entry.socket.descriptor, edges) { _ in handler() }
  }

  /// Lets the slot have another socket next time, one with a port of its own.
  func replace(_ slot: Int) {
    remove(slot)
    isOnItsOwn.insert(slot)
  }

  /// Closes all.
  func removeAll() {
    for slot in entries.indices { remove(slot) }
    sharedPorts = [:]
  }

  private func remove(_ slot: Int) {
    guard slot < entries.count, let entry = entries[slot] else { return }
    entry.registration?.cancel()
    // A connection that stands is reset, not closed: nothing stays in TIME_WAIT.
    entry.socket.abandon()
    entries[slot] = nil
  }

  private func purpose(_ slot: Int, _ address: InternetAddress) -> Purpose {
    guard mayShare, address.address.isLoopback, isOnItsOwn.isEmpty || !isOnItsOwn.contains(slot)
    else { return .family(address.family) }
    return .loopback(address.address)
  }

  private func open(
    _ purpose: Purpose, _ address: InternetAddress
  ) throws(SystemError) -> ConnectionSocket {
    switch purpose {
    case .family(let family):
      return try ConnectionSocket(
        family, source: options.source(family), interface: options.interface)
    case .loopback(let host):
      // A source that stands saves the kernel the search for one at each connection: a tenth of its
      // work within this host.
      return try ConnectionSocket(
        address.family, source: try sharedPort(host, address).localAddress)
    }
  }

  private func sharedPort(
    _ host: IPAddress, _ address: InternetAddress
  ) throws(SystemError) -> ConnectionSocket {
    if let reservation = sharedPorts[host] { return reservation }
    let reservation = try ConnectionSocket(reservingPortAt: address)
    sharedPorts[host] = reservation
    return reservation
  }
}

extension IPAddress {
  /// Whether the address never leaves the host: 127.0.0.0/8 or ::1.
  var isLoopback: Bool {
    switch self {
    case .v4(let address): address.isLoopback
    case .v6(let address): address.isLoopback
    }
  }
}
