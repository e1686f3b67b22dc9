import ArgumentParser
import LinkLayer

/// `crimp announce`: tell switches and neighbours where an address lives now.
struct Announce: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "announce",
    abstract: "Announce addresses: gratuitous ARP, directed ARP, unsolicited NA; prove it.",
    discussion: """
      One round is a gratuitous ARP request, a gratuitous ARP reply, and a directed request to \
      every neighbour known in the address's networks; for IPv6 an unsolicited neighbour \
      advertisement, and a solicitation to the neighbours. Rounds leave at once and after 1, 3 and \
      5 s; an address that duplicate address detection is at work on follows when it may. The command returns when the first round has left an \
      interface with carrier, and the rest goes on in the background. With --record or --replay it \
      stays until the last: only this process can finish the recording. \
      Needs CAP_NET_RAW.
      """)

  @Argument(help: ArgumentHelp("The addresses, IPv4 and IPv6 alike.", valueName: "addresses"))
  var operands: [OperandList<IPAddress>] = []

  @OptionGroup var file: AddressFile

  @OptionGroup var link: LinkOptions

  @Flag(help: "Announce every address of the interface.")
  var all = false

  @Option(
    help: ArgumentHelp(
      "Send the directed request to this neighbour too; may be given again.", valueName: "host"))
  var notify: [IPAddress] = []

  @Flag(help: "Leave out the gratuitous ARP request.")
  var noRequest = false

  @Flag(help: "Leave out the gratuitous ARP reply.")
  var noReply = false

  @Flag(help: "Leave out the directed requests to neighbours.")
  var noDirected = false

  @Flag(help: "IPv6: leave out the unsolicited neighbour advertisement.")
  var noAdvertisement = false

  @Flag(help: "IPv6: the RFC 9131 form for a new address, to all routers, without override.")
  var new = false

  @Flag(
    inversion: .prefixedNo,
    help: "IPv6: the router flag; without it, what the interface's forwarding says.")
  var router: Bool?

  @Option(
    name: [.customShort("c", allowingJoined: true), .long], parsing: .unconditional,
    help: "Rounds to send, in place of the spread of four.")
  var count: Int?

  @Option(
    help: ArgumentHelp(
      "Seconds between the rounds of --count; 1 without it.", valueName: "seconds"))
  var interval: Double?

  @Option(
    help: ArgumentHelp("Send the whole burst again after this long.", valueName: "seconds"))
  var again: Double?

  @Option(
    help: ArgumentHelp("Announce again this often, until SIGTERM.", valueName: "seconds"))
  var refresh: Double?

  @Option(help: ArgumentHelp("Frames a second at most.", valueName: "frames"))
  var rate: Int?

  @Option(
    help: ArgumentHelp("Sender hardware address, as for a VRRP virtual MAC.", valueName: "address"))
  var mac: HardwareAddress?

  @Flag(help: "Announce an address that is not this host's.")
  var force = false

  @Option(
    help: ArgumentHelp(
      "Wait up to this long for a carrier that the interface lacks, now or later.",
      valueName: "seconds"))
  var wait: Double?

  @Flag(help: "Stay until the last round has left.")
  var foreground = false

  @Flag(help: "Go to the background before the first round.")
  var background = false

  @Option(help: ArgumentHelp("Write the process id here; removed at the end.", valueName: "file"))
  var pidfile: String?

  @Option(
    help: ArgumentHelp(
      "Prove it: the gateway must send to the new place, or HOST with --confirm=HOST; once for each "
        + "family.",
      valueName: "host"))
  var confirm: [AnnounceRequest.Confirmation] = []

  @Option(
    help: ArgumentHelp("How long --confirm may take; 10 without it.", valueName: "seconds"))
  var deadline: Double?

  func perform() throws(CommandFailure) -> ExitStatus {
    try AnnounceRun(try request()).run()
  }

  /// The same request that the hook form reads.
  func request() throws(CommandFailure) -> AnnounceRequest {
    guard !(foreground && background) else {
      throw CommandFailure(.usage, "--foreground and --background: expected one of them")
    }
    let operands = try file.values(after: operands)
    var request = AnnounceRequest()
    request.link = try link.settings(for: operands)
    request.addresses = operands.map(\.value)
    request.all = all
    request.notified = notify
    request.sendsRequest = !noRequest
    request.sendsReply = !noReply
    request.sendsDirected = !noDirected
    request.sendsAdvertisement = !noAdvertisement
    request.isNew = new
    request.isRouter = router
    request.count = count
    request.interval = interval
    request.secondBurstDelay = again
    request.refreshInterval = refresh
    request.rate = rate
    request.hardwareAddress = mac
    request.force = force
    request.course =
      foreground ? .foreground : background ? .background : .returnAfterFirstRound
    request.pidfilePath = pidfile
    request.carrierWait = wait
    request.confirmations = confirm
    request.deadline = deadline
    try request.validate()
    return request
  }
}
