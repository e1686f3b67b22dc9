internal import CLibpcap
public import CaptureFile
public import EventLoop
internal import Glibc
public import LinkLayer

/// Frames by way of libpcap: for its filter language on a live interface, and for devices that
/// AF_PACKET does not serve.
///
/// libpcap is loaded at first use; when it is missing, opening throws `libraryMissing`. It does
/// not say which frames this host sent: a frame counts as outbound when it bears the interface's
/// own address as its source. The link's own frames are never received.
public final class LibpcapLink: CountingLink {
  /// The interface that the link was opened on.
  public let properties: LinkProperties
  private var handle: LibpcapHandle?
  private var registration: Registration?
  private var timer: Timer?
  /// Holds what was joined: libpcap has no word for it.
  private var memberships: PacketSocket?

  /// Opens the interface for the frames that `filter`, in libpcap's language, takes; an empty
  /// filter takes all.
  public init(
    _ properties: LinkProperties, filter: String = "", snapLength: Int32 = 262_144,
    isPromiscuous: Bool = false
  ) throws(LinkError) {
    self.properties = properties
    let handle = try LibpcapHandle(
      capturingOn: properties.name, snapLength: snapLength, isPromiscuous: isPromiscuous)
    let library = handle.library
    // Before anything is read: what came since the activation and does not pass is dropped too.
    unsafe try handle.withProgram(filter) { (program) throws(LinkError) in
      guard unsafe library.setFilter(handle.pointer, program) == 0 else {
        throw library.failure(unsafe library.message(handle.pointer))
      }
    }
    let (status, message) = unsafe library.withErrorText {
      unsafe library.setNonBlocking(handle.pointer, 1, $0)
    }
    guard status == 0 else { throw library.failure(message) }
    self.handle = handle
  }

  deinit {
    close()
  }

  /// What the frames begin with, as capture files number it.
  public var linkType: LinkType {
    guard let handle else { return properties.linkType }
    return LinkType(dataLinkType: unsafe handle.library.linkType(handle.pointer))
  }

  /// The version of the library that is installed, such as "libpcap version 1.10.3 (…)".
  public static func libraryVersion() throws(LinkError) -> String {
    guard let text = unsafe try Libpcap.loaded().version() else { return "libpcap" }
    return unsafe String(cString: text)
  }

  /// Watches libpcap's descriptor, and looks on a timer too for devices that ask for it.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {
    let handle = try opened()
    let descriptor = unsafe handle.library.selectableDescriptor(handle.pointer)
    if descriptor >= 0 {
      registration = try LinkError.of(properties) { () throws(SystemError) in
        try loop.watch(descriptor, .readable) { _ in onReadable() }
      }
    }
    guard let interval = lookInterval(handle, hasDescriptor: descriptor >= 0) else { return }
    look(each: interval, on: loop, onReadable)
  }

  private func lookInterval(_ handle: LibpcapHandle, hasDescriptor: Bool) -> Duration? {
    if let timeout = unsafe handle.library.requiredTimeout(handle.pointer) {
      let time = unsafe timeout.pointee
      return .seconds(time.tv_sec) + .microseconds(max(time.tv_usec, 1000))
    }
    return hasDescriptor ? nil : .milliseconds(10)
  }

  private func look(
    each interval: Duration, on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) {
    timer = loop.schedule(after: interval) { [weak self] in
      guard let self, handle != nil else { return }
      look(each: interval, on: loop, onReadable)
      onReadable()
    }
  }

  /// Makes the interface take frames for `address` until the link is closed.
  public func join(_ address: HardwareAddress) throws(LinkError) {
    _ = try opened()
    if memberships == nil { memberships = try PacketSocket(properties) }
    try memberships?.join(address)
  }

  /// Lends frames where libpcap has them.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int {
    let handle = try opened()
    let library = handle.library
    var taken = 0
    while taken < limit {
      var header: UnsafeMutablePointer<crimp_pcap_header>?
      var bytes: UnsafePointer<UInt8>?
      let status = unsafe library.next(handle.pointer, &header, &bytes)
      guard status >= 0 else {
        if taken > 0 { return taken }
        throw failure(handle)
      }
      guard status == 1, let header = unsafe header?.pointee else { return taken }
      let frame = unsafe UnsafeRawBufferPointer(start: bytes, count: Int(header.captured_length))
      body(unsafe frame.bytes, unsafe information(header, frame.bytes))
      taken += 1
    }
    return taken
  }

  private func information(_ header: crimp_pcap_header, _ frame: RawSpan) -> FrameInformation {
    let isOwn = properties.isOwn(frame)
    let timestamp = CaptureTimestamp(
      seconds: Int64(header.timestamp.tv_sec),
      nanoseconds: UInt32(truncatingIfNeeded: header.timestamp.tv_usec))
    var information = properties.information(of: frame, at: timestamp)
    information.originalLength = Int(header.original_length)
    if properties.hardwareAddress.count == 0 { information.direction = direction(ofForeign: frame) }
    if isOwn { (information.direction, information.packetType) = (.outbound, .outgoing) }
    return information
  }

  /// Which way a frame went that has no address of Ethernet: Linux's cooked headers tell it.
  private func direction(ofForeign frame: RawSpan) -> FrameDirection {
    let outgoing = FrameInformation.PacketType.outgoing.rawValue
    switch linkType {
    case .linuxCooked where frame.byteCount >= 2:
      return frame.number16(0) == UInt16(outgoing) ? .outbound : .inbound
    case .linuxCooked2 where frame.byteCount >= 11:
      return frame.byte(10) == outgoing ? .outbound : .inbound
    default: return .unknown
    }
  }

  /// What libpcap's failure means. It tells some by its words alone.
  private func failure(_ handle: LibpcapHandle) -> LinkError {
    let message = unsafe handle.library.message(handle.pointer)
    switch message {
    case _ where message.contains("went down"): return .interfaceDown(properties.name)
    case _ where message.contains("disappeared"): return .noSuchInterface(properties.name)
    default: return handle.library.failure(message)
    }
  }

  /// Lets nothing more in, and lends what libpcap has.
  public func drain(_ body: (RawSpan, FrameInformation) -> Void) throws(LinkError) -> Int {
    let handle = try opened()
    let descriptor = unsafe handle.library.selectableDescriptor(handle.pointer)
    // Straight into the kernel: pcap_setfilter would judge the frames that wait once more, and
    // drop them. Devices without a packet socket have no such filter; theirs ends with the queue.
    try? PacketSocket.attach(.nothing, to: descriptor)
    var total = 0
    while true {
      let count = try receive(limit: 64, body)
      guard count > 0 else { return total }
      total += count
    }
  }

  /// Sends one frame.
  public func send(_ frame: RawSpan) throws(LinkError) {
    let handle = try opened()
    let status = unsafe frame.withUnsafeBytes { bytes in
      unsafe handle.library.inject(handle.pointer, bytes.baseAddress, bytes.count)
    }
    guard status < 0 else { return }
    // The system call that failed is the library's last, and its number is still there.
    throw LinkError.sending(frame, properties, SystemError(errno: errno, operation: "pcap_inject"))
  }

  /// What was received, and what the kernel dropped for want of room.
  public func statistics() throws(LinkError) -> LinkStatistics {
    let handle = try opened()
    var counters = crimp_pcap_statistics()
    guard unsafe handle.library.statistics(handle.pointer, &counters) == 0 else {
      throw failure(handle)
    }
    var statistics = LinkStatistics()
    statistics.dropped = Int(counters.dropped)
    statistics.received = max(0, Int(counters.received) - Int(counters.dropped))
    return statistics
  }

  /// Stops watching and closes libpcap's handle.
  public func close() {
    registration?.cancel()
    registration = nil
    timer?.cancel()
    timer = nil
    memberships = nil
    handle = nil
  }

  private func opened() throws(LinkError) -> LibpcapHandle {
    guard let handle else { throw .closed }
    return handle
  }
}

extension LinkType {
  /// The number in files for a DLT_ value of Linux: the same, but for raw IP.
  fileprivate init(dataLinkType: Int32) {
    self = dataLinkType == 12 ? .raw : LinkType(rawValue: UInt16(truncatingIfNeeded: dataLinkType))
  }
}
