import EventLoop
import Glibc
import LinkLayer
import Machines
import ServiceProbes
import Sockets

extension PortVerdict.State {
  /// The state as JSON and people have it.
  var word: String {
    switch self {
    case .open: "open"
    case .closed: "closed"
    case .filtered: "filtered"
    case .silent: "no answer"
    case .unreachable: "unreachable"
    }
  }
}

extension PortVerdict {
  /// The state and what it rests upon, the same for all ports that fared alike.
  func words(of port: CheckedPort, at host: CheckedHost) -> String {
    switch reason {
    case .accepted, .answered: "open"
    case .refused: "closed: connection refused"
    case .icmp(let report): "\(state.word): \(report.words)\(saying(report, host))"
    case .local(let code): "unreachable: \(Self.words(of: code))"
    case .silence:
      port.transport == .tcp
        ? "no answer: filtered, or the host is away" : "no answer: open or filtered"
    }
  }

  /// Who sent the message, when it is not the host itself.
  private func saying(_ report: UnreachableReport, _ host: CheckedHost) -> String {
    guard let reporter = report.reporter else { return "" }
    return state == .closed && reporter == host.address.address ? "" : ", says \(reporter)"
  }

  private static func words(of code: Int32) -> String {
    switch code {
    case ENETUNREACH: "this host has no route there"
    case EHOSTUNREACH: "no neighbour answers for the host or its gateway"
    case EPERM, EACCES: "this host's own firewall or policy forbids it"
    case EADDRNOTAVAIL, EADDRINUSE: "this host has no free port to ask from"
    case EAFNOSUPPORT: "this host does not speak that version of IP"
    case EMFILE, ENFILE: "this host has no free descriptor to ask by"
    default: SystemError(errno: code, operation: "connect").reason
    }
  }
}

extension Duration {
  /// The duration in milliseconds, with as many digits as a round trip is worth.
  var roundTripWords: String {
    let milliseconds = milliseconds
    return "\(milliseconds.rounded(to: milliseconds < 10 ? 2 : milliseconds < 100 ? 1 : 0)) ms"
  }
}
