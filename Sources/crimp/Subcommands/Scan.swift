import ArgumentParser
import LinkLayer
import Machines

/// `crimp scan`: who is on the link.
struct Scan: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan",
    abstract: "Find the hosts of a link: by ARP, Neighbor Discovery, echoes to all nodes.",
    discussion: """
      Without targets, the networks of the interface are asked address by address, and IPv6's hosts \
      all at once. Every address is asked once however often it is named. Two stations that answer \
      for one address are told. Makers come from Debian's ieee-data or arp-scan's files. \
      Exit status 0 when a host was found, 1 when none was. Needs CAP_NET_RAW.
      """)

  @Argument(
    help: ArgumentHelp(
      "Addresses, networks as 192.0.2.0/24, ranges as 192.0.2.1-9, files of them; - is "
        + "standard input.", valueName: "targets"))
  var operands: [String] = []

  @OptionGroup var link: LinkOptions

  @Flag(name: .customShort("4"), help: "Only the networks of IPv4.")
  var onlyIPv4 = false

  @Flag(name: .customShort("6"), help: "Only IPv6, by echoes and reports of all nodes.")
  var onlyIPv6 = false

  @Option(
    help: ArgumentHelp(
      "Questions a second; 0 for as many as the link takes. 2000 without it.", valueName: "count"))
  var rate: Int?

  @Option(
    help: ArgumentHelp(
      "Bits a second, with k, M or G behind the number, in place of --rate.", valueName: "bits"))
  var bandwidth: BitRate?

  @Option(help: ArgumentHelp("How often an address is asked.", valueName: "count"))
  var attempts = 2

  @Option(
    help: ArgumentHelp(
      "Seconds that the first question waits for its answer.", valueName: "seconds"))
  var timeout = 0.5

  @Option(
    help: ArgumentHelp("By how much each further question waits longer.", valueName: "factor"))
  var backoff = 1.5

  @Option(
    help: ArgumentHelp(
      "End when so many hosts have answered; status 1 if they do not.", valueName: "count"))
  var limit: Int?

  @Flag(help: "Ask in random order.")
  var random = false

  @OptionGroup var question: QuestionOptions

  @Option(
    help: ArgumentHelp(
      "Tell who speaks in a capture, and ask nobody; - is standard input.", valueName: "file"))
  var read: String?

  @Flag(help: "Leave out who made the stations.")
  var noVendor = false

  func perform() throws(CommandFailure) -> ExitStatus {
    let orders = try orders()
    guard let read else { return try ScanRun(orders).run() }
    guard link.record == nil, link.replay == nil else {
      throw CommandFailure(.usage, "--read: expected without --record and --replay")
    }
    var scan = CaptureScan(read, orders)
    return try scan.run()
  }

  private func orders() throws(CommandFailure) -> ScanOrders {
    try check()
    var orders = ScanOrders(link: link.settings)
    if !operands.isEmpty { orders.targets = try TargetWords(operands).targets }
    (orders.asksIPv4, orders.asksIPv6) = (!onlyIPv6, !onlyIPv4)
    orders.source = question.source
    orders.timeLimit = question.timeLimit
    orders.isRandom = random
    orders.tellsVendors = !noVendor
    orders.options.attempts = attempts
    orders.options.timeout = Duration(seconds: timeout)
    orders.options.backoff = backoff
    orders.options.hostLimit = limit
    orders.options.pace = bandwidth?.pace ?? .framesPerSecond(Double(rate ?? 2000))
    return orders
  }

  private func check() throws(CommandFailure) {
    try question.check()
    if onlyIPv4, onlyIPv6 { throw CommandFailure(.usage, "-4 and -6: expected one of them") }
    if rate != nil, bandwidth != nil {
      throw CommandFailure(.usage, "--rate and --bandwidth: expected one of them")
    }
    if !operands.isEmpty, onlyIPv4 || onlyIPv6 {
      throw CommandFailure(.usage, "-4 and -6: expected without targets, which tell their version")
    }
    for (name, value, least) in [
      ("--rate", rate ?? 0, 0), ("--attempts", attempts, 1), ("--limit", limit ?? 1, 1),
    ] where value < least || value > 1_000_000_000 {
      throw CommandFailure(.usage, "\(name) \(value): expected a whole number from \(least) up")
    }
    guard timeout >= 0, timeout < 1e5 else {
      throw CommandFailure(.usage, "--timeout \(timeout): expected seconds, 0 or more")
    }
    guard backoff >= 1, backoff <= 100 else {
      throw CommandFailure(.usage, "--backoff \(backoff): expected a factor from 1 to 100")
    }
  }
}
