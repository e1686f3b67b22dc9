internal import CLinux
internal import EventLoop
internal import Glibc

/// Where a stream socket listens or connects to: an internet address or a UNIX-domain path.
public enum SocketAddress: Hashable, Sendable {
  /// IPv4 or IPv6.
  case internet(InternetAddress)
  /// A socket in the file system; with a leading `@`, a name in Linux's abstract namespace. An empty
  /// path is a socket without a name.
  case unix(path: String)

  /// What kind of address it is.
  public var domain: SocketDomain {
    switch self {
    case .internet(let address): .internet(address.family)
    case .unix: .unix
    }
  }

  /// The internet address, if it is one.
  public var internetAddress: InternetAddress? {
    guard case .internet(let address) = self else { return nil }
    return address
  }
}

/// What kind of address a socket has.
public enum SocketDomain: Hashable, Sendable {
  /// A version of IP.
  case internet(InternetFamily)
  /// UNIX-domain.
  case unix

  /// As CLinux wants it.
  var code: UInt8 {
    switch self {
    case .internet(let family): family.rawValue
    case .unix: 1
    }
  }

  init?(code: Int32) {
    if code == 1 {
      self = .unix
      return
    }
    guard let family = InternetFamily(rawValue: UInt8(clamping: code)) else { return nil }
    self = .internet(family)
  }
}

extension SocketAddress: CustomStringConvertible {
  /// The internet address with its port, or `unix:` and the path.
  public var description: String {
    switch self {
    case .internet(let address): address.description
    case .unix(let path): "unix:\(path)"
    }
  }
}

extension SocketAddress {
  /// Which end of a connection is meant.
  enum End {
    case local
    case peer
  }

  /// The address that the kernel has for one end of the socket.
  init(ofSocket descriptor: Int32, _ domain: SocketDomain, end: End) throws(SystemError) {
    guard case .internet(let family) = domain else {
      var name = [CChar](repeating: 0, count: 108)
      let count = try Syscalls.retrying("getsockname") {
        unsafe crimp_unix_name(descriptor, end == .peer ? 1 : 0, &name)
      }
      self.init(name: name.prefix(count).map(UInt8.init(bitPattern:)))
      return
    }
    var form = crimp_internet_address()
    _ = try Syscalls.retrying("getsockname") {
      switch end {
      case .local: unsafe crimp_internet_name(descriptor, &form)
      case .peer: unsafe crimp_internet_peer(descriptor, &form)
      }
    }
    self = .internet(InternetAddress(form) ?? InternetAddress(family.unspecified, port: 0))
  }

  /// The address that a UNIX socket's name, as the kernel has it, stands for.
  init(name: [UInt8]) {
    self = .unix(path: Self.path(name))
  }

  private static func path(_ bytes: [UInt8]) -> String {
    guard bytes.first == 0 else { return String(decoding: bytes, as: UTF8.self) }
    return "@" + String(decoding: bytes.dropFirst(), as: UTF8.self)
  }

  /// The path as the kernel wants it: an abstract name begins with a null byte.
  static func kernelPath(_ path: String) -> [CChar] {
    var bytes = path.utf8.map { CChar(bitPattern: $0) }
    if path.utf8.first == UInt8(ascii: "@") { bytes[0] = 0 }
    return bytes
  }

  /// `bind(2)`.
  func bind(_ descriptor: Int32) throws(SystemError) {
    _ = try Syscalls.retrying("bind") {
      unsafe call(descriptor, crimp_internet_bind, crimp_unix_bind)
    }
  }

  /// `connect(2)`: 0, or the error number; `EINPROGRESS` while it goes on.
  func connect(_ descriptor: Int32) -> Int32 {
    while unsafe call(descriptor, crimp_internet_connect, crimp_unix_connect) != 0 {
      let code = errno
      guard code == EINTR else { return code }
    }
    return 0
  }

  @unsafe private func call(
    _ descriptor: Int32,
    _ internet: (Int32, UnsafePointer<crimp_internet_address>?) -> Int32,
    _ unix: (Int32, UnsafePointer<CChar>?, Int) -> Int32
  ) -> Int32 {
    switch self {
    case .internet(let address):
      var form = address.kernelForm
      return unsafe internet(descriptor, &form)
    case .unix(let path):
      let bytes = Self.kernelPath(path)
      return unsafe unix(descriptor, bytes, bytes.count)
    }
  }
}
