import Machines

/// The names of ports, as `/etc/services` has them. services(5).
struct ServiceNames: Sendable {
  private var names: [CheckedPort: String] = [:]
  private var ports: [String: [CheckedPort]] = [:]

  /// Reads `text`: lines of a name, a port with its protocol, and other names; comments begin with #.
  init(parsing text: String) {
    for line in text.split(separator: "\n") {
      let fields = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard fields.count >= 2, let port = Self.port(fields[1]) else { continue }
      if names[port] == nil { names[port] = String(fields[0]) }
      for name in [fields[0]] + fields[2...] { ports[String(name), default: []].append(port) }
    }
  }

  /// What this host's `/etc/services` says; nothing where there is none.
  static func ofThisHost() -> ServiceNames {
    do throws(CommandFailure) {
      let bytes = try WholeFile.bytes(at: "/etc/services")
      return ServiceNames(parsing: String(decoding: bytes, as: UTF8.self))
    } catch {
      return ServiceNames(parsing: "")
    }
  }

  /// The usual name of the port.
  func name(of port: CheckedPort) -> String? { names[port] }

  /// The port of the service of this name, of `transport` when it has one there, else of the other.
  func port(named name: String, preferring transport: PortTransport) -> CheckedPort? {
    let candidates = ports[name] ?? []
    return candidates.first { $0.transport == transport } ?? candidates.first
  }

  private static func port(_ field: Substring) -> CheckedPort? {
    let parts = field.split(separator: "/")
    guard parts.count == 2, let number = UInt16(parts[0]), number > 0,
      let transport = PortTransport.allCases.first(where: { $0.description == parts[1] })
    else { return nil }
    return CheckedPort(number, transport)
  }
}
