internal import Glibc
internal import LinkLayer

/// A process that has a socket, as `/proc` tells it.
public struct SocketOwner: Hashable, Sendable {
  /// The process.
  public let process: Int32
  /// The program that it runs (`/proc/PID/comm`, at most 15 bytes).
  public let name: String

  /// Who listens at an address, or at all addresses of this host with its port.
  ///
  /// - Returns: nil when nobody does, or when it cannot be known: of other users' processes root alone may
  ///   see what they have open, and a socket may belong to another container.
  public static func listening(at address: SocketAddress) -> SocketOwner? {
    switch address {
    case .internet(let address):
      let tables = ["tcp", "tcp6"].compactMap { ProcessFiles.text("/proc/thread-self/net/\($0)") }
      let sockets = tables.flatMap(ListeningSocket.all(inTable:))
      let conflicting = sockets.filter { $0.conflicts(with: address) }
      return conflicting.lazy.compactMap { ProcessFiles.owner(ofSocket: $0.inode) }.first
    case .unix(let path):
      guard let table = ProcessFiles.text("/proc/thread-self/net/unix"),
        let inode = ListeningSocket.inode(ofPath: path, inUnixTable: table)
      else { return nil }
      return ProcessFiles.owner(ofSocket: inode)
    }
  }
}

/// A line of `/proc/net/tcp` or `/proc/net/tcp6` (proc(5)) whose socket listens.
struct ListeningSocket: Hashable {
  /// Where it listens; an IPv4 address that an IPv6 socket has is one of IPv4.
  var address: InternetAddress
  /// What its descriptors are called.
  var inode: UInt64

  /// The sockets of a table that listen. Lines that are not understood are passed over.
  static func all(inTable text: String) -> [ListeningSocket] {
    text.split(separator: "\n").compactMap { line in
      let words = line.split(separator: " ")
      // sl, local address, remote address, state, and the inode after five more.
      guard words.count > 9, words[3] == "0A", let inode = UInt64(words[9]),
        let address = address(words[1])
      else { return nil }
      return ListeningSocket(address: address, inode: inode)
    }
  }

  /// The inode of the socket that listens at a path, `@` before an abstract name.
  static func inode(ofPath path: String, inUnixTable text: String) -> UInt64? {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ", maxSplits: 7)
      // The flags say whether it listens (__SO_ACCEPTCON).
      guard words.count == 8, words[7] == path, words[3] == "00010000" else { continue }
      return UInt64(words[6])
    }
    return nil
  }

  /// Whether nobody else can listen at `address` because of this one.
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
  /// The first process that has a socket open.
  static func owner(ofSocket inode: UInt64) -> SocketOwner? {
    let wanted = Array("socket:[\(inode)]".utf8)
    for process in names(in: "/proc").compactMap({ Int32($0) }) {
      let directory = "/proc/\(process)/fd"
      guard names(in: directory).contains(where: { link("\(directory)/\($0)") == wanted }) else {
        continue
      }
      let name = text("/proc/\(process)/comm")?.prefix { $0 != "\n" } ?? "?"
      return SocketOwner(process: process, name: String(name))
    }
    return nil
  }

  static func text(_ path: String) -> String? {
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
