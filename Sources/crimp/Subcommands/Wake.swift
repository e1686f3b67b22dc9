import ArgumentParser
import LinkLayer
import Machines

/// `crimp wake`: Wake-on-LAN, its proof, a listener and a relay.
struct Wake: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "wake",
    abstract: "Wake hosts by magic packets, and prove that they woke.",
    discussion: """
      A host is a hardware address or a name in /etc/ethers; NAME=ADDRESS says where it answers. \
      With --wait each host is asked by ARP or Neighbor Discovery, or by TCP with --tcp, and woken \
      again until it answers: exit status 1, naming those asleep, when one does not. --listen and \
      --relay hear magic packets until Ctrl-C. UDP needs no privilege; all else needs CAP_NET_RAW.
      """)

  @Argument(help: "Hardware addresses and names; name[1-9] stands for nine names.")
  var hosts: [String] = []

  @OptionGroup var link: LinkOptions

  @Option(
    name: .long,
    help: ArgumentHelp("More hosts, one a line, each perhaps with its address.", valueName: "file"))
  var hostsFile: String?

  @Option(
    help: ArgumentHelp("Look names up here, and not in /etc/ethers.", valueName: "file"))
  var ethers = Ethers.systemPath

  @Option(
    help: ArgumentHelp(
      "Where datagrams go: broadcast, group or host; several times for several.",
      valueName: "address"))
  var to: [IPAddress] = []

  @Option(help: "UDP port, 9 without it; several times for several. 0, 7 and 9 for --listen.")
  var port: [UInt16] = []

  @Flag(help: "Send frames of EtherType 0842h in place of UDP.")
  var raw = false

  @Flag(help: "Send raw frames to the station alone, and not to all.")
  var unicast = false

  @Option(
    help: ArgumentHelp(
      "Read a SecureOn password of 4 or 6 bytes here; - is standard input.", valueName: "file"))
  var secureonFile: String?

  @Flag(help: "Ask for a SecureOn password. CRIMP_SECUREON is read without either.")
  var askSecureon = false

  @Option(help: ArgumentHelp("How often to send each packet.", valueName: "count"))
  var `repeat` = 3

  @Option(help: ArgumentHelp("Seconds from one of them to the next.", valueName: "seconds"))
  var interval = 0.1

  @Option(help: ArgumentHelp("Packets a second at most, over all hosts.", valueName: "count"))
  var rate: Int?

  @Option(
    help: ArgumentHelp(
      "Prove that each host wakes; --wait=ADDRESS says where the only one answers.",
      valueName: "address"))
  var wait: WakeWait?

  @Option(
    help: ArgumentHelp("Ask by TCP at this port; a refusal counts.", valueName: "port"))
  var tcp: UInt16?

  @Option(help: ArgumentHelp("Seconds to wait for the proof.", valueName: "seconds"))
  var deadline = 120.0

  @Option(
    help: ArgumentHelp(
      "Seconds until a host is woken again; they double each time, up to 60.",
      valueName: "seconds"))
  var retry = 5.0

  @Flag(
    help: "Switch on by IPMI who is asleep at the deadline, and wait for it once more.")
  var orPowerOn = false

  @Option(
    help: ArgumentHelp(
      "Where hosts have their controllers' addresses; bmc.conf of crimp power without it.",
      valueName: "file"))
  var bmcConfig: String?

  @Flag(help: "Tell of each magic packet that is heard.")
  var listen = false

  @Option(
    name: [.customShort("c"), .long],
    help: ArgumentHelp("End --listen after so many packets.", valueName: "count"))
  var count: Int?

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Pass on magic packets from the first interface to the others.", valueName: "from to"))
  var relay: [String] = []

  func perform() throws(CommandFailure) -> ExitStatus {
    try validate(numbers: ())
    if !relay.isEmpty { return try RelayRun(relayRequest()).run() }
    if listen { return try ListenRun(listenRequest()).run() }
    let request = try wakeRequest()
    let fallback =
      try orPowerOn
      ? WakeFallback(request.targets, ConfiguredFleet(path: bmcConfig)) : nil
    return try WakeRun(request).run(fallback).status
  }
}

/// What `--wait` was given.
enum WakeWait: Equatable, Sendable, ExpressibleByArgument {
  /// Nothing: each host's own address is known otherwise, or it is heard of.
  case known
  case at(IPAddress)

  init?(argument: String) {
    if argument == "known" {
      self = .known
    } else if let address = IPAddress(argument), address.namesOneHost {
      self = .at(address)
    } else {
      return nil
    }
  }
}

extension Wake {
  private func validate(numbers: Void) throws(CommandFailure) {
    for (name, value) in [("--repeat", `repeat`), ("--rate", rate), ("--count", count)] {
      guard let value, !(1...1_000_000).contains(value) else { continue }
      throw CommandFailure(.usage, "\(name) \(value): expected a number from 1 to 1000000")
    }
    for (name, value) in [("--interval", interval), ("--deadline", deadline), ("--retry", retry)] {
      guard !(value > 0 && value < 1e6) else { continue }
      throw CommandFailure(.usage, "\(name) \(value): expected seconds, more than 0 and below 1e6")
    }
    guard !port.contains(0) || listen || !relay.isEmpty, tcp != 0 else {
      throw CommandFailure(
        .usage, "\(tcp == 0 ? "--tcp" : "--port") 0: expected a port from 1 to 65535")
    }
  }

  private func wakeRequest() throws(CommandFailure) -> WakeRequest {
    try validateForms()
    var request = WakeRequest()
    request.link = link.settings
    request.isRaw = raw
    request.isUnicast = unicast
    if !to.isEmpty { request.destinations = to }
    if !port.isEmpty { request.ports = port }
    request.repetitions = `repeat`
    request.interval = interval
    request.rate = rate ?? request.rate
    request.targets = try WakeTarget.all(hosts, hostsPath: hostsFile, ethersPath: ethers)
    request.password = try SecureOnSource(path: secureonFile, asks: askSecureon).password()
    guard wait != nil || tcp != nil else { return request }
    var proof = WakeRequest.Proof(port: tcp, deadline: deadline, retry: retry)
    if case .at(let address) = wait { proof.address = address }
    request.proof = proof
    return request
  }

  /// Refuses options that cannot be meant together.
  private func validateForms() throws(CommandFailure) {
    func refuse(_ condition: Bool, _ words: String) throws(CommandFailure) {
      if condition { throw CommandFailure(.usage, words) }
    }
    try refuse(
      raw && !(to.isEmpty && port.isEmpty),
      "--raw: expected without --to and --port, which are of UDP")
    try refuse(unicast && !raw, "--unicast: expected with --raw; a datagram goes --to its host")
    try refuse(
      secureonFile != nil && askSecureon, "--secureon-file and --ask-secureon: expected one of them"
    )
    try refuse(
      orPowerOn && wait == nil && tcp == nil,
      "--or-power-on: expected with --wait or --tcp, which tell who is asleep")
    try refuse(bmcConfig != nil && !orPowerOn, "--bmc-config: expected with --or-power-on")
    try refuse(
      orPowerOn && (link.record != nil || link.replay != nil),
      "--or-power-on: expected without --record and --replay, which are of a link")
    try refuse(count != nil, "--count: expected with --listen; --repeat says how often to send")
    try refuse(
      tcp != nil && (link.record != nil || link.replay != nil),
      "--tcp: expected without --record and --replay, which are of a link: the kernel connects")
    for address in to where address.isUnspecified {
      throw CommandFailure(
        .usage, "--to \(address): expected a broadcast address, a group or a host")
    }
  }

  private func listenRequest() throws(CommandFailure) -> ListenRequest {
    try requireOnlyHearing("--listen")
    if link.record != nil, link.interface == nil {
      throw CommandFailure(.usage, "--interface is missing: a recording is of one")
    }
    return ListenRequest(
      link: link.settings, ports: port.isEmpty ? ListenRequest.customaryPorts : port, count: count)
  }

  private func relayRequest() throws(CommandFailure) -> RelayRequest {
    try requireOnlyHearing("--relay")
    if listen || count != nil {
      throw CommandFailure(.usage, "--relay: expected without --listen and --count")
    }
    guard relay.count >= 2, Set(relay).count == relay.count else {
      throw CommandFailure(
        .usage,
        "--relay \(relay.joined(separator: " ")): expected two interfaces or more, each once")
    }
    guard link.interface == nil, link.vlan == nil, link.record == nil, link.replay == nil else {
      throw CommandFailure(
        .usage, "--relay: expected without --interface, --vlan, --record and --replay")
    }
    return RelayRequest(
      link: link.settings, from: relay[0], to: Array(relay.dropFirst()),
      ports: port.isEmpty ? ListenRequest.customaryPorts : port, rate: rate)
  }

  private func requireOnlyHearing(_ name: String) throws(CommandFailure) {
    guard
      hosts.isEmpty, hostsFile == nil, to.isEmpty, !raw, !unicast, secureonFile == nil,
      !askSecureon,
      wait == nil, tcp == nil, !orPowerOn, bmcConfig == nil
    else {
      throw CommandFailure(
        .usage, "\(name): expected without hosts, and without options for waking")
    }
  }
}
