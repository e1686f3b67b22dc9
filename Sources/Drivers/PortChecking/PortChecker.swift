public import EventLoop
public import Machines
internal import Glibc
public import Sockets

/// Checks ports of hosts over this host's sockets: TCP by connections, UDP by questions, both at once.
public final class PortChecker {
  /// How ports are checked.
  public struct Options: Sendable {
    /// How TCP ports are asked.
    public var tcp = SweepOptions.tcp
    /// How UDP ports are asked.
    public var udp = SweepOptions.udp
    /// The addresses to ask from, one a version of IP, their ports unused; none for the routes' choice.
    public var sources: [InternetAddress] = []
    /// The name of the only interface to ask by.
    public var interface: String?
    /// What every UDP port is asked; nil for what its number suggests.
    public var probe: DatagramProbe?

    /// The defaults.
    public init() {}

    func source(_ family: InternetFamily) -> InternetAddress? {
      sources.first { $0.family == family }
    }
  }

  /// One port's verdict, and whose it is.
  public struct Result: Sendable {
    /// The host's place among the hosts that were given.
    public var host: Int
    /// The port's place among the ports that were given.
    public var port: Int
    /// What was found out.
    public var verdict: PortVerdict
  }

  private let loop: EventLoop
  private let options: Options

  /// A checker that speaks by sockets of `loop`.
  public init(on loop: EventLoop, options: Options = Options()) {
    self.loop = loop
    self.options = options
  }

  /// Checks each of `ports` at each of `hosts`, and calls `onResult` with each verdict as it comes.
  ///
  /// - Parameters:
  ///   - hosts: each once; their ports are unused.
  ///   - ports: each once.
  ///   - nonce: what answers must repeat where their protocol can; a number that others cannot guess.
  /// - Throws: the error that keeps even the first socket from being opened, as `EADDRNOTAVAIL` for a
  ///   source that this host does not have; `ECANCELED` when the task is cancelled.
  public func run(
    _ hosts: [InternetAddress], _ ports: [CheckedPort],
    nonce: UInt64 = .random(in: .min ... .max), onResult: @escaping (Result) -> Void
  ) async throws(SystemError) {
    let tcp = ports.indices.filter { ports[$0].transport == .tcp }
    let udp = ports.indices.filter { ports[$0].transport == .udp }
    let connections =
      tcp.isEmpty || hosts.isEmpty
      ? nil
      : try ConnectionRun(loop, hosts, tcp.map { ports[$0].number }, options) {
        host, port, verdict in
        onResult(Result(host: host, port: tcp[port], verdict: verdict))
      }
    let datagrams =
      udp.isEmpty || hosts.isEmpty
      ? nil
      : try DatagramRun(loop, hosts, udp.map { ports[$0].number }, options, nonce) {
        host, port, verdict in
        onResult(Result(host: host, port: udp[port], verdict: verdict))
      }
    defer {
      connections?.end()
      datagrams?.end()
    }
    connections?.start()
    datagrams?.start()
    do throws(CancellationError) {
      try await connections?.completion.value
      try await datagrams?.completion.value
    } catch {
      throw SystemError(errno: ECANCELED, operation: "check")
    }
  }
}
