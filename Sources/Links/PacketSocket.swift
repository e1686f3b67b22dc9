internal import CLinux
internal import EventLoop
internal import Glibc
internal import LinkLayer

/// An AF_PACKET socket on one interface: what the links of the kernel have in common.
///
/// It is created with protocol 0. Such a socket has no receive hook, costs 20 µs to open and
/// nothing to close, and can send; binding it to a protocol adds the hook, which costs about
/// 10 ms. Whatever filter it holds by then is there before the first frame.
final class PacketSocket {
  let properties: LinkProperties
  private let owned: OwnedDescriptor
  private var totals = LinkStatistics()

  var descriptor: Int32 { owned.rawValue }

  init(_ properties: LinkProperties) throws(LinkError) {
    try properties.checkHardware()
    self.properties = properties
    owned = try LinkError.of(properties) { () throws(SystemError) in
      try OwnedDescriptor("socket") {
        socket(
          AF_PACKET, Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
      }
    }
  }

  /// Binds to the interface, and receives frames of `etherType`; 0 receives none.
  func bind(etherType: UInt16) throws(LinkError) {
    var address = sockaddr_ll()
    address.sll_family = UInt16(AF_PACKET)
    address.sll_protocol = etherType.bigEndian
    address.sll_ifindex = properties.interfaceIndex
    try call("bind") {
      unsafe withUnsafePointer(to: &address) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
          unsafe Glibc.bind(descriptor, pointer, socklen_t(MemoryLayout<sockaddr_ll>.size))
        }
      }
    }
  }

  func setOption<Value: BitwiseCopyable>(
    _ operation: StaticString, _ level: Int32, _ name: Int32, _ value: Value
  ) throws(LinkError) {
    var value = value
    try call(operation) {
      unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Value>.size))
    }
  }

  /// Asks for room for `size` bytes of received frames. Beyond the system's limit it takes
  /// CAP_NET_ADMIN; without that, what the limit leaves is taken.
  func setReceiveBuffer(_ size: Int32) throws(LinkError) {
    var value = size
    let isForced = unsafe setsockopt(
      descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &value, socklen_t(MemoryLayout<Int32>.size))
    guard isForced != 0 else { return }
    try setOption("setsockopt SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, size)
  }

  /// Puts `filter` in place of the one before. Frames that wait already are not judged again.
  func attach(_ filter: SocketFilter) throws(LinkError) {
    try LinkError.of(properties) { () throws(SystemError) in
      try Self.attach(filter, to: descriptor)
    }
  }

  /// Puts `filter` in place on any socket.
  static func attach(_ filter: SocketFilter, to descriptor: Int32) throws(SystemError) {
    var code = filter.instructions.map {
      sock_filter(code: $0.code, jt: $0.jumpTrue, jf: $0.jumpFalse, k: $0.operand)
    }
    guard let length = UInt16(exactly: code.count) else {
      throw SystemError(errno: EINVAL, operation: "setsockopt SO_ATTACH_FILTER")
    }
    _ = try Syscalls.retrying("setsockopt SO_ATTACH_FILTER") {
      unsafe code.withUnsafeMutableBufferPointer { buffer in
        var program = unsafe sock_fprog(len: length, filter: buffer.baseAddress)
        return unsafe setsockopt(
          descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program,
          socklen_t(MemoryLayout<sock_fprog>.size))
      }
    }
  }

  /// Asks for what every receiver here wants: tags, kernel timestamps, and, unless
  /// `seesOwnFrames`, none of the frames that this host sends.
  func prepareToReceive(seesOwnFrames: Bool, isPromiscuous: Bool) throws(LinkError) {
    try setOption("setsockopt PACKET_AUXDATA", SOL_PACKET, PACKET_AUXDATA, Int32(1))
    try setOption("setsockopt SO_TIMESTAMPNS", SOL_SOCKET, SO_TIMESTAMPNS, Int32(1))
    if !seesOwnFrames {
      try setOption(
        "setsockopt PACKET_IGNORE_OUTGOING", SOL_PACKET, PACKET_IGNORE_OUTGOING, Int32(1))
    }
    guard isPromiscuous else { return }
    var membership = packet_mreq()
    membership.mr_ifindex = properties.interfaceIndex
    membership.mr_type = UInt16(PACKET_MR_PROMISC)
    try setOption("setsockopt PACKET_ADD_MEMBERSHIP", SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
  }

  /// Asks the driver to stamp every received frame by the adapter's clock, and the ring to show these
  /// stamps. The kernel's stand on frames that the adapter did not stamp.
  ///
  /// - Throws: `noHardwareTimestamps` when the driver cannot; `permission` without `CAP_NET_ADMIN`, which
  ///   the driver's setting needs.
  func useHardwareTimestamps() throws(LinkError) {
    do throws(LinkError) {
      try call("ioctl SIOCSHWTSTAMP") {
        crimp_packet_stamp_by_hardware(descriptor, properties.interfaceIndex)
      }
    } catch {
      guard case .system(let error) = error, error.errno == EOPNOTSUPP || error.errno == ERANGE
      else { throw error }
      throw .noHardwareTimestamps(properties.name)
    }
  }

  /// Makes the interface take frames for `address` for as long as the socket is open. The kernel
  /// notes each address once, and needs no privilege for it.
  func join(_ address: HardwareAddress) throws(LinkError) {
    guard address != properties.hardwareAddress, address != properties.broadcastAddress else {
      return
    }
    let bytes = address.bytes
    let type = properties.isGroup(bytes) ? PACKET_MR_MULTICAST : PACKET_MR_UNICAST
    try call("setsockopt PACKET_ADD_MEMBERSHIP") {
      unsafe crimp_packet_join(
        descriptor, properties.interfaceIndex, UInt16(type), bytes, bytes.count)
    }
  }

  /// Refuses an interface that is down, or whose frames would be dropped without a word because
  /// it has no carrier.
  func checkCarrier() throws(LinkError) {
    try LinkError.checkCarrier(descriptor, properties)
  }

  func send(_ frame: RawSpan) throws(LinkError) {
    do throws(SystemError) {
      _ = try Syscalls.retrying("send") {
        unsafe frame.withUnsafeBytes { bytes in
          unsafe Glibc.send(descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT))
        }
      }
    } catch {
      throw LinkError.sending(frame, properties, error)
    }
  }

  /// Sends the frames of `batch`, and returns how many the kernel took before it refused one.
  func send(_ batch: FrameBatch) throws(LinkError) -> Int {
    let ends = batch.ends
    var sent = 0
    while sent < ends.count {
      let count = min(ends.count - sent, Int(CRIMP_PACKET_BATCH))
      do throws(SystemError) {
        let taken = try Syscalls.retrying("sendmmsg") {
          unsafe ends.withUnsafeBufferPointer { ends in
            unsafe crimp_packet_send(
              descriptor, batch.bytes, batch.start(of: sent), ends.baseAddress?.advanced(by: sent),
              UInt32(count))
          }
        }
        sent += Int(taken)
      } catch {
        guard sent == 0 else { return sent }
        throw batch.withFrame(at: 0) { LinkError.sending($0, properties, error) }
      }
    }
    return sent
  }

  /// What came and what was lost since the socket was opened. The kernel starts anew at every
  /// reading, and counts what it dropped among what came.
  func statistics() throws(LinkError) -> LinkStatistics {
    var counters = tpacket_stats_v3()
    var size = socklen_t(MemoryLayout<tpacket_stats_v3>.size)
    try call("getsockopt PACKET_STATISTICS") {
      unsafe getsockopt(descriptor, SOL_PACKET, PACKET_STATISTICS, &counters, &size)
    }
    totals.dropped += Int(counters.tp_drops)
    totals.received += Int(counters.tp_packets) - Int(counters.tp_drops)
    return totals
  }

  /// Waits until something can be received, at most so long. Woken early by a signal, the caller
  /// looks and waits again.
  func waitReadable(milliseconds: Int32) {
    var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    _ = unsafe poll(&waiting, 1, milliseconds)
  }

  /// Takes the error that the socket holds, 0 when it holds none.
  func takeError() throws(LinkError) -> Int32 {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    try call("getsockopt SO_ERROR") {
      unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size)
    }
    return code
  }

  func call(_ operation: StaticString, _ body: () -> Int32) throws(LinkError) {
    try LinkError.of(properties) { () throws(SystemError) in
      _ = try Syscalls.retrying(operation, body)
    }
  }
}

/// A link that tells what it received and lost.
public protocol CountingLink: Link {
  /// What came, and what was lost for want of room, since the link was opened.
  func statistics() throws(LinkError) -> LinkStatistics
}

/// What a receiving link counted since it was opened.
public struct LinkStatistics: Hashable, Sendable {
  /// Frames that the filter took and that could be, or still can be, received.
  public var received = 0
  /// Frames that the filter took and that were lost, because the queue or the ring was full.
  public var dropped = 0

  /// Nothing counted yet.
  public init() {}
}
