internal import EventLoop
internal import IPMI
internal import Sockets

/// A socket of a fleet: takes datagrams by the batch, and sends by the batch what the handlers of one
/// turn of the loop have to say.
final class FleetDoor {
  /// Whether the socket is bound to no address, so that each answer names the one it leaves from.
  let isShared: Bool
  private let loop: EventLoop
  private let socket: DatagramSocket
  private var registration: Registration?
  private var batch = DatagramBatch()
  private var isFlushPlanned = false
  private var waitsForRoom = false

  /// How many datagrams are taken before other descriptors have their turn.
  private static let takenAtOnce = 1024
  /// Room for some thousands of requests that come at the same time.
  private static let receiveBufferByteCount = 16 << 20

  init(
    on loop: EventLoop, at address: InternetAddress, tellsLocalAddress: Bool, interface: String?
  ) throws(SystemError) {
    self.loop = loop
    isShared = tellsLocalAddress
    var options = DatagramOptions()
    options.reportsFailures = false
    options.tellsLocalAddress = tellsLocalAddress
    options.receiveBufferByteCount = Self.receiveBufferByteCount
    options.interface = interface
    socket = try DatagramSocket(address.family, options)
    try socket.bind(to: address)
    port = try socket.localAddress.port
  }

  /// The port that the socket is bound to.
  let port: UInt16

  func start(
    _ receive: @escaping (RawSpan, DatagramInformation) -> Void
  ) throws(SystemError) {
    registration = try loop.watch(socket.descriptor, .readable) { [weak self] readiness in
      guard let self else { return }
      if readiness.contains(.writable) { self.hasRoom() }
      do throws(SystemError) {
        _ = try self.socket.receive(limit: Self.takenAtOnce, receive)
      } catch {
        // A datagram that could not be read is lost, as datagrams are.
      }
    }
  }

  func close() {
    registration?.cancel()
    registration = nil
    batch.removeAll()
  }

  func send(_ bytes: [UInt8], to peer: InternetAddress, from own: InternetAddress?) {
    batch.append(bytes, to: peer, from: own)
    guard !isFlushPlanned, !waitsForRoom else { return }
    isFlushPlanned = true
    loop.execute { [weak self] in self?.flush() }
  }

  private func flush() {
    isFlushPlanned = false
    guard registration != nil else { return }
    // Who cannot be reached has gone: nothing is owed to him.
    socket.send(&batch) { _ in }
    guard !batch.isEmpty else { return }
    waitsForRoom = true
    watch([.readable, .writable])
  }

  private func hasRoom() {
    waitsForRoom = false
    watch(.readable)
    flush()
  }

  private func watch(_ interest: Interest) {
    do throws(SystemError) {
      try registration?.change(interest)
    } catch {
      // The descriptor is open and watched, so the kernel has no reason to refuse.
      batch.removeAll()
    }
  }
}
