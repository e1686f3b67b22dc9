public import CaptureFile
public import EventLoop
internal import LinkLayer

/// One end of a cable in memory: what one end sends, the other receives.
///
/// On a loop with virtual time a pair is fully deterministic. Lengths are refused as the kernel
/// refuses them. Frames sent before the other end started wait there; what a closed end is sent
/// is lost, as on a cable.
public final class MemoryLink: Link {
  /// This end's interface.
  public let properties: LinkProperties
  /// How long a frame is under way.
  public let latency: Duration

  private let inbox = FrameInbox()
  private weak var peer: MemoryLink?

  private init(_ properties: LinkProperties, latency: Duration) {
    self.properties = properties
    self.latency = latency
  }

  /// Makes a cable with two ends, each of which carries a frame to the other in `latency`, or in
  /// the next turn of the loop when that is zero.
  ///
  /// Each end holds the other weakly: keep both.
  public static func pair(
    _ left: LinkProperties = .rehearsal("left", 1),
    _ right: LinkProperties = .rehearsal("right", 2), latency: Duration = .zero
  ) -> (left: MemoryLink, right: MemoryLink) {
    let ends = (
      left: MemoryLink(left, latency: latency), right: MemoryLink(right, latency: latency)
    )
    ends.left.peer = ends.right
    ends.right.peer = ends.left
    return ends
  }

  /// Calls `onReadable` in the turn after a frame arrived.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    try inbox.start(on: loop, onReadable)
  }

  /// Lends the frames that the other end sent.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    try inbox.receive(limit: limit, body)
  }

  /// Lays a copy of `frame` into the other end's inbox.
  public func send(_ frame: RawSpan) throws(LinkError) {
    guard !inbox.isClosed else { throw .closed }
    try properties.checkLength(of: frame)
    guard let peer else { return }
    let bytes = frame.copiedBytes
    guard latency > .zero, let loop = inbox.loop ?? peer.inbox.loop else {
      return peer.arrive(bytes)
    }
    loop.schedule(after: latency) { [weak peer] in peer?.arrive(bytes) }
  }

  private func arrive(_ bytes: [UInt8]) {
    inbox.append(bytes, properties.information(of: bytes.rawBytes, at: timestamp))
  }

  /// The loop's time.
  public var timestamp: CaptureTimestamp { .now(of: inbox.loop) }

  /// Pulls this end's plug.
  public func close() {
    inbox.close()
  }
}

extension LinkProperties {
  /// An Ethernet interface for rehearsals in memory, with the locally administered address
  /// 02:00:00:00:00:00 + `number`.
  public static func rehearsal(_ name: String, _ number: UInt32) -> LinkProperties {
    let address = MACAddress(rawValue: 0x0200_0000_0000 | UInt64(number))
    return LinkProperties(name: name, hardwareAddress: HardwareAddress(address))
  }

  /// Refuses a frame that the kernel would refuse: one without a whole header, and one longer
  /// than the MTU allows, to which an 802.1Q tag adds 4 bytes (an 802.1ad tag does not).
  func checkLength(of frame: RawSpan) throws(LinkError) {
    guard frame.byteCount >= headerLength else {
      throw .frameTooShort(byteCount: frame.byteCount, minimum: headerLength)
    }
    let limit = longestFrame(tagged: frame.hasVLANTag(framing))
    guard frame.byteCount <= limit else {
      throw .frameTooLong(byteCount: frame.byteCount, limit: limit)
    }
  }

  /// What a link in memory or on file knows of an inbound frame.
  func information(of frame: RawSpan, at timestamp: CaptureTimestamp) -> FrameInformation {
    FrameInformation(
      timestamp: timestamp, originalLength: frame.byteCount, tag: frame.outerTag(framing),
      direction: .inbound, packetType: packetType(of: frame), interfaceIndex: interfaceIndex)
  }

  /// Whether `frame` bears this interface's own address as its source. IPoIB frames bear none.
  func isOwn(_ frame: RawSpan) -> Bool {
    guard framing == .ethernet, frame.byteCount >= 12 else { return false }
    return frame.copiedBytes(6..<12) == hardwareAddress.bytes
  }

  /// To whom `frame` is addressed, seen from this interface.
  private func packetType(of frame: RawSpan) -> FrameInformation.PacketType {
    let length = hardwareAddress.count
    guard length > 0, frame.byteCount >= length else { return .otherHost }
    let destination = frame.copiedBytes(0..<length)
    if destination == broadcastAddress.bytes { return .broadcast }
    if destination == hardwareAddress.bytes { return .host }
    return isGroup(destination) ? .multicast : .otherHost
  }
}
