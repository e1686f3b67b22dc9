internal import CLinux
public import EventLoop
internal import Glibc
public import LinkLayer

/// Frames by way of an AF_PACKET socket: the link of a sender, a prober, a scanner.
///
/// Opening for sending only takes about 20 µs; a receive hook takes the kernel some 10 ms to put
/// in place and longer to take away, so open one only when an answer is wanted. Needs
/// `CAP_NET_RAW`.
public final class PacketSocketLink: CountingLink {
  /// What the link is to do.
  public enum Mode: Hashable, Sendable {
    /// Send. Nothing is ever received.
    case sendOnly
    /// Send, and receive what the filter takes.
    case sendAndReceive(SocketFilter)
  }

  /// How the link is to do it.
  public struct Options: Hashable, Sendable {
    /// Whether frames that other sockets of this host send here are received, as outbound.
    public var seesOwnFrames = false
    /// Whether the interface takes frames for every station.
    public var isPromiscuous = false
    /// Whether opening and sending fail when the interface is down or without a carrier. The
    /// kernel would take such frames and drop them.
    public var checksCarrier = true
    /// Whether frames go to the driver past the interface's queueing discipline: not shaped, not
    /// delayed, and refused at once when the driver's queue is full.
    public var bypassesQueueingDiscipline = false
    /// How many bytes of a received frame are kept, tag not counted.
    public var snapLength = 2048
    /// How many bytes may wait to be received; the system's default when nil.
    public var receiveBufferSize: Int32?

    /// The defaults.
    public init() {}
  }

  /// The interface that the link was opened on.
  public let properties: LinkProperties
  private let options: Options
  private var socket: PacketSocket?
  private var buffers: ReceiveBuffers?
  private var registration: Registration?

  /// Opens the link on the interface that `properties` describe.
  ///
  /// No frame is ever seen that the filter does not take: it stands before the socket is bound.
  public init(
    _ properties: LinkProperties, _ mode: Mode, options: Options = Options()
  ) throws(LinkError) {
    self.properties = properties
    self.options = options
    let socket = try PacketSocket(properties)
    if options.checksCarrier { try socket.checkCarrier() }
    if options.bypassesQueueingDiscipline {
      try socket.setOption(
        "setsockopt PACKET_QDISC_BYPASS", SOL_PACKET, PACKET_QDISC_BYPASS, Int32(1))
    }
    switch mode {
    case .sendOnly:
      try socket.bind(etherType: 0)
    case .sendAndReceive(let filter):
      try socket.attach(filter)
      try socket.prepareToReceive(
        seesOwnFrames: options.seesOwnFrames, isPromiscuous: options.isPromiscuous)
      if let size = options.receiveBufferSize {
        try socket.setReceiveBuffer(size)
      }
      try socket.bind(etherType: UInt16(ETH_P_ALL))
      buffers = ReceiveBuffers(snapLength: options.snapLength)
    }
    self.socket = socket
  }

  deinit {
    close()
  }

  /// Watches the socket on `loop`; a link that only sends is never called.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    let socket = try opened()
    guard buffers != nil else { return }
    registration = try LinkError.of(properties) { () throws(SystemError) in
      try loop.watch(socket.descriptor, .readable) { _ in onReadable() }
    }
  }

  /// Makes the interface take frames for `address` until the link is closed.
  public func join(_ address: HardwareAddress) throws(LinkError) {
    let socket = try opened()
    guard buffers != nil else { throw .cannotReceive(properties.name) }
    try socket.join(address)
  }

  /// Lends what waits, up to 64 frames a system call.
  ///
  /// - Throws: `interfaceDown` once when the interface went down; the link hears it again when it
  ///   is up.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    let socket = try opened()
    guard let buffers else { return 0 }
    var total = 0
    while total < limit {
      let wanted = min(limit - total, buffers.slots)
      let count = try LinkError.of(properties) { () throws(SystemError) in
        try buffers.fill(from: socket.descriptor, wanted)
      }
      for slot in 0..<count { buffers.lend(slot, body) }
      total += count
      guard count == wanted else { break }
    }
    return total
  }

  /// Lets nothing more in, and lends what waits.
  public func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int {
    let socket = try opened()
    guard let buffers else { return 0 }
    try socket.attach(.nothing)
    var total = 0
    while true {
      let count = try receive(limit: buffers.slots, body)
      guard count > 0 else { return total }
      total += count
    }
  }

  /// Puts another filter in place. Frames that came under the former one are dropped, so that
  /// none is seen that the new one would not take.
  public func setFilter(_ filter: SocketFilter) throws(LinkError) {
    let socket = try opened()
    guard buffers != nil else { throw .cannotReceive(properties.name) }
    _ = try drain { _, _ in }
    try socket.attach(filter)
  }

  /// Sends one frame.
  public func send(_ frame: RawSpan) throws(LinkError) {
    let socket = try opened()
    if options.checksCarrier { try socket.checkCarrier() }
    try socket.send(frame)
  }

  /// Sends frames, up to 64 a system call.
  public func send(_ batch: FrameBatch) throws(LinkError) -> Int {
    let socket = try opened()
    if options.checksCarrier { try socket.checkCarrier() }
    return try socket.send(batch)
  }

  /// What was received, and what was lost because nobody fetched it in time.
  public func statistics() throws(LinkError) -> LinkStatistics {
    try opened().statistics()
  }

  /// Stops watching and closes the socket.
  public func close() {
    registration?.cancel()
    registration = nil
    socket = nil
    buffers = nil
  }

  private func opened() throws(LinkError) -> PacketSocket {
    guard let socket else { throw .closed }
    return socket
  }
}
