import EventLoop
import Glibc
import Relay
import Sockets

/// `nc`, in OpenBSD's dialect as Debian has it: bytes from standard input to a connection, and back.
enum Netcat {
  /// Runs the command line and returns the exit status: 1 when nothing could be connected to.
  static func run(program: String, _ arguments: [String]) -> Int32 {
    let messages = NetcatMessages(program, Console())
    do throws(Exit) {
      StandardStreams.occupyNumbers()
      let options = try NetcatOptions(parsing: arguments, program: program, messages)
      let session = try NetcatSession(options, messages)
      if options.listens { return try NetcatListener(session).run() }
      return try NetcatClient(session).run()
    } catch {
      return error.status
    }
  }
}

/// What the parts of one run share.
final class NetcatSession {
  let options: NetcatOptions
  let messages: NetcatMessages
  let loop: EventLoop
  let engine: RelayEngine
  /// How many packets may still be received (`-W`).
  var receiveBudget: Int

  init(_ options: NetcatOptions, _ messages: NetcatMessages) throws(Exit) {
    self.options = options
    self.messages = messages
    receiveBudget = options.receiveLimit ?? .max
    do throws(SystemError) {
      loop = try EventLoop()
    } catch {
      throw messages.fail(nil, error)
    }
    engine = RelayEngine(on: loop)
  }

  /// The most bytes of standard input that one datagram takes.
  static let chunkByteCount = 16_384

  /// The addresses of the host that is to be connected to.
  func addresses(ofPort port: UInt16) throws(Exit) -> [InternetAddress] {
    let host = options.host ?? ""
    do throws(NetcatNames.Failure) {
      return try NetcatNames.addresses(host, service: String(port), question())
    } catch {
      throw messages.fail("getaddrinfo for host \"\(host)\" port \(port): \(error.reason)")
    }
  }

  /// What sockets are to be.
  var streamOptions: StreamOptions {
    var result = StreamOptions()
    result.isDebugged = options.isDebugging
    result.typeOfService = options.typeOfService
    // The kernel doubles what it is asked for; these count what it has.
    result.receiveBufferByteCount = options.receiveBufferByteCount.map { 2 * $0 }
    result.sendBufferByteCount = options.sendBufferByteCount.map { 2 * $0 }
    result.hopLimit = options.hopLimit
    result.leastHopLimit = options.leastHopLimit
    result.signature = options.signature
    return result
  }

  /// How the resolver is asked.
  func question(isPassive: Bool = false) -> NetcatNames.Question {
    NetcatNames.Question(
      family: options.family, usesDatagrams: options.usesDatagrams, isNumeric: options.isNumeric,
      isPassive: isPassive)
  }

  /// An option or an address that a socket was refused ends the program; nil for what does not.
  func fatal(_ error: SystemError) -> Exit? {
    switch error.operation.description {
    case "bind": messages.fail("bind failed", error)
    case "setsockopt IP_TOS": messages.fail("set IP ToS", error)
    case "setsockopt IPV6_TCLASS": messages.fail("set IPv6 traffic class", error)
    case "setsockopt SO_RCVBUF": messages.fail("set TCP receive buffer size", error)
    case "setsockopt SO_SNDBUF": messages.fail("set TCP send buffer size", error)
    case "setsockopt IP_TTL": messages.fail("set IP TTL", error)
    case "setsockopt IPV6_UNICAST_HOPS": messages.fail("set IPv6 unicast hops", error)
    case "setsockopt IP_MINTTL": messages.fail("set IP min TTL", error)
    case "setsockopt IPV6_MINHOPCOUNT": messages.fail("set IPv6 min hop count", error)
    case let operation where operation.hasPrefix("setsockopt"): messages.fail(nil, error)
    default: nil
    }
  }

  /// What a socket may do needs no privilege any more.
  func dropPrivileges() {
    // Who has none has none to drop.
    _ = try? Privileges.dropAll()
  }
}
