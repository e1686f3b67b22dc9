import Drivers
import EventLoop
import Glibc
import Machines
import Sockets

/// `nc -z` over several ports, or over UDP: all are asked at once, and told of in their order.
///
/// UDP ports are asked what their services answer, so that `succeeded` is said of those alone of which
/// something came back.
struct NetcatScan {
  private let session: NetcatSession
  private let ports: [UInt16]
  private var options: NetcatOptions { session.options }

  /// Whether the ports can be asked at once: nothing asks for a socket of its own kind, or for pauses.
  static func suits(_ options: NetcatOptions, _ ports: [UInt16]) -> Bool {
    let isPlain =
      !options.usesDCCP && options.proxy == nil && !options.passesDescriptor
      && options.sourcePort == nil && options.interval == 0 && !options.allowsBroadcast
      && !options.isDebugging && options.signature == nil && options.typeOfService == nil
      && options.hopLimit == nil && options.leastHopLimit == nil
      && options.receiveBufferByteCount == nil && options.sendBufferByteCount == nil
    return options.scans && isPlain && (options.usesDatagrams || ports.count > 1)
  }

  init(_ session: NetcatSession, _ ports: [UInt16]) {
    self.session = session
    self.ports = ports
  }

  /// Returns the exit status.
  func run() async throws(Exit) -> Int32 {
    // The resolver's order is the order in which the addresses are tried.
    let addresses = try session.addresses(ofPort: ports[0])
    var status = NetcatScanStatus(usesDatagrams: options.usesDatagrams)
    guard addresses.count > 1 else {
      for address in addresses {
        try await ask(address, ports) { port, verdict in
          self.tell(address, port, verdict)
          status.note(verdict.state)
        }
      }
      return status.value
    }
    var tries: [UInt16: [(InternetAddress, PortVerdict)]] = [:]
    var rest = ports
    for address in addresses where !rest.isEmpty {
      var unreached: [UInt16] = []
      try await ask(address, rest) { port, verdict in
        tries[port, default: []].append((address, verdict))
        if self.leavesOthers(verdict) { unreached.append(port) }
      }
      rest = unreached
    }
    for port in ports {
      for (address, verdict) in tries[port] ?? [] { tell(address, port, verdict) }
      if let last = tries[port]?.last { status.note(last.1.state) }
    }
    return status.value
  }

  /// Whether the next address of the host is asked as well: for UDP any address that can be sent to will
  /// do.
  private func leavesOthers(_ verdict: PortVerdict) -> Bool {
    options.usesDatagrams ? verdict.state == .unreachable : verdict.state != .open
  }

  // MARK: Asking

  /// Asks the ports of one address, and hands each verdict over in the order of the ports.
  private func ask(
    _ address: InternetAddress, _ ports: [UInt16],
    _ onVerdict: @escaping (UInt16, PortVerdict) -> Void
  ) async throws(Exit) {
    var distinct: [UInt16] = []
    var seen = Set<UInt16>()
    for port in ports where seen.insert(port).inserted { distinct.append(port) }
    let transport = options.usesDatagrams ? PortTransport.udp : .tcp
    var verdicts: [UInt16: PortVerdict] = [:]
    var next = 0
    let checker = PortChecker(on: session.loop, options: try checkerOptions(for: address))
    do throws(SystemError) {
      try await checker.run([address], distinct.map { CheckedPort($0, transport) }) { result in
        verdicts[distinct[result.port]] = result.verdict
        while next < ports.count, let verdict = verdicts[ports[next]] {
          onVerdict(ports[next], verdict)
          next += 1
        }
      }
    } catch {
      if error.errno == EADDRNOTAVAIL { throw session.messages.fail("bind failed", error) }
      throw session.messages.fail(nil, error)
    }
  }

  private func checkerOptions(
    for address: InternetAddress
  ) throws(Exit) -> PortChecker.Options {
    var result = PortChecker.Options()
    // The kernel's own patience, which nobody has for UDP.
    result.tcp.patience = .seconds(options.timeout.flatMap { $0 > 0 ? $0 : nil } ?? 127)
    result.udp.patience = .seconds(max(1, options.timeout ?? 3))
    guard let source = options.source else { return result }
    var question = session.question(isPassive: true)
    question.family = .internet(address.family)
    do throws(NetcatNames.Failure) {
      result.sources = try NetcatNames.addresses(source, service: nil, question)
    } catch {
      throw session.messages.fail("getaddrinfo: \(error.reason)")
    }
    return result
  }

  // MARK: Telling

  private func tell(_ host: InternetAddress, _ port: UInt16, _ verdict: PortVerdict) {
    var address = host
    address.port = port
    let report = NetcatReport(session)
    switch (verdict.state, options.usesDatagrams) {
    case (.open, _): report.succeeded(address)
    case (.silent, true): report.silent(address)
    case (.silent, false):
      let isLate = options.timeout.map { $0 > 0 } ?? false
      report.failed(
        address, isLate ? "timed out" : "failed", Self.words(isLate ? EINPROGRESS : ETIMEDOUT))
    // The original says nothing of a UDP port that is closed.
    case (.closed, true): break
    case (.closed, false), (.filtered, _), (.unreachable, _):
      report.failed(address, "failed", Self.words(verdict.errorNumber))
    }
  }

  private static func words(_ code: Int32) -> String {
    SystemError(errno: code, operation: "connect").reason
  }
}

/// The exit status of a scan: with TCP one open port makes it good, with UDP the last port decides.
private struct NetcatScanStatus {
  let usesDatagrams: Bool
  private(set) var value: Int32 = 1

  init(usesDatagrams: Bool) {
    self.usesDatagrams = usesDatagrams
  }

  mutating func note(_ state: PortVerdict.State) {
    switch state {
    case .open: value = 0
    // Nothing proves that it is closed: the original has no doubts.
    case .silent where usesDatagrams: value = 0
    case .closed where usesDatagrams, .filtered where usesDatagrams: value = 1
    case .silent, .closed, .filtered, .unreachable: break
    }
  }
}

extension PortVerdict {
  /// What `connect(2)` would have failed with.
  fileprivate var errorNumber: Int32 {
    switch reason {
    case .local(let errno): errno
    case .icmp(let report): report.errorNumber
    case .refused, .accepted, .answered, .silence: ECONNREFUSED
    }
  }
}

extension UnreachableReport {
  /// The number of `errno(3)` that Linux makes of the message.
  fileprivate var errorNumber: Int32 {
    if isPortUnreachable { return ECONNREFUSED }
    if isVersion6 {
      switch code {
      case 0: return ENETUNREACH
      case 1, 5, 6: return EACCES
      default: return EHOSTUNREACH
      }
    }
    switch code {
    case 0, 6, 9, 11: return ENETUNREACH
    case 2: return ENOPROTOOPT
    case 5: return EOPNOTSUPP
    case 7: return EHOSTDOWN
    case 8: return ENONET
    default: return EHOSTUNREACH
    }
  }
}
