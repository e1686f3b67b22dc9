internal import CLinux
internal import CaptureFile
public import EventLoop
internal import Glibc
public import LinkLayer

/// Frames by way of a TPACKET_V3 ring: the link of a capture, which reads many frames at no
/// system call each.
///
/// The kernel fills blocks of memory that it shares with this process, and hands a block over
/// when it is full or after the retire timeout. Frames are lent where the kernel laid them.
/// Needs `CAP_NET_RAW`.
public final class PacketRingLink: CountingLink {
  /// How the ring is made.
  public struct Options: Hashable, Sendable {
    /// Bytes of one block; a multiple of the page size. No frame longer than a block is kept whole.
    public var blockSize: UInt32 = 1 << 18
    /// How many blocks there are.
    public var blockCount: UInt32 = 32
    /// After how many milliseconds the kernel hands over a block that is not full: how late a
    /// frame may be seen, and how long stopping takes. Held between 1 and 20.
    public var retireTimeout: UInt32 = 10
    /// Whether frames that this host sends here are received, as outbound.
    public var seesOwnFrames = true
    /// Whether the interface takes frames for every station.
    public var isPromiscuous = false
    /// Whether opening and sending fail when the interface is down or without a carrier.
    public var checksCarrier = false
    /// Whether the adapter's own clock stamps frames, where it does; the kernel stamps the others.
    public var usesHardwareTimestamps = false

    /// The defaults: 8 MiB, and a frame is seen 10 ms after it came at the latest.
    public init() {}
  }

  /// The interface that the link was opened on.
  public let properties: LinkProperties
  private let options: Options
  private var socket: PacketSocket?
  private var ring: PacketRing?
  private var registration: Registration?

  /// Opens the ring on the interface that `properties` describe, for the frames that `filter`
  /// takes. The filter stands before the socket is bound: no other frame is ever seen.
  public init(
    _ properties: LinkProperties, filter: SocketFilter = .everything, options: Options = Options()
  ) throws(LinkError) {
    self.properties = properties
    var options = options
    options.retireTimeout = min(max(options.retireTimeout, 1), 20)
    self.options = options
    let socket = try PacketSocket(properties)
    if options.checksCarrier { try socket.checkCarrier() }
    try socket.attach(filter)
    if options.usesHardwareTimestamps { try socket.useHardwareTimestamps() }
    ring = try PacketRing(socket, options)
    try socket.prepareToReceive(
      seesOwnFrames: options.seesOwnFrames, isPromiscuous: options.isPromiscuous)
    try socket.bind(etherType: UInt16(ETH_P_ALL))
    self.socket = socket
  }

  deinit {
    close()
  }

  /// Watches the ring on `loop`: called when a block was handed over.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    let (socket, _) = try opened()
    registration = try LinkError.of(properties) { () throws(SystemError) in
      try loop.watch(socket.descriptor, .readable) { _ in onReadable() }
    }
  }

  /// Makes the interface take frames for `address` until the link is closed.
  public func join(_ address: HardwareAddress) throws(LinkError) {
    try opened().socket.join(address)
  }

  /// Lends frames of the blocks that the kernel has handed over; a block of which every frame was
  /// lent goes back to it.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    let (socket, ring) = try opened()
    let count = ring.receive(limit: limit, body)
    if count == 0 { try takePendingError(socket) }
    return count
  }

  /// Lets nothing more in, waits until the kernel has handed over its last block, and lends what
  /// is in it. Ends within two retire timeouts: at once when the last block is empty.
  public func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int {
    let (socket, ring) = try opened()
    try socket.attach(.nothing)
    // An error would end each wait at once; whoever stops does not need to hear it.
    _ = try socket.takeError()
    let deadline = ContinuousClock.now + .milliseconds(2 * Int(options.retireTimeout) + 10)
    var total = 0
    repeat {
      // A frame that passed the former filter on another processor may still be on its way in.
      socket.waitReadable(milliseconds: 1)
      total += ring.receive(limit: .max, body)
    } while ring.isFilling && ContinuousClock.now < deadline
    return total
  }

  /// Sends one frame through the ring's socket. The ring itself does not see it.
  public func send(_ frame: RawSpan) throws(LinkError) {
    let (socket, _) = try opened()
    if options.checksCarrier { try socket.checkCarrier() }
    try socket.send(frame)
  }

  /// Sends frames, up to 64 a system call.
  public func send(_ batch: FrameBatch) throws(LinkError) -> Int {
    let (socket, _) = try opened()
    if options.checksCarrier { try socket.checkCarrier() }
    return try socket.send(batch)
  }

  /// What came into the ring, and what was lost because every block was full.
  public func statistics() throws(LinkError) -> LinkStatistics {
    try opened().socket.statistics()
  }

  /// Stops watching, gives the memory back and closes the socket. Frames that nobody drained are
  /// lost.
  public func close() {
    registration?.cancel()
    registration = nil
    ring = nil
    socket = nil
  }

  private func opened() throws(LinkError) -> (socket: PacketSocket, ring: PacketRing) {
    guard let socket, let ring else { throw .closed }
    return (socket, ring)
  }

  /// An interface that went down leaves its error on the socket, where a ring's reader never
  /// calls `recv` to find it.
  private func takePendingError(_ socket: PacketSocket) throws(LinkError) {
    let code = try socket.takeError()
    guard code != 0 else { return }
    throw LinkError(SystemError(errno: code, operation: "packet ring"), properties)
  }
}
