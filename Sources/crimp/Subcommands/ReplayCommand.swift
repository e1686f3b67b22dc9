import ArgumentParser
import LinkLayer
import Machines

/// `crimp replay`: the frames of a capture, sent again.
struct ReplayCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Send the frames of a capture again, by its times or at a rate, on one link or two.",
    discussion: """
      Without an option for the pace, by the capture's own times. Every time is counted from the start, \
      so that no lateness adds up; how late frames left is told at the end. With two --interface, what \
      the clients say goes by the first and what the servers say by the second. \
      Exit status 0 when every frame went, 1 when some were left out. Needs CAP_NET_RAW.
      """)

  @Argument(
    help: ArgumentHelp("The capture, pcap or pcapng; - is standard input.", valueName: "file"))
  var file: String

  @Argument(
    parsing: .remaining,
    help: ArgumentHelp("Only frames that match, in libpcap's language.", valueName: "filter"))
  var filter: [String] = []

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Where frames go; twice for clients and servers.", valueName: "name"))
  var interface: [String] = []

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Write to this capture, pcapng or pcap by its suffix, in place of a link.", valueName: "file")
  )
  var write: String?

  @Option(
    help: ArgumentHelp(
      "So many times as fast as the capture; 1 without it.", valueName: "factor"))
  var speed: Double?

  @Option(help: ArgumentHelp("Frames a second, evenly.", valueName: "count"))
  var rate: Double?

  @Option(
    help: ArgumentHelp(
      "Bits of frames a second, with k, M or G behind the number.", valueName: "bits"))
  var bandwidth: BitRate?

  @Flag(help: "As fast as the link takes them.")
  var topSpeed = false

  @Option(
    help: ArgumentHelp("What longer gaps of the capture are cut to.", valueName: "seconds"))
  var maxGap: Double?

  @Option(help: ArgumentHelp("Play it so many times; 0 for no end.", valueName: "count"))
  var loop = 1

  @Option(help: ArgumentHelp("Between the end of it and its next start.", valueName: "seconds"))
  var loopGap = 0.0

  @Option(
    name: [.short, .long], help: ArgumentHelp("End after so many frames.", valueName: "count"))
  var count: Int?

  @Option(help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
  var duration: Double?

  @Option(
    help: ArgumentHelp(
      "Whose frames go by the first of two interfaces: an address, a network, a hardware address; "
        + "several by several options. Without it, a pass through the capture finds out.",
      valueName: "host"))
  var client: [ClientName] = []

  @Option(help: ArgumentHelp("The sender of all frames.", valueName: "address"))
  var sourceMac: StationName?

  @Option(
    help: ArgumentHelp("The destination of all frames for one station.", valueName: "address"))
  var destinationMac: StationName?

  @Option(
    help: ArgumentHelp("OLD=NEW: another hardware address for a station.", valueName: "change"))
  var mac: [StationChange] = []

  @Option(
    help: ArgumentHelp(
      "OLD=NEW: another address, or network of the same size; checksums follow.",
      valueName: "change"))
  var network: [NetworkChange] = []

  @Option(help: ArgumentHelp("Tag all frames: ID or ID,PRIORITY.", valueName: "tag"))
  var vlan: VLANTag?

  @Flag(help: "Take all VLAN tags out.")
  var noVlan = false

  @Flag(help: "Work all checksums out anew, those that an adapter was to fill in above all.")
  var fixChecksums = false

  @Option(
    help: ArgumentHelp(
      "Frames that the capture has cut: send, pad with zeros, or skip.", valueName: "how"))
  var cut = ReplayRequest.CutPolicy.send

  @Flag(help: "Read the whole capture before the first frame goes.")
  var preload = false

  @Flag(help: "Past the interface's queueing discipline, to its driver.")
  var bypassQdisc = false

  @Flag(help: "Sleep until a frame's time, some 50 µs longer, and leave the processor to others.")
  var sleep = false

  @Flag(help: "One JSON object with the figures.")
  var json = false

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    let paces = [speed != nil, rate != nil, bandwidth != nil, topSpeed].count { $0 }
    guard paces <= 1 else {
      throw ValidationError(
        "--speed, --rate, --bandwidth and --top-speed: expected one of them at most")
    }
    if interface.isEmpty, write == nil {
      throw ValidationError("--interface: expected where frames go, or --write")
    }
    if interface.count > 2 { throw ValidationError("--interface: expected one or two of them") }
    if netns != nil, write != nil { throw ValidationError("--netns: expected without --write") }
    if !client.isEmpty, interface.count < 2 {
      throw ValidationError("--client: expected with two --interface")
    }
    if vlan != nil, noVlan { throw ValidationError("--vlan and --no-vlan: expected one of them") }
    if loop == 0, write != nil, count == nil, duration == nil {
      throw ValidationError("--loop 0: expected with --count or --duration when written to a file")
    }
    try checkNumbers()
  }

  private func checkNumbers() throws {
    for (name, value) in [("--speed", speed), ("--rate", rate), ("--duration", duration)] {
      if let value, !(value > 0 && value < 1e12) {
        throw ValidationError("\(name): expected a number above 0, not \(value)")
      }
    }
    for (name, value) in [("--max-gap", maxGap ?? 0), ("--loop-gap", loopGap)]
    where !(value >= 0 && value < 1e9) {
      throw ValidationError("\(name): expected 0 or more seconds, not \(value)")
    }
    if let bandwidth, bandwidth.bitsPerSecond < 1 {
      throw ValidationError("--bandwidth: expected 1 bit a second or more")
    }
    if loop < 0 { throw ValidationError("--loop: expected 0 or more, not \(loop)") }
    if let count, count < 1 { throw ValidationError("--count: expected 1 or more, not \(count)") }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var request = ReplayRequest(file: file)
    request.filter = filter.joined(separator: " ")
    request.interfaces = interface.isEmpty ? ["replay"] : interface
    request.namespace = netns
    request.path = write
    for client in client {
      switch client {
      case .network(let network): request.clientNetworks.append(network)
      case .station(let station): request.clientStations.insert(station)
      }
    }
    request.options = options
    request.rewrite = rewrite
    request.cutPolicy = cut
    request.isPreloaded = preload
    request.bypassesQueueingDiscipline = bypassQdisc
    request.sleeps = sleep
    request.isJSON = json
    request.isQuiet = quiet
    return try ReplayRun(request).perform()
  }

  private var options: FrameReplay.Options {
    var options = FrameReplay.Options()
    if topSpeed {
      options.pace = .topSpeed
    } else if let rate {
      options.pace = .framesPerSecond(rate)
    } else if let bandwidth {
      options.pace = .bitsPerSecond(Double(bandwidth.bitsPerSecond))
    } else {
      options.pace = .recorded(speed: speed ?? 1)
    }
    options.longestGap = maxGap.map { Duration(seconds: $0) }
    options.rounds = loop == 0 ? nil : loop
    options.roundGap = Duration(seconds: loopGap)
    options.frameLimit = count
    // Beyond a century no duration ends anything.
    options.timeLimit = duration.map { Duration(seconds: min($0, 4e9)) }
    return options
  }

  private var rewrite: FrameRewrite {
    var rewrite = FrameRewrite()
    rewrite.source = sourceMac?.address
    rewrite.destination = destinationMac?.address
    for change in mac { rewrite.stations[change.old] = change.new }
    rewrite.networks = network.map(\.translation)
    if let vlan { rewrite.tag = .set(vlan) }
    if noVlan { rewrite.tag = .remove }
    rewrite.makesChecksums = fixChecksums
    return rewrite
  }
}
