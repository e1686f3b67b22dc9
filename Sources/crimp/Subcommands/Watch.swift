import ArgumentParser
import LinkLayer
import Machines

/// `crimp watch`: what changes among the stations of a link.
struct Watch: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "watch",
    abstract: "Watch which station has which address, by ARP and NDP, and tell what changes.",
    discussion: """
      New stations, changed hardware addresses, flip flops, duplicate addresses, announcements, \
      bogons and silent stations, in arpwatch's words. Nothing is sent. Ends at Ctrl-C or SIGTERM. \
      Exit status 0. Needs CAP_NET_RAW.
      """)

  @OptionGroup var link: LinkOptions

  @Option(
    help: ArgumentHelp("Keep what is known in this file, across restarts.", valueName: "file"))
  var state: String?

  @Option(
    help: ArgumentHelp(
      "Run this program for each event, which is in CRIMP_ variables.", valueName: "path"))
  var exec: String?

  @Option(
    help: ArgumentHelp(
      "Tell an address that was not heard of for so long.", valueName: "seconds"))
  var silent: Double?

  @Option(
    help: ArgumentHelp(
      "A network of the link; an address of IPv4 in none is a bogon. Several times for several; "
        + "the interface's own without it.", valueName: "network"))
  var network: [IPPrefix] = []

  @Flag(help: "No address is a bogon for its network's sake.")
  var anyNetwork = false

  @Flag(help: "Leave out announcements.")
  var noAnnouncements = false

  @Option(
    help: ArgumentHelp("How many addresses to remember, 65536 without it.", valueName: "count"))
  var memory: Int?

  @Option(
    help: ArgumentHelp(
      "Watch a capture, by its own times; - is standard input.", valueName: "file"))
  var read: String?

  @Flag(help: "Leave out who made the stations.")
  var noVendor = false

  func perform() throws(CommandFailure) -> ExitStatus {
    let orders = try orders()
    guard let read else { return try WatchRun(orders).run() }
    guard link.record == nil, link.replay == nil, exec == nil else {
      throw CommandFailure(.usage, "--read: expected without --record, --replay and --exec")
    }
    var watch = try CaptureWatch(read, orders)
    return try watch.run()
  }

  private func orders() throws(CommandFailure) -> WatchOrders {
    if let silent, !(silent >= 1 && silent < 1e9) {
      throw CommandFailure(.usage, "--silent \(silent): expected seconds, 1 or more")
    }
    if let memory, !(1...(1 << 24)).contains(memory) {
      throw CommandFailure(.usage, "--memory \(memory): expected a whole number from 1 to 16777216")
    }
    if anyNetwork, !network.isEmpty {
      throw CommandFailure(.usage, "--network and --any-network: expected one of them")
    }
    for prefix in network where prefix.address.isIPv6 {
      throw CommandFailure(.usage, "--network \(prefix): expected a network of IPv4")
    }
    var orders = WatchOrders(link: link.settings)
    orders.options.silence = silent.map { Duration(seconds: $0) }
    orders.options.networks = network
    orders.options.tellsAnnouncements = !noAnnouncements
    if let memory { orders.options.memory = memory }
    orders.takesOwnNetworks = !anyNetwork
    orders.statePath = state
    orders.program = exec
    orders.tellsVendors = !noVendor
    return orders
  }
}
