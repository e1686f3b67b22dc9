internal import CLinux
public import EventLoop
internal import Glibc
public import LinkLayer

/// A few ICMP echo requests by this host's own stack, to learn whether a host answers any: by whichever
/// interface the kernel reaches it, from an address of the caller's choice.
///
/// Needs `CAP_NET_RAW` to open, and nothing afterwards.
public final class EchoAttempt {
  /// How many requests are put, and how far apart.
  private static let requests = 5
  private static let interval = Duration.milliseconds(100)

  private let socket: OwnedDescriptor
  private let loop: EventLoop
  private let request: [UInt8]
  private let isIPv6: Bool
  private let onAnswer: () -> Void
  private var registration: Registration?
  private var timer: Timer?
  private var sent = 0

  /// Opens the socket; ``start()`` begins.
  ///
  /// - Parameters:
  ///   - host: who is asked.
  ///   - source: an address of this host, of the same family, to ask from.
  ///   - onAnswer: is called by the loop when the first answer comes, if one does.
  /// - Throws: what keeps the socket from being opened: `EPERM` without the capability,
  ///   `EADDRNOTAVAIL` where `source` is not this host's, `ENETUNREACH` without a route.
  public init(
    to host: IPAddress, from source: IPAddress, on loop: EventLoop, _ onAnswer: @escaping () -> Void
  ) throws(SystemError) {
    self.loop = loop
    self.onAnswer = onAnswer
    isIPv6 = host.isIPv6
    request = Self.request(isIPv6: host.isIPv6)
    let kind = Int32(SOCK_RAW.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
    let (family, number) =
      host.isIPv6 ? (AF_INET6, Int32(IPPROTO_ICMPV6)) : (AF_INET, Int32(IPPROTO_ICMP))
    socket = try OwnedDescriptor("socket") { Glibc.socket(family, kind, number) }
    let descriptor = socket.rawValue
    var own = InternetAddress(source, port: 0).kernelForm
    _ = try Syscalls.retrying("bind") { unsafe crimp_internet_bind(descriptor, &own) }
    var peer = InternetAddress(host, port: 0).kernelForm
    _ = try Syscalls.retrying("connect") { unsafe crimp_internet_connect(descriptor, &peer) }
  }

  deinit {
    cancel()
  }

  /// Puts the first request, and the others one by one until an answer has come.
  public func start() throws(SystemError) {
    registration = try loop.watch(socket.rawValue, .readable) { [weak self] _ in self?.hear() }
    ask()
  }

  /// Asks and hears no more.
  public func cancel() {
    registration?.cancel()
    registration = nil
    timer?.cancel()
    timer = nil
  }

  private func ask() {
    timer = nil
    guard sent < Self.requests else { return }
    sent += 1
    // One that the kernel cannot send now is one that is lost.
    _ = unsafe send(
      socket.rawValue, request, request.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
    timer = loop.schedule(after: Self.interval) { [weak self] in self?.ask() }
  }

  private func hear() {
    var buffer = [UInt8](repeating: 0, count: 256)
    while registration != nil {
      let count = unsafe recv(socket.rawValue, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      guard isReply(buffer[..<count]) else { continue }
      cancel()
      onAnswer()
    }
  }

  /// Type, code, checksum, identifier, number, and 16 bytes that a host that did not hear them cannot
  /// guess (RFC 792; RFC 4443, section 4.1). The kernel makes the checksum of ICMPv6.
  private static func request(isIPv6: Bool) -> [UInt8] {
    var message: [UInt8] = [isIPv6 ? 128 : 8, 0, 0, 0]
    var random = SystemRandomNumberGenerator()
    for _ in 0..<20 { message.append(.random(in: .min ... .max, using: &random)) }
    if !isIPv6 {
      let sum = InternetChecksum(message.rawBytes).value
      message[2] = UInt8(sum >> 8)
      message[3] = UInt8(sum & 0xff)
    }
    return message
  }

  /// An IPv4 raw socket is given the IP header too.
  private func isReply(_ packet: ArraySlice<UInt8>) -> Bool {
    let headerLength = isIPv6 ? 0 : Int((packet.first ?? 0) & 0xf) * 4
    let message = packet.dropFirst(headerLength)
    guard message.count >= request.count, message.first == (isIPv6 ? 129 : 0) else { return false }
    return message.dropFirst(4).prefix(request.count - 4).elementsEqual(request.dropFirst(4))
  }
}
