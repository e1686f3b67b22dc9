public import BMCSimulator
internal import IPMI
internal import LinkLayer
public import MonotonicTime
internal import Sockets

/// A simulated BMC, put to a replay test: datagrams to its address and port are taken out of their
/// frames, and its answers put into frames that go back the way that the question came.
public struct TestedController: TestedSystem {
  /// The controller as it is now.
  public private(set) var controller: SimulatedBMC
  private let port: UInt16
  private var waiting: [(due: Instant, frame: [UInt8])] = []
  private var routes: [InternetAddress: Route] = [:]

  /// How a question came: what its answer is built from.
  fileprivate struct Route {
    /// The link-layer header of the answer; empty for packets of raw IP.
    var header: [UInt8]
    var packet: UDPPacket
  }

  /// Puts `controller` to the test, which listens at `port`.
  public init(_ controller: SimulatedBMC, port: UInt16 = 623) {
    self.controller = controller
    self.port = port
  }

  /// When the controller has something to do, or to say.
  public var deadline: Instant? {
    [controller.deadline, waiting.map(\.due).min()].compactMap { $0 }.min()
  }

  /// Nothing: a controller speaks when it is spoken to.
  public func start(at now: Instant) -> [[UInt8]] { [] }

  /// Takes a frame with a datagram for the controller.
  public mutating func receive(_ frame: [UInt8], at now: Instant) -> [[UInt8]] {
    guard let route = route(of: frame), route.packet.destinationPort == port else { return [] }
    let peer = InternetAddress(route.packet.source, port: route.packet.sourcePort)
    routes[peer] = route
    carryOut(
      controller.receive(route.packet.payload.messageBytes, from: peer, at: now), at: now)
    return takeDue(at: now)
  }

  /// Has it do what is due.
  public mutating func fire(at now: Instant) -> [[UInt8]] {
    if let due = controller.deadline, due <= now { carryOut(controller.fire(at: now), at: now) }
    return takeDue(at: now)
  }

  private mutating func carryOut(_ actions: [SimulatedBMC.Action], at now: Instant) {
    for case .send(let bytes, let peer, let delay) in actions {
      guard let route = routes[peer], let frame = route.answer(bytes) else { continue }
      waiting.append((now + delay, frame))
    }
  }

  private mutating func takeDue(at now: Instant) -> [[UInt8]] {
    let due = waiting.filter { $0.due <= now }.sorted { $0.due < $1.due }
    waiting.removeAll { $0.due <= now }
    return due.map(\.frame)
  }

  /// The datagram of a frame, on Ethernet or as raw IP.
  private func route(of frame: [UInt8]) -> Route? {
    if let packet = try? UDPPacket(parsing: frame.rawBytes) {
      return Route(header: [], packet: packet)
    }
    guard let view = try? EthernetFrameView(frame.rawBytes), frame.count > view.headerByteCount,
      let packet = try? UDPPacket(parsing: view.payload)
    else { return nil }
    let header =
      Array(frame[6..<12]) + Array(frame[0..<6]) + Array(frame[12..<view.headerByteCount])
    return Route(header: header, packet: packet)
  }
}

extension TestedController.Route {
  fileprivate func answer(_ bytes: [UInt8]) -> [UInt8]? {
    let hosts: UDPPacket.Hosts
    switch packet.hosts {
    case .v4(let source, let destination):
      hosts = .v4(source: destination, destination: source)
    case .v6(let source, let destination):
      hosts = .v6(source: destination, destination: source)
    }
    return header
      + UDPPacket(
        hosts: hosts, sourcePort: packet.destinationPort, destinationPort: packet.sourcePort,
        payload: bytes
      ).bytes
  }
}
