import AddressSpecifications
import EventLoop
import Sockets

/// Options that are calls of setsockopt(2): which, and when.
enum SocatSocketOptions {
  /// Which protocol has them.
  enum Layer {
    case socket
    case internet
    case tcp
  }

  /// At which point a socket gets them.
  enum Moment {
    /// Before it has an address.
    case made
    /// When it is connected.
    case connected
  }

  private struct Row {
    var layer: Layer
    var level: Int32
    var number: Int32
    var moment = Moment.made
  }

  /// Numbers of `asm-generic/socket.h`, `linux/in.h`, `linux/in6.h` and `linux/tcp.h`.
  private static let rows: [String: Row] = [
    "so-debug": Row(layer: .socket, level: 1, number: 1),
    "so-reuseaddr": Row(layer: .socket, level: 1, number: 2),
    "so-dontroute": Row(layer: .socket, level: 1, number: 5),
    "so-broadcast": Row(layer: .socket, level: 1, number: 6),
    "so-sndbuf": Row(layer: .socket, level: 1, number: 7),
    "so-rcvbuf": Row(layer: .socket, level: 1, number: 8),
    "so-keepalive": Row(layer: .socket, level: 1, number: 9),
    "so-oobinline": Row(layer: .socket, level: 1, number: 10),
    "so-no-check": Row(layer: .socket, level: 1, number: 11),
    "so-priority": Row(layer: .socket, level: 1, number: 12),
    "so-reuseport": Row(layer: .socket, level: 1, number: 15),
    "so-passcred": Row(layer: .socket, level: 1, number: 16),
    "so-rcvlowat": Row(layer: .socket, level: 1, number: 18),
    "so-sndlowat": Row(layer: .socket, level: 1, number: 19),
    "so-sndbuf-late": Row(layer: .socket, level: 1, number: 7, moment: .connected),
    "so-rcvbuf-late": Row(layer: .socket, level: 1, number: 8, moment: .connected),
    "ip-tos": Row(layer: .internet, level: 0, number: 1),
    "ip-ttl": Row(layer: .internet, level: 0, number: 2),
    "ip-mtu-discover": Row(layer: .internet, level: 0, number: 10),
    "ip-freebind": Row(layer: .internet, level: 0, number: 15),
    "ip-multicast-ttl": Row(layer: .internet, level: 0, number: 33),
    "ip-multicast-loop": Row(layer: .internet, level: 0, number: 34),
    "ipv6-unicast-hops": Row(layer: .internet, level: 41, number: 16),
    "ipv6-v6only": Row(layer: .internet, level: 41, number: 26),
    "ipv6-tclass": Row(layer: .internet, level: 41, number: 67),
    "tcp-nodelay": Row(layer: .tcp, level: 6, number: 1),
    "tcp-maxseg": Row(layer: .tcp, level: 6, number: 2),
    "tcp-cork": Row(layer: .tcp, level: 6, number: 3),
    "tcp-keepidle": Row(layer: .tcp, level: 6, number: 4),
    "tcp-keepintvl": Row(layer: .tcp, level: 6, number: 5),
    "tcp-keepcnt": Row(layer: .tcp, level: 6, number: 6),
    "tcp-syncnt": Row(layer: .tcp, level: 6, number: 7),
    "tcp-linger2": Row(layer: .tcp, level: 6, number: 8),
    "tcp-defer-accept": Row(layer: .tcp, level: 6, number: 9),
    "tcp-window-clamp": Row(layer: .tcp, level: 6, number: 10),
    "tcp-quickack": Row(layer: .tcp, level: 6, number: 12),
    "tcp-maxseg-late": Row(layer: .tcp, level: 6, number: 2, moment: .connected),
  ]

  /// The options of a layer that are here.
  static func names(_ layer: Layer) -> [String] {
    rows.filter { $0.value.layer == layer }.map(\.key)
  }

  /// What an option sets at a moment; nil when it sets nothing then.
  static func setting(_ option: AddressOption, at moment: Moment) -> SocketSetting? {
    if let row = rows[option.name], case .number(let number) = option.value {
      guard row.moment == moment else { return nil }
      return SocketSetting(level: row.level, name: row.number, Int32(truncatingIfNeeded: number))
    }
    switch (option.name, option.value) {
    case ("setsockopt-listen", .call(let numbers, let argument)) where moment == .made:
      return call(numbers, argument)
    case ("setsockopt", .call(let numbers, let argument)),
      ("setsockopt-bin", .call(let numbers, let argument)),
      ("setsockopt-int", .call(let numbers, let argument)),
      ("setsockopt-string", .call(let numbers, let argument)):
      return moment == .connected ? call(numbers, argument) : nil
    case (_, _) where moment == .connected: return nil
    case ("so-bindtodevice", .text(let name)):
      return SocketSetting(level: 1, name: 25, bytes: Array(name.utf8) + [0])
    case ("so-linger", .number(let seconds)):
      let second = SocketSetting.bytes(of: Int32(truncatingIfNeeded: seconds))
      return SocketSetting(level: 1, name: 13, bytes: SocketSetting.bytes(of: 1) + second)
    case ("ip-options", .data(let bytes)): return SocketSetting(level: 0, name: 4, bytes: bytes)
    case ("ip-transparent", .number(let number)):
      return SocketSetting(level: 0, name: 19, number == 0 ? 0 : 1)
    default: return nil
    }
  }

  private static func call(
    _ numbers: [Int64], _ argument: OptionValue.CallArgument
  ) -> SocketSetting? {
    guard numbers.count == 2 else { return nil }
    let (level, name) = (
      Int32(truncatingIfNeeded: numbers[0]), Int32(truncatingIfNeeded: numbers[1])
    )
    switch argument {
    case .none: return SocketSetting(level: level, name: name, bytes: [])
    case .number(let number):
      return SocketSetting(level: level, name: name, Int32(truncatingIfNeeded: number))
    case .text(let text):
      return SocketSetting(level: level, name: name, bytes: Array(text.utf8) + [0])
    case .data(let bytes): return SocketSetting(level: level, name: name, bytes: bytes)
    }
  }
}

extension SocatOpener {
  /// Sets what the options want of a socket at a moment.
  func apply(
    _ options: AddressOptions, to descriptor: Int32, at moment: SocatSocketOptions.Moment
  ) throws(SocatFailure) {
    for option in options.all {
      guard let setting = SocatSocketOptions.setting(option, at: moment) else { continue }
      try attempt { () throws(SocatFailure) in
        do throws(SystemError) {
          try setting.apply(to: descriptor)
        } catch {
          let value = option.value
          let shown = if case .number(let number) = value { "\(number)" } else { option.text }
          throw SocatFailure(
            "setsockopt(\(descriptor), \(setting.level), \(setting.name), {\(shown)},"
              + " \(setting.value.count))", error)
        }
      }
    }
  }
}
