internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import MonotonicTime

/// Echo requests from a host's own stack to one address, a millisecond apart, and when the answers
/// came: what a client of a moving service address sees.
final class EchoStream {
  /// When the latest answer came.
  private(set) var latestAnswer: Instant?
  /// How many answers came.
  private(set) var answers = 0
  /// The number of the latest request.
  private(set) var latestRequest: UInt32 = 0

  private var awaited: UInt32 = .max
  private var onRecovery: ((Duration) -> Void)?

  private let loop: EventLoop
  private let descriptor: OwnedDescriptor
  private let isIPv6: Bool
  private let identification: UInt16
  private var registration: Registration?
  private var timer: Timer?
  private var next = Instant.origin
  static let interval: Duration = .milliseconds(1)

  /// Opens the socket in the namespace of the calling thread.
  init(to address: IPAddress, on loop: EventLoop) throws(SystemError) {
    self.loop = loop
    identification = UInt16(truncatingIfNeeded: getpid())
    switch address {
    case .v4(let address):
      isIPv6 = false
      descriptor = try OwnedDescriptor("socket") {
        socket(
          AF_INET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
          Int32(IPPROTO_ICMP))
      }
      var name = sockaddr_in()
      name.sin_family = sa_family_t(AF_INET)
      name.sin_addr.s_addr = address.rawValue.bigEndian
      try connect(&name)
    case .v6(let address):
      isIPv6 = true
      descriptor = try OwnedDescriptor("socket") {
        socket(
          AF_INET6,
          Int32(SOCK_RAW.rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
          Int32(IPPROTO_ICMPV6))
      }
      var name = sockaddr_in6()
      name.sin6_family = sa_family_t(AF_INET6)
      unsafe withUnsafeMutableBytes(of: &name.sin6_addr) {
        unsafe $0.copyBytes(from: address.bytes)
      }
      try connect(&name)
    }
  }

  func start() throws(SystemError) {
    registration = try loop.watch(descriptor.rawValue, .readable) { [weak self] _ in self?.hear() }
    next = loop.now
    ask()
  }

  func stop() {
    registration?.cancel()
    timer?.cancel()
  }

  /// Tells the time from the latest answer so far to the first answer to a request that is yet to
  /// be made. What has arrived by now is counted as answered now, not when the loop turns again.
  func awaitRecovery(_ handler: @escaping (Duration) -> Void) {
    hear()
    awaited = latestRequest + 1
    onRecovery = handler
  }

  private func connect<Name>(_ name: inout Name) throws(SystemError) {
    let number = descriptor.rawValue
    _ = try Syscalls.retrying("connect") {
      unsafe withUnsafePointer(to: &name) { pointer in
        unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          unsafe Glibc.connect(number, $0, socklen_t(MemoryLayout<Name>.size))
        }
      }
    }
  }

  private func ask() {
    latestRequest += 1
    var request: [UInt8] = [isIPv6 ? 128 : 8, 0, 0, 0]
    request += [UInt8(identification >> 8), UInt8(identification & 0xff), 0, 0]
    for shift in [24, 16, 8, 0] { request.append(UInt8(latestRequest >> UInt32(shift) & 0xff)) }
    if !isIPv6 {
      let sum = InternetChecksum(request.rawBytes).value
      request[2] = UInt8(sum >> 8)
      request[3] = UInt8(sum & 0xff)
    }
    // An address that cannot be reached just now is what the stream is there to see.
    _ = unsafe send(
      descriptor.rawValue, request, request.count, Int32(truncatingIfNeeded: MSG_NOSIGNAL))
    next = max(next + Self.interval, loop.now)
    timer = loop.schedule(at: next) { [weak self] in self?.ask() }
  }

  private func hear() {
    var buffer = [UInt8](repeating: 0, count: 256)
    while true {
      let count = unsafe recv(descriptor.rawValue, &buffer, buffer.count, 0)
      guard count > 0 else { return }
      take(buffer[..<count])
    }
  }

  private func take(_ packet: ArraySlice<UInt8>) {
    // IPv4 raw sockets give the IP header too.
    let headerLength = isIPv6 ? 0 : (Int(packet.first ?? 0) & 0xf) * 4
    let message = packet.dropFirst(headerLength)
    guard message.count >= 12, message.first == (isIPv6 ? 129 : 0) else { return }
    let bytes = Array(message)
    guard UInt16(bytes[4]) << 8 | UInt16(bytes[5]) == identification else { return }
    let number = bytes[8..<12].reduce(0) { $0 << 8 | UInt32($1) }
    answers += 1
    let now = loop.readClock()
    if number >= awaited, let onRecovery {
      self.onRecovery = nil
      onRecovery(now - (latestAnswer ?? now))
    }
    latestAnswer = now
  }
}
