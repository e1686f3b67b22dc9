import EventLoop
import Glibc
import LinkLayer
import Sockets

/// Addresses and calls as socat's messages have them.
enum SocatWords {
  /// The system's words for an error number.
  static func reason(_ code: Int32) -> String {
    SystemError(errno: code, operation: "").reason
  }

  /// `AF=2 127.0.0.1:80`, `AF=10 [0000:…:0001]:80`, `AF=1 "/path"`.
  static func address(_ address: SocketAddress) -> String {
    switch address {
    case .internet(let internet):
      let family = internet.address.isIPv6 ? AF_INET6 : AF_INET
      return "AF=\(family) \(host(internet)):\(internet.port)"
    case .unix(let path): return "AF=\(AF_UNIX) \"\(name(path))\""
    }
  }

  /// An address without its port: IPv6 in brackets, with every digit.
  static func host(_ internet: InternetAddress) -> String {
    guard case .v6(let address) = internet.address else { return "\(internet.address)" }
    let groups = (0..<8).map { index in
      let half = index < 4 ? address.high : address.low
      let group = String(half >> UInt64(48 - 16 * (index % 4)) & 0xffff, radix: 16)
      return String(repeating: "0", count: 4 - group.count) + group
    }
    return "[\(groups.joined(separator: ":"))]"
  }

  /// A UNIX socket's name: `<anon>` without one, `\0` before an abstract one.
  static func name(_ path: String) -> String {
    let path = path.prefix { $0 != "\0" }
    guard !path.isEmpty else { return "<anon>" }
    return path.hasPrefix("@") ? "\\0" + path.dropFirst() : String(path)
  }

  /// How many bytes the address has for the kernel.
  static func byteCount(_ address: SocketAddress) -> Int {
    switch address {
    case .internet(let internet): internet.address.isIPv6 ? 28 : 16
    case .unix(let path): path.utf8.count + 2
    }
  }

  /// A number to base 8, with a 0 before it.
  static func octal(_ number: Int32) -> String { "0" + String(number, radix: 8) }

  /// Permissions: four digits.
  static func mode(_ number: Int64) -> String {
    let digits = String(number, radix: 8)
    return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }
}
