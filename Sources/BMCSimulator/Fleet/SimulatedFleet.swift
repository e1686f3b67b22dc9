public import EventLoop
public import IPMI
internal import LinkLayer
internal import MonotonicTime
public import Sockets

/// Any number of simulated controllers on one loop, each at an address and port of this host.
///
/// Controllers that share a port share one socket when they are many: it is bound to no address, the
/// kernel tells with each datagram for which it came, and the answer leaves from there. What comes
/// for an address that is not the fleet's is passed over. When all addresses are the loopback's, so
/// is the socket: nothing from outside can reach it.
public final class SimulatedFleet {
  /// Up to how many controllers that share a port have sockets of their own.
  private static let ownSocketLimit = 16

  private let loop: EventLoop
  private var controllers: [SimulatedBMC] = []
  private var places: [InternetAddress] = []
  private var doors: [FleetDoor] = []
  /// By which door a controller's answers leave.
  private var doorOf: [Int] = []
  private var timers: [Int: (deadline: Instant, timer: Timer)] = [:]
  private var terminals: [Int: PseudoTerminal] = [:]
  private let tell: (InternetAddress, BMCEvent) -> Void

  /// Opens the sockets and starts to answer.
  ///
  /// - Parameters:
  ///   - loop: where it runs.
  ///   - configuration: what every controller is like.
  ///   - places: where they are; port 0 takes a free one, for a place that is alone on its port.
  ///   - cryptography: the algorithms of their sessions.
  ///   - seed: determines all that is random; the controllers differ.
  ///   - report: told what happens, and where.
  /// - Throws: `EADDRINUSE`, `EADDRNOTAVAIL` for an address that this host does not have, `EACCES` for
  ///   a port below 1024 without the permission.
  public init(
    on loop: EventLoop, _ configuration: BMCConfiguration, at places: [InternetAddress],
    cryptography: any Cryptography, seed: UInt64,
    report: @escaping (InternetAddress, BMCEvent) -> Void = { _, _ in }
  ) throws(SystemError) {
    self.loop = loop
    self.places = places
    tell = report
    doorOf = Array(repeating: 0, count: places.count)
    try openDoors()
    controllers.reserveCapacity(places.count)
    let prototype = SimulatedBMC(
      configuration, identity: LANConfiguration.Identity(), seed: seed,
      cryptography: cryptography, at: loop.now)
    for (index, place) in self.places.enumerated() {
      controllers.append(
        SimulatedBMC(
          like: prototype, identity: LANConfiguration.Identity(at: place),
          seed: seed &+ UInt64(index)))
    }
    if configuration.serialLine == .external {
      for index in places.indices { try openTerminal(of: index) }
    }
  }

  /// Where the controllers are, with the ports that they got.
  public var addresses: [InternetAddress] { places }

  /// How many datagrams have come for controllers of the fleet.
  public private(set) var datagramCount = 0

  /// The name of the pseudo-terminal that is a controller's serial line; nil when it has none.
  public func terminalName(of index: Int) -> String? { terminals[index]?.name }

  /// Stops answering and gives back the ports.
  public func close() {
    for timer in timers.values { timer.timer.cancel() }
    timers = [:]
    for door in doors { door.close() }
    doors = []
    for terminal in terminals.values { terminal.close() }
    terminals = [:]
  }

  /// The controller at `index`, as it is now.
  public func controller(_ index: Int) -> SimulatedBMC { controllers[index] }

  // MARK: Doors

  private func openDoors() throws(SystemError) {
    var groups: [DoorKey: [Int]] = [:]
    for (index, place) in places.enumerated() {
      groups[DoorKey(family: place.family, port: place.port), default: []].append(index)
    }
    for key in groups.keys.sorted(by: {
      ($0.port, $0.family.rawValue) < ($1.port, $1.family.rawValue)
    }) {
      let members = groups[key] ?? []
      if members.count <= Self.ownSocketLimit {
        for index in members { try openDoor(for: [index], at: places[index], isShared: false) }
      } else {
        let anywhere = InternetAddress(key.family.unspecified, port: key.port)
        try openDoor(for: members, at: anywhere, isShared: true)
      }
    }
  }

  private func openDoor(
    for members: [Int], at address: InternetAddress, isShared: Bool
  ) throws(SystemError) {
    let isLoopback = members.allSatisfy { places[$0].address.isLoopback }
    let door = try FleetDoor(
      on: loop, at: address, tellsLocalAddress: isShared,
      interface: isShared && isLoopback ? "lo" : nil)
    let number = doors.count
    doors.append(door)
    for index in members {
      doorOf[index] = number
      if places[index].port == 0 { places[index].port = door.port }
    }
    let single = isShared ? nil : members.first
    let byAddress = Dictionary(
      members.map { (places[$0].address, $0) }, uniquingKeysWith: { first, _ in first })
    try door.start { [unowned self] payload, information in
      let found = single ?? information.destination.flatMap { byAddress[$0.address] }
      guard let index = found else { return }
      receive(payload, from: information.source, for: index)
    }
  }

  // MARK: Events

  private func receive(_ payload: RawSpan, from peer: InternetAddress, for index: Int) {
    datagramCount += 1
    let actions = controllers[index].receive(payload, from: peer, at: loop.now)
    carryOut(actions, of: index)
  }

  private func fire(_ index: Int) {
    timers[index] = nil
    carryOut(controllers[index].fire(at: loop.now), of: index)
  }

  private func carryOut(_ actions: [SimulatedBMC.Action], of index: Int) {
    for action in actions {
      switch action {
      case .send(let bytes, let peer, let delay): send(bytes, to: peer, after: delay, from: index)
      case .serialOutput(let bytes): terminals[index]?.write(bytes)
      case .report(let event): tell(places[index], event)
      }
    }
    setTimer(of: index)
  }

  private func setTimer(of index: Int) {
    let deadline = controllers[index].deadline
    guard timers[index]?.deadline != deadline else { return }
    timers[index]?.timer.cancel()
    timers[index] = deadline.map { deadline in
      (deadline, loop.schedule(at: deadline) { [weak self] in self?.fire(index) })
    }
  }

  private func send(
    _ bytes: [UInt8], to peer: InternetAddress, after delay: Duration, from index: Int
  ) {
    let door = doors[doorOf[index]]
    let own = door.isShared ? places[index] : nil
    guard delay > .zero else {
      door.send(bytes, to: peer, from: own)
      return
    }
    // Not before the delay is over, counted from the turn that brought the request.
    loop.schedule(at: loop.now + delay) { [weak door] in door?.send(bytes, to: peer, from: own) }
  }

  // MARK: Serial lines

  private func openTerminal(of index: Int) throws(SystemError) {
    terminals[index] = try PseudoTerminal(on: loop) { [unowned self] bytes in
      carryOut(controllers[index].serialInput(bytes, at: loop.now), of: index)
    }
  }
}

private struct DoorKey: Hashable {
  var family: InternetFamily
  var port: UInt16
}

extension IPAddress {
  /// Whether the address is this host's own, by whatever interface. RFC 6890.
  fileprivate var isLoopback: Bool {
    switch self {
    case .v4(let address): address.rawValue >> 24 == 127
    case .v6(let address): address.high == 0 && address.low == 1
    }
  }
}
