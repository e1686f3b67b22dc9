internal import CLinux
public import EventLoop
internal import Glibc

/// How a TCP connection is to be. What a UNIX socket does not know is passed over.
public struct StreamOptions: Hashable, Sendable {
  /// When the kernel asks a silent peer whether it is still there.
  public struct KeepAlive: Hashable, Sendable {
    /// How long the connection must have been silent before the first question; whole seconds.
    public var idle: Duration
    /// The time from one question to the next; whole seconds.
    public var interval: Duration
    /// How many unanswered questions end the connection.
    public var count: Int

    /// Asks after `idle`, then every `interval`, and gives up after `count` questions.
    public init(
      idle: Duration = .seconds(60), interval: Duration = .seconds(15), count: Int = 4
    ) {
      self.idle = idle
      self.interval = interval
      self.count = count
    }
  }

  /// Whether small writes leave at once (`TCP_NODELAY`).
  public var noDelay = true
  /// When a silent peer is asked whether it is there; nil for never.
  public var keepAlive: KeepAlive?
  /// How long written bytes may stay unacknowledged before the connection is given up
  /// (`TCP_USER_TIMEOUT`); nil for the kernel's own patience, some 15 minutes.
  public var userTimeout: Duration?
  /// The mark that routing rules and filters see (`SO_MARK`); setting it needs `CAP_NET_ADMIN`.
  public var mark: UInt32?
  /// Differentiated services and congestion bits (`IP_TOS`, `IPV6_TCLASS`).
  public var typeOfService: UInt8?
  /// The name of the only interface that packets pass by (`SO_BINDTODEVICE`).
  public var interface: String?
  /// How many routers a packet may pass (`IP_TTL`, `IPV6_UNICAST_HOPS`); nil for the host's default.
  public var hopLimit: UInt8?
  /// Packets that arrive with fewer hops left are dropped (`IP_MINTTL`, `IPV6_MINHOPCOUNT`; RFC 5082).
  public var leastHopLimit: UInt8?
  /// Whether the kernel notes what it does with the socket (`SO_DEBUG`); needs `CAP_NET_ADMIN`.
  public var isDebugged = false
  /// What signs each segment (RFC 2385); nil for nothing.
  public var signature: SegmentSignature?
  /// Whether addresses of other hosts may be bound (`IP_TRANSPARENT`); needs `CAP_NET_ADMIN`.
  public var isTransparent = false
  /// How many bytes of received data the kernel holds (`SO_RCVBUF`). Nil leaves it to the kernel, which
  /// grows the buffer as needed; a number stops that.
  public var receiveBufferByteCount: Int?
  /// How many bytes of unacknowledged data the kernel holds (`SO_SNDBUF`); nil leaves it to the kernel.
  public var sendBufferByteCount: Int?

  /// Small writes leave at once; all else is the kernel's default.
  public init() {}
}

extension StreamOptions.KeepAlive {
  /// Sets it on a TCP socket.
  public func set(on descriptor: Int32) throws(SystemError) {
    let (options, tcp) = (SocketOptions(descriptor), Int32(IPPROTO_TCP))
    let idle = Int32(clamping: max(1, idle.wholeSeconds))
    let interval = Int32(clamping: max(1, interval.wholeSeconds))
    try options.set("setsockopt TCP_KEEPIDLE", tcp, TCP_KEEPIDLE, idle)
    try options.set("setsockopt TCP_KEEPINTVL", tcp, TCP_KEEPINTVL, interval)
    try options.set("setsockopt TCP_KEEPCNT", tcp, TCP_KEEPCNT, Int32(clamping: count))
    try options.set("setsockopt SO_KEEPALIVE", SOL_SOCKET, SO_KEEPALIVE, 1)
  }
}

extension StreamOptions {
  /// Sets the options on a socket of `domain`.
  func apply(to descriptor: Int32, _ domain: SocketDomain) throws(SystemError) {
    try applyToDatagrams(of: descriptor, domain)
    guard case .internet(let family) = domain else { return }
    try applyTCP(SocketOptions(descriptor))
    guard let signature else { return }
    try signature.apply(to: descriptor, family)
  }

  /// Sets what is not TCP's alone on a socket of `domain`.
  func applyToDatagrams(of descriptor: Int32, _ domain: SocketDomain) throws(SystemError) {
    let options = SocketOptions(descriptor)
    if let count = receiveBufferByteCount {
      try options.set("setsockopt SO_RCVBUF", SOL_SOCKET, SO_RCVBUF, Int32(clamping: count / 2))
    }
    if let count = sendBufferByteCount {
      try options.set("setsockopt SO_SNDBUF", SOL_SOCKET, SO_SNDBUF, Int32(clamping: count / 2))
    }
    if isDebugged { try options.set("setsockopt SO_DEBUG", SOL_SOCKET, SO_DEBUG, 1) }
    guard case .internet(let family) = domain else { return }
    try applyIP(options, family)
    try applyHopLimits(options, family)
  }

  private func applyTCP(_ options: SocketOptions) throws(SystemError) {
    let tcp = Int32(IPPROTO_TCP)
    if noDelay { try options.set("setsockopt TCP_NODELAY", tcp, TCP_NODELAY, 1) }
    if let timeout = userTimeout {
      let milliseconds = Int32(clamping: max(1, timeout.wholeMilliseconds))
      try options.set("setsockopt TCP_USER_TIMEOUT", tcp, TCP_USER_TIMEOUT, milliseconds)
    }
    try keepAlive?.set(on: options.descriptor)
  }

  private func applyIP(
    _ options: SocketOptions, _ family: InternetFamily
  ) throws(SystemError) {
    let (v4, v6) = (Int32(IPPROTO_IP), Int32(IPPROTO_IPV6))
    if let mark {
      try options.set("setsockopt SO_MARK", SOL_SOCKET, SO_MARK, Int32(bitPattern: mark))
    }
    if let interface { try options.bind(toInterface: interface) }
    if let service = typeOfService {
      switch family {
      case .v4: try options.set("setsockopt IP_TOS", v4, IP_TOS, Int32(service))
      case .v6: try options.set("setsockopt IPV6_TCLASS", v6, IPV6_TCLASS, Int32(service))
      }
    }
    guard isTransparent else { return }
    switch family {
    case .v4: try options.set("setsockopt IP_TRANSPARENT", v4, IP_TRANSPARENT, 1)
    case .v6: try options.set("setsockopt IPV6_TRANSPARENT", v6, IPV6_TRANSPARENT, 1)
    }
  }
}

extension StreamOptions {
  private func applyHopLimits(
    _ options: SocketOptions, _ family: InternetFamily
  ) throws(SystemError) {
    let (v4, v6) = (Int32(IPPROTO_IP), Int32(IPPROTO_IPV6))
    if let limit = hopLimit.map(Int32.init) {
      switch family {
      case .v4: try options.set("setsockopt IP_TTL", v4, IP_TTL, limit)
      case .v6: try options.set("setsockopt IPV6_UNICAST_HOPS", v6, IPV6_UNICAST_HOPS, limit)
      }
    }
    guard let least = leastHopLimit.map(Int32.init) else { return }
    switch family {
    case .v4: try options.set("setsockopt IP_MINTTL", v4, IP_MINTTL, least)
    case .v6: try options.set("setsockopt IPV6_MINHOPCOUNT", v6, IPV6_MINHOPCOUNT, least)
    }
  }
}

/// The options of one socket.
struct SocketOptions {
  let descriptor: Int32

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  func set(
    _ operation: StaticString, _ level: Int32, _ name: Int32, _ value: Int32
  ) throws(SystemError) {
    var value = value
    _ = try Syscalls.retrying(operation) {
      unsafe setsockopt(descriptor, level, name, &value, socklen_t(MemoryLayout<Int32>.size))
    }
  }

  func bind(toInterface name: String) throws(SystemError) {
    let bytes = Array(name.utf8)
    _ = try Syscalls.retrying("setsockopt SO_BINDTODEVICE") {
      unsafe setsockopt(
        descriptor, SOL_SOCKET, SO_BINDTODEVICE, bytes, socklen_t(bytes.count))
    }
  }

  /// The error that waits on the socket, which is taken (`SO_ERROR`).
  func takeError() -> Int32 {
    var code: Int32 = 0
    var size = socklen_t(MemoryLayout<Int32>.size)
    return unsafe getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &code, &size) == 0 ? code : errno
  }
}

/// `linux/in6.h`, which Swift's Glibc leaves out.
private let IPV6_TRANSPARENT: Int32 = 75

/// `linux/in.h`, the same.
private let IP_MINTTL: Int32 = 21

/// `linux/in6.h`, the same.
private let IPV6_MINHOPCOUNT: Int32 = 73
