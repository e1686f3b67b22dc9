public import CaptureFile
internal import LinkLayer
public import Links

/// One interface that is captured on, and what was counted there.
public final class CaptureSource {
  /// What a source is to take.
  public struct Options: Hashable, Sendable {
    /// Which frames, in libpcap's language; all if empty.
    public var filter = ""
    /// How many bytes of a frame are kept.
    public var snapLength: UInt32 = 262_144
    /// Whether frames for every station are taken.
    public var isPromiscuous = true
    /// Which way frames go that are taken; `unknown` takes both.
    public var direction = FrameDirection.unknown
    /// How many bytes of memory hold frames until they are read.
    public var ringByteCount = 32 << 20
    /// Whether the adapter's clock stamps frames.
    public var usesHardwareTimestamps = false

    /// Every frame, both ways.
    public init() {}
  }

  /// The interface's name.
  public let name: String
  /// What the file says of the interface.
  public let description: CaptureInterface
  /// Whether libpcap carries the frames, because AF_PACKET's ring does not serve the interface.
  public let usesLibpcap: Bool
  let link: any CountingLink
  private let startTime: CaptureTimestamp

  /// Frames that were delivered to whoever captures.
  public internal(set) var delivered = 0
  /// Their bytes on the link.
  public internal(set) var byteCount = 0
  /// What the kernel took and lost, as asked last.
  public private(set) var counters = LinkStatistics()
  /// Whether the interface has gone for good.
  public internal(set) var hasEnded = false

  /// Captures on the interface that the kernel describes as `interface`.
  public init(_ interface: Interface, _ options: Options) throws(LinkError) {
    name = interface.name
    let properties = LinkProperties(interface)
    startTime = .now
    guard properties.isServedByRing else {
      (link, description) = try Self.openLibpcap(properties, options, startTime)
      usesLibpcap = true
      return
    }
    usesLibpcap = false
    link = try Self.openRing(properties, options, isLoopback: interface.isLoopback)
    description = Self.describe(properties, properties.linkType, options)
  }

  /// Captures on a device that only libpcap knows, such as `any` or a USB bus.
  public init(device name: String, _ options: Options) throws(LinkError) {
    self.name = name
    startTime = .now
    let properties = LinkProperties(name: name, hardwareAddress: HardwareAddress())
    (link, description) = try Self.openLibpcap(properties, options, startTime)
    usesLibpcap = true
  }

  private static func openRing(
    _ properties: LinkProperties, _ options: Options, isLoopback: Bool
  ) throws(LinkError) -> PacketRingLink {
    var filter = SocketFilter.everything
    if !options.filter.isEmpty {
      filter = try FilterCompiler.compile(options.filter, forInterface: properties)
    }
    filter = filter.keeping(atMost: options.snapLength)
    if options.direction == .outbound { filter = filter.takingOnly(sent: true) }
    var ring = PacketRingLink.Options()
    ring.blockCount = UInt32(clamping: max(2, options.ringByteCount / Int(ring.blockSize)))
    // What this host sends to itself is there twice, sent and received.
    ring.seesOwnFrames = options.direction != .inbound && !isLoopback
    ring.isPromiscuous = options.isPromiscuous
    ring.usesHardwareTimestamps = options.usesHardwareTimestamps
    return try PacketRingLink(properties, filter: filter, options: ring)
  }

  private static func openLibpcap(
    _ properties: LinkProperties, _ options: Options, _ now: CaptureTimestamp
  ) throws(LinkError) -> (LibpcapLink, CaptureInterface) {
    guard !options.usesHardwareTimestamps else { throw .noHardwareTimestamps(properties.name) }
    var filter = options.filter
    switch options.direction {
    case .unknown: break
    case .inbound: filter = filter.isEmpty ? "inbound" : "inbound and (\(filter))"
    case .outbound: filter = filter.isEmpty ? "outbound" : "outbound and (\(filter))"
    }
    let link = try LibpcapLink(
      properties, filter: filter, snapLength: Int32(clamping: options.snapLength),
      isPromiscuous: options.isPromiscuous)
    return (link, describe(properties, link.linkType, options))
  }

  private static func describe(
    _ properties: LinkProperties, _ linkType: LinkType, _ options: Options
  ) -> CaptureInterface {
    var interface = CaptureInterface(
      linkType: linkType, snapLength: options.snapLength, name: properties.name,
      hardwareAddress: properties.hardwareAddress.macAddress?.bytes)
    if !options.filter.isEmpty { interface.filter = options.filter }
    interface.operatingSystem = "Linux"
    return interface
  }

  /// Asks the kernel for its counters; those of an interface that has gone stay as they were.
  public func refreshCounters() {
    if let counters = try? link.statistics() { self.counters = counters }
  }

  /// The figures of now, for the file.
  public var statistics: InterfaceStatistics {
    refreshCounters()
    var figures = InterfaceStatistics(timestamp: .now)
    figures.startTime = startTime
    figures.endTime = figures.timestamp
    figures.accepted = UInt64(clamping: counters.received + counters.dropped)
    figures.droppedBySystem = UInt64(clamping: counters.dropped)
    figures.delivered = UInt64(clamping: delivered)
    return figures
  }
}
