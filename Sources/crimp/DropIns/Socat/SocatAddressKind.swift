import AddressSpecifications

/// What opens an address of a type, and which options it takes here: all that is in no row is refused by
/// name, never passed over.
enum SocatAddressKind: Hashable {
  /// `STDIO`, `STDIN`, `STDOUT`, `STDERR`.
  case standard
  /// `FD`, and a number alone.
  case descriptor
  case open
  case create
  /// `GOPEN`, and a path alone.
  case anyFile
  case pipe
  /// TCP and UNIX, as a client.
  case connect
  /// TCP and UNIX, as a server.
  case listen
  /// TLS, as a client.
  case secure
  /// TLS, as a server.
  case secureListen
  /// Datagrams.
  case datagrams
  /// Datagrams, of which the first says from whom.
  case firstDatagram
  /// `EXEC`, `SYSTEM`.
  case program
  /// `PTY`.
  case terminal

  /// The kind of an address, whose options are all known.
  init(checking address: SingleAddress) throws(SocatFailure) {
    guard let kind = Self.kinds[address.type.name] else {
      throw SocatFailure("address type \"\(address.keyword)\" is not available in this socat")
    }
    self = kind
    let taken = kind.options(address.type.name)
    for option in address.options.all where !taken.contains(option.name) {
      throw SocatFailure(
        "option \"\(option.text.prefix { $0 != "=" })\" is not available in this socat with"
          + " address type \"\(address.type.name)\"")
    }
  }

  private static let kinds: [String: SocatAddressKind] = [
    "stdio": .standard, "stdin": .standard, "stdout": .standard, "stderr": .standard,
    "fd": .descriptor, "open": .open, "create": .create, "gopen": .anyFile, "pipe": .pipe,
    "tcp-connect": .connect, "tcp4-connect": .connect, "tcp6-connect": .connect,
    "unix-connect": .connect, "unix-client": .connect, "abstract-connect": .connect,
    "abstract-client": .connect,
    "tcp-listen": .listen, "tcp4-listen": .listen, "tcp6-listen": .listen,
    "unix-listen": .listen, "abstract-listen": .listen,
    "udp-connect": .datagrams, "udp4-connect": .datagrams, "udp6-connect": .datagrams,
    "udp-sendto": .datagrams, "udp4-sendto": .datagrams, "udp6-sendto": .datagrams,
    "udp-datagram": .datagrams, "udp4-datagram": .datagrams, "udp6-datagram": .datagrams,
    "udp-recv": .datagrams, "udp4-recv": .datagrams, "udp6-recv": .datagrams,
    "unix-sendto": .datagrams, "abstract-sendto": .datagrams, "unix-recv": .datagrams,
    "abstract-recv": .datagrams,
    "udp-listen": .firstDatagram, "udp4-listen": .firstDatagram, "udp6-listen": .firstDatagram,
    "udp-recvfrom": .firstDatagram, "udp4-recvfrom": .firstDatagram,
    "udp6-recvfrom": .firstDatagram, "unix-recvfrom": .firstDatagram,
    "abstract-recvfrom": .firstDatagram,
    "openssl": .secure, "openssl-listen": .secureListen,
    "exec": .program, "system": .program, "pty": .terminal,
  ]

  /// Whether an address starts a program, or one of two does.
  static func isProgram(_ specification: AddressSpecification) -> Bool {
    switch specification {
    case .single(let address): kinds[address.type.name] == .program
    case .dual(let reading, let writing):
      [reading, writing].contains { kinds[$0.type.name] == .program }
    }
  }

  /// Whether an address type is there.
  static func isAvailable(_ type: AddressType) -> Bool { kinds[type.name] != nil }

  /// The options that an address type takes here.
  static func options(of type: AddressType) -> Set<String> {
    kinds[type.name]?.options(type.name) ?? []
  }

  private func options(_ name: String) -> Set<String> {
    let sets: [SocatOptionSet]
    switch self {
    case .standard, .descriptor: sets = [.data, .descriptor, .position, .terminal]
    case .open: sets = [.data, .descriptor, .position, .named, .opening, .terminal]
    case .create: sets = [.data, .descriptor, .position, .named]
    case .anyFile: sets = [.data, .descriptor, .position, .named, .opening, .terminal]
    case .pipe: sets = [.data, .descriptor, .named, .opening]
    case .connect where name.hasPrefix("tcp"):
      sets = [.data, .descriptor, .socket, .internet, .tcp, .port, .connecting, .retrying]
    case .connect: sets = [.data, .descriptor, .named, .socket, .connecting, .retrying]
    case .listen where name.hasPrefix("tcp"):
      sets = [
        .data, .descriptor, .socket, .internet, .tcp, .port, .listening, .range, .serving,
        .retrying,
      ]
    case .listen: sets = [.data, .descriptor, .named, .socket, .listening, .serving, .retrying]
    case .secure:
      sets = [
        .data, .descriptor, .socket, .internet, .tcp, .port, .connecting, .retrying, .secure,
        .secureClient,
      ]
    case .secureListen:
      sets = [
        .data, .descriptor, .socket, .internet, .tcp, .port, .listening, .range, .serving,
        .retrying,
        .secure,
      ]
    case .datagrams where name.hasPrefix("udp"):
      sets = [.data, .descriptor, .socket, .internet, .port, .range, .messages, .groups]
    case .firstDatagram where name.hasPrefix("udp"):
      sets = [.data, .descriptor, .socket, .internet, .port, .range, .messages, .groups, .serving]
    case .datagrams: sets = [.data, .descriptor, .named, .socket, .messages]
    case .firstDatagram: sets = [.data, .descriptor, .named, .socket, .messages, .serving]
    case .program: sets = [.data, .program, .terminal]
    case .terminal: sets = [.data, .descriptor, .named, .terminal, .pseudoTerminal]
    }
    return sets.reduce(into: []) { $0.formUnion($1.names) }
  }
}

/// Options that one piece of code carries out.
struct SocatOptionSet {
  let names: Set<String>

  private init(_ names: String) {
    self.names = Set(names.split(separator: " ").map(String.init))
  }

  private init(_ names: some Sequence<String>) {
    self.names = Set(names)
  }

  /// What becomes of the bytes and of the end.
  static let data = SocatOptionSet(
    "cr crnl escape ignoreeof readbytes lockfile waitlock cool-write end-close shut-none shut-down"
      + " shut-close")
  /// What any open file has.
  static let descriptor = SocatOptionSet(
    "append async o-nonblock cloexec user group perm user-late group-late perm-late f-setlk-rd"
      + " f-setlk-wr f-setlkw-rd f-setlkw-wr flock-ex flock-ex-nb flock-sh flock-sh-nb ioctl-void"
      + " ioctl-int ioctl-intp ioctl-bin ioctl-string")
  /// Where in a file.
  static let position = SocatOptionSet(
    "lseek32-set lseek32-cur lseek32-end lseek64-set lseek64-cur lseek64-end ftruncate32 ftruncate64"
  )
  /// What stands in the file system.
  static let named = SocatOptionSet(
    "unlink unlink-early unlink-late unlink-close umask user-early group-early perm-early")
  /// Flags of open(2).
  static let opening = SocatOptionSet(SocatFileFlags.numbers.keys)
  /// Terminals.
  static let terminal = SocatOptionSet(SocatTerminalOptions.names)
  /// Sockets of any kind.
  static let socket = SocatOptionSet(
    SocatSocketOptions.names(.socket) + ["bind", "protocol-family", "so-bindtodevice", "so-linger"]
      + [
        "setsockopt", "setsockopt-bin", "setsockopt-int", "setsockopt-string", "setsockopt-listen",
      ]
      + ["unix-tightsocklen"])
  /// IP.
  static let internet = SocatOptionSet(
    SocatSocketOptions.names(.internet) + ["ip-options", "ip-transparent"])
  /// TCP.
  static let tcp = SocatOptionSet(SocatSocketOptions.names(.tcp))
  /// Ports.
  static let port = SocatOptionSet("sourceport lowport")
  /// Clients.
  static let connecting = SocatOptionSet("connect-timeout")
  /// Servers.
  static let listening = SocatOptionSet("backlog accept-timeout")
  /// Who may come.
  static let range = SocatOptionSet("range")
  /// Many clients at once.
  static let serving = SocatOptionSet("fork max-children")
  /// TLS.
  static let secure = SocatOptionSet(
    "openssl-verify openssl-cafile openssl-capath openssl-certificate openssl-key"
      + " openssl-cipherlist openssl-commonname openssl-min-proto-version openssl-max-proto-version"
  )
  /// TLS, as a client.
  static let secureClient = SocatOptionSet("openssl-snihost openssl-no-sni")
  /// Messages.
  static let messages = SocatOptionSet("null-eof shut-null")
  /// Groups of receivers.
  static let groups = SocatOptionSet("ip-add-membership ipv6-join-group ip-multicast-if")
  /// Programs.
  static let program = SocatOptionSet(
    "pipes pty openpty ptmx stderr setsid setpgid tiocsctty fdin fdout path dash sighup sigint sigquit"
  )
  /// Pseudo-terminals.
  static let pseudoTerminal = SocatOptionSet(
    "symbolic-link pty-wait-slave pty-interval openpty ptmx")
  /// Again and again.
  static let retrying = SocatOptionSet("retry interval forever")
}
