internal import Glibc
internal import LinkLayer

/// A process that has a socket, as `/proc` tells it.
public struct SocketOwner: Hashable, Sendable {
  /// The process.
  public let process: Int32
  /// The program that it runs (`/proc/PID/comm`, at most 15 bytes).
  public let name: String

  /// Who is bound to an address, or to all addresses of this host with its port, and waits for peers.
  ///
  /// - Parameter usesDatagrams: whether sockets of UDP are meant, not of TCP.
  /// - Returns: none when nobody is, or when it cannot be known: of other users' processes root alone may
  ///   see what they have open, and a socket may belong to another container.
  public static func waiting(
    at address: SocketAddress, usesDatagrams: Bool = false
  ) -> [SocketOwner] {
    let inodes =
      switch address {
      case .internet(let address):
        (usesDatagrams ? ["udp", "udp6"] : ["tcp", "tcp6"]).flatMap { name in
          WaitingSocket.all(inTable: ProcessFiles.table(name)).lazy
            .filter { $0.conflicts(with: address) }.map(\.inode)
        }
      case .unix(let path):
        WaitingSocket.inodes(ofPath: path, inUnixTable: ProcessFiles.table("unix"))
      }
    return ProcessFiles.owners(ofSockets: inodes)
  }
}

/// A line of `/proc/net/tcp`, `udp` or their namesakes of IPv6 (proc(5)) whose socket is bound and has no peer.
struct WaitingSocket: Hashable {
  /// Where it is bound; an IPv4 address that an IPv6 socket has is one of IPv4.
  var address: InternetAddress
  /// What its descriptors are called.
  var inode: UInt64

  /// The sockets of a table that have no peer. Lines that are not understood are passed over.
  static func all(inTable text: String) -> [WaitingSocket] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      // sl, local address, remote address, state, and the inode after five more.
      guard words.count > 9, let address = address(words[1]), address.port > 0,
        Self.address(words[2])?.port == 0, let inode = UInt64(words[9])
      else { return nil }
      return WaitingSocket(address: address, inode: inode)
    }
  }

  /// The inodes of the sockets that are bound to a path, `@` before an abstract name.
  static func inodes(ofPath path: String, inUnixTable text: String) -> [UInt64] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ", maxSplits: 7)
      return words.count == 8 && words[7] == path ? UInt64(words[6]) : nil
    }
  }

  /// Whether nobody else can be bound to `address` because of this one.
  func conflicts(with address: InternetAddress) -> Bool {
    guard self.address.port == address.port else { return false }
    let (own, other) = (self.address.address, address.address)
    // One of IPv6 may have taken all of IPv4 too.
    return own == other || Self.isAny(own) || Self.isAny(other) && own.isIPv6 == other.isIPv6
  }

  private static func isAny(_ address: IPAddress) -> Bool {
    address == .v4(.unspecified) || address == .v6(.unspecified)
  }

  /// `0100007F:0016`: the address as numbers of 32 bits, each in the host's byte order.
  private static func address(_ word: Substring) -> InternetAddress? {
    let parts = word.split(separator: ":")
    guard parts.count == 2, let port = UInt16(parts[1], radix: 16) else { return nil }
    let digits = Array(parts[0])
    guard digits.count == 8 || digits.count == 32 else { return nil }
    var words: [UInt32] = []
    for start in stride(from: 0, to: digits.count, by: 8) {
      guard let word = UInt32(String(digits[start..<(start + 8)]), radix: 16) else { return nil }
      words.append(UInt32(bigEndian: word))
    }
    if words.count == 1 { return InternetAddress(.v4(IPv4Address(rawValue: words[0])), port: port) }
    let high = UInt64(words[0]) << 32 | UInt64(words[1])
    let low = UInt64(words[2]) << 32 | UInt64(words[3])
    return InternetAddress(.v6(IPv6Address(high: high, low: low)), port: port)
  }
}

/// What `/proc` says of processes.
private enum ProcessFiles {
  /// The processes that have one of the sockets open, by their numbers.
  static func owners(ofSockets inodes: [UInt64]) -> [SocketOwner] {
    guard !inodes.isEmpty else { return [] }
    let wanted = Set(inodes.map { Array("socket:[\($0)]".utf8) })
    var owners: [SocketOwner] = []
    for process in names(in: "/proc").compactMap({ Int32($0) }).sorted() {
      let directory = "/proc/\(process)/fd"
      guard names(in: directory).contains(where: { wanted.contains(link("\(directory)/\($0)")) })
      else { continue }
      let name = text("/proc/\(process)/comm")?.prefix { $0 != "\n" } ?? "?"
      owners.append(SocketOwner(process: process, name: String(name)))
    }
    return owners
  }

  /// One of the kernel's tables of sockets; empty when there is none.
  static func table(_ name: String) -> String { text("/proc/thread-self/net/\(name)") ?? "" }

  private static func text(_ path: String) -> String? {
    let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = unsafe read(file, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
      bytes += buffer[..<count]
    }
  }

  private static func names(in directory: String) -> [String] {
    guard let stream = unsafe opendir(directory) else { return [] }
    defer { unsafe _ = closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      names.append(
        unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
          unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        })
    }
    return names
  }

  private static func link(_ path: String) -> [UInt8] {
    var target = [CChar](repeating: 0, count: 64)
    let count = unsafe readlink(path, &target, target.count)
    return target.prefix(max(0, count)).map(UInt8.init(bitPattern:))
  }
}
