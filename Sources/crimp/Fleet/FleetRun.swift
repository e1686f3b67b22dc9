import Drivers
import EventLoop
import Glibc
import IPMI
import Machines
import Sockets

/// Has the same done by every target, many at a time.
struct FleetRun {
  private let targets: [FleetTarget]
  private let window: Int?
  private let deadline: Duration?
  private let recording: BMCRecordingOptions
  private let remembersSuites: Bool
  private let showsProgress: Bool

  /// Whom one session is for.
  private struct Peer: Hashable {
    var address: InternetAddress
    var userName: UserName
  }

  /// A run over `targets`.
  ///
  /// - Parameters:
  ///   - window: how many at once; nil for as many as can all answer at once.
  ///   - deadline: how long all may take; nil for as long as each one's own deadline allows.
  ///   - recording: whether what is said is recorded, or a recording is played.
  ///   - remembersSuites: whether what controllers accepted last time is tried first.
  ///   - showsProgress: whether a person at a terminal sees how far it is.
  init(
    _ targets: [FleetTarget], window: Int? = nil, deadline: Duration? = nil,
    recording: BMCRecordingOptions = BMCRecordingOptions(), remembersSuites: Bool = true,
    showsProgress: Bool = false
  ) {
    self.remembersSuites = remembersSuites
    self.showsProgress = showsProgress
    self.targets = targets
    self.window = window
    self.deadline = deadline
    self.recording = recording
  }

  /// A run over the hosts of `lists` and of the options.
  init(
    _ lists: [String], _ options: FleetOptions, privilege: PrivilegeLevel,
    needsPassword: Bool = true
  ) throws(CommandFailure) {
    let settings = try FleetSettings(
      options.access, hostsFile: options.hostsFile, privilege: privilege,
      needsPassword: needsPassword)
    self.init(
      try settings.targets(lists), window: options.window,
      deadline: options.deadline.map { Duration(seconds: $0) },
      recording: options.access.recording, showsProgress: !options.quiet)
  }

  /// Refuses to record what carries a password where a session might show it to whoever has the recording.
  func refuseToRecordSecrets() throws(CommandFailure) {
    guard recording.record != nil,
      let target = targets.first(where: { !$0.options.encryptsEverything })
    else { return }
    throw CommandFailure(
      .usage,
      "--record: the words carry a password, and sessions with \(target.label) may send it in the clear: "
        + "expected --protocol 2.0 and --suites that encrypt, such as 17,3")
  }

  /// How many hosts there are.
  var count: Int { targets.count }

  /// Runs `body` for every target and tells `onResult` its label and what came of it, as it comes.
  /// Ctrl-C gives up what is not done.
  func run<Value>(
    _ body: @escaping (any BMCTransport) async throws(BMCFailure) -> Value,
    onResult: @escaping (String, Result<Value, BMCFailure>) -> Void
  ) throws(CommandFailure) {
    // A run that is repeated elsewhere begins without memories.
    var memory =
      recording.isActive || !remembersSuites ? SuiteMemory(path: nil) : SuiteMemory()
    try runEach { options, address in
      memory.options(options, for: address)
    } body: { host, client, _ throws(BMCFailure) in
      defer { memory.note(client.facts, of: host.address) }
      return try await body(client)
    } onResult: { label, result in
      onResult(label, result)
    }
    memory.save()
  }

  /// The same, for a body that opens sessions of its own by the sockets that it is given.
  func runEach<Value>(
    options: @escaping (SessionOptions, InternetAddress) -> SessionOptions = { options, _ in options
    },
    body: @escaping (BMCHost, BMCClient, BMCSockets) async throws(BMCFailure) -> Value,
    onResult: @escaping (String, Result<Value, BMCFailure>) -> Void
  ) throws(CommandFailure) {
    let place = try BMCPlace(recording)
    let loop = place.loop
    let signals = try worded { () throws(SystemError) in
      try loop.onSignal([SIGINT, SIGTERM]) { _ in loop.stop() }
    }
    defer { signals.cancel() }
    if place.replay == nil {
      // A host that is silent is asked for on its link, which needs a packet socket then, and mostly never.
      place.sockets.scout = NeighborScout(on: loop)
      try worded { () throws(SystemError) in try Privileges.dropAllButNetRaw() }
    }
    let targets = targets
    let progress =
      showsProgress && place.replay == nil
      ? FleetProgress(total: targets.count, on: loop) : nil
    func tell(_ label: String, _ result: Result<Value, BMCFailure>) {
      progress?.clear()
      onResult(label, result)
      if case .failure = result {
        progress?.count(failed: true)
      } else {
        progress?.count(failed: false)
      }
    }
    let fleet = BMCFleet(on: place.sockets, window: place.window(window), deadline: deadline)
    loop.run {
      let addresses = await place.addresses(of: targets.map { ($0.host, $0.port) })
      var hosts: [BMCHost] = []
      // A controller that has two names is told once, and its result is each name's.
      var labels: [[String]] = []
      var places: [Peer: Int] = [:]
      for (target, address) in zip(targets, addresses) {
        switch address {
        case .failure(let error):
          tell(target.label, .failure(.nameNotResolved(error.words)))
        case .success(let address):
          let peer = Peer(address: address, userName: target.credentials.userName)
          if let known = places[peer] {
            labels[known].append(target.label)
            continue
          }
          places[peer] = hosts.count
          labels.append([target.label])
          hosts.append(
            BMCHost(
              name: target.label, address: address, credentials: target.credentials,
              options: options(target.options, address)))
        }
      }
      do throws(CancellationError) {
        try await fleet.run(hosts) { host, client throws(BMCFailure) in
          try await body(host, client, place.sockets)
        } onResult: { index, result in
          for label in labels[index] { tell(label, result) }
        }
      } catch {
        // Every host that was not done has had its result.
      }
    }
    progress?.end()
    try place.close()
  }
}
