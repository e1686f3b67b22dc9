internal import Glibc
internal import LinkLayer
internal import Links

/// What a Habets command line comes down to on this host: interface, addresses and frames.
struct HabetsPlan {
  /// What is sent.
  enum Subject {
    case address, hardware
  }

  var subject: Subject
  /// The target as it is shown.
  var shownTarget: String
  var interface: DropInInterface
  /// `-s`, or the interface's address.
  var sourceMAC: MACAddress
  /// `-S`, or the interface's first address.
  var sourceIP: IPv4Address
  /// Where frames go to.
  var destinationMAC: MACAddress
  /// Whom they ask for.
  var targetIP: IPv4Address
  var tag: VLANTag?

  /// Finds out what the original would, in its order, and stops where it would.
  init(_ options: HabetsOptions, _ console: Console) throws(Exit) {
    let search = InterfaceSearch(options, console)
    let givenSource = try Self.source(options, search, console)
    let givenTarget = try Self.target(options, search, console)
    guard options.priority == nil || options.vlan != nil else {
      throw console.fail("arping: -Q requires the use of 802.1Q (-V)\n", status: 1)
    }
    if options.verbosity > 1 { console.write("arping: clock_getres() = 0s 1ns\n") }

    var target = givenTarget ?? .broadcast
    var shown = options.target
    var isTargetKnown = options.targetsBroadcast
    if options.findsDuplicates && shown == nil {
      (target, isTargetKnown) = (try search.ownAddress(), true)
      if options.verbosity > 0 { console.write("defaulting to checking dup for \(target)\n") }
    }
    if shown == nil && isTargetKnown && options.mode == .undecided { shown = target.description }
    guard let shown else {
      console.write(HabetsUsage.short)
      throw Exit(status: 1)
    }
    try search.check()

    subject = Self.subject(options, shown)
    shownTarget = shown
    destinationMAC = options.targetMAC.flatMap(HabetsMAC.parse) ?? .broadcast
    switch subject {
    case .address:
      if !isTargetKnown {
        target = try Self.resolveTarget(shown, console)
        shownTarget = target.description
      }
    case .hardware:
      destinationMAC = try Self.parseTarget(shown, console)
    }
    targetIP = target
    interface = try search.find(for: target)
    sourceMAC = .zero
    sourceIP = .unspecified
    tag = options.vlan.map { vlan in
      VLANTag(
        priority: UInt8(truncatingIfNeeded: options.priority ?? 0),
        identifier: UInt16(truncatingIfNeeded: vlan))
    }
    try Self.checkExtras(options, console)
    sourceMAC =
      options.sourceMAC.flatMap(HabetsMAC.parse) ?? interface.interface.hardwareAddress.macAddress
      ?? .zero
    if let givenSource {
      sourceIP = givenSource
    } else {
      sourceIP = try Self.address(of: interface, console)
    }
  }

  /// What may be an answer: in the VLAN that was asked, or without a tag.
  var filter: SocketFilter {
    .accepting(
      subject == .address ? .arp : .icmp, tag: tag.map { .identifier($0.identifier) } ?? .untagged)
  }

  /// Whether this announces an address and asks nobody: no answer is meant to come.
  func isAnnouncement(_ options: HabetsOptions) -> Bool {
    subject == .address && options.isUnsolicited && sourceIP == targetIP
      && !options.findsDuplicates && !options.isPromiscuous && options.replies == nil
  }

  private static func subject(_ options: HabetsOptions, _ target: String) -> Subject {
    switch options.mode {
    case .address: .address
    case .hardware: .hardware
    case .undecided: options.target != nil && HabetsMAC.isMeant(by: target) ? .hardware : .address
    }
  }

  private static func source(
    _ options: HabetsOptions, _ search: InterfaceSearch, _ console: Console
  ) throws(Exit) -> IPv4Address? {
    guard let text = options.sourceIP else { return nil }
    try search.check()
    guard let address = try? HostName.resolve(text) else {
      throw console.fail(
        "arping: Can't resolve \(text), or \(text) is broadcast. If it is, use -b instead of -S\n",
        status: 1)
    }
    return address
  }

  private static func target(
    _ options: HabetsOptions, _ search: InterfaceSearch, _ console: Console
  ) throws(Exit) -> IPv4Address? {
    guard let text = options.targetIP else { return nil }
    try search.check()
    guard let address = try? HostName.resolve(text) else {
      throw console.fail(
        "arping: Can't resolve \(text), or \(text) is broadcast. If it is, use -B instead of -T\n",
        status: 1)
    }
    return address
  }

  private static func resolveTarget(
    _ text: String, _ console: Console
  ) throws(Exit) -> IPv4Address {
    guard !HabetsMAC.isMeant(by: text) else {
      throw console.fail(
        "arping: Options given only apply to IP ping, but MAC address given as argument\n",
        status: 1)
    }
    guard let address = try? HostName.resolve(text) else {
      throw console.fail("arping: Can't resolve \(text)\n", status: 1)
    }
    return address
  }

  private static func parseTarget(_ text: String, _ console: Console) throws(Exit) -> MACAddress {
    guard HabetsMAC.isMeant(by: text) else {
      throw console.fail(
        "arping: Options given only apply to MAC ping, but no MAC address given as argument\n",
        status: 1)
    }
    guard let address = HabetsMAC.parse(text) else {
      throw console.fail("arping: Illegal mac addr \(text)\n", status: 1)
    }
    return address
  }

  /// `-m` and `-g` are looked at, and change nothing: the kernel stamps what is received, and all
  /// privilege is given up, not just a group changed.
  private static func checkExtras(
    _ options: HabetsOptions, _ console: Console
  ) throws(Exit) {
    let types = ["host", "host_lowprec", "host_hiprec", "adapter", "adapter_unsynced"]
    if let type = options.timestampType, !types.contains(type) {
      throw console.fail("arping: Unknown timestamp type \"\(type)\"\n", status: 1)
    }
    if let group = options.group, Int(group) == nil, unsafe getgrnam(group) == nil {
      throw console.fail("arping: \(group) is not a number or group\n", status: 1)
    }
  }

  private static func address(
    of interface: DropInInterface, _ console: Console
  ) throws(Exit) -> IPv4Address {
    if let address = interface.address { return address }
    throw console.fail(
      """
      arping: Unable to get the IPv4 address of interface \(interface.name):
      arping: libnet_get_ipaddr4(): ioctl(): Cannot assign requested address
      arping: Use -S to specify address manually.

      """, status: 1)
  }
}

/// The search for an interface, named or to be found.
private struct InterfaceSearch {
  let options: HabetsOptions
  let console: Console

  init(_ options: HabetsOptions, _ console: Console) {
    (self.options, self.console) = (options, console)
  }

  /// Refuses a named interface that is not there or is down, as libnet does when it opens it.
  @discardableResult
  func check() throws(Exit) -> DropInInterface? {
    guard let name = options.interface else { return nil }
    return try check(name)
  }

  private func check(_ name: String) throws(Exit) -> DropInInterface {
    guard let found = DropInInterface(name) else {
      throw refuse(name, "libnet_check_iface() ioctl: No such device")
    }
    guard found.interface.isUp else {
      throw refuse(name, "libnet_check_iface(): \(name) is down")
    }
    return found
  }

  private func refuse(_ name: String, _ reason: String) -> Exit {
    console.fail("arping: libnet_init(LIBNET_LINK, \(name)): \(reason)\n", status: 1)
  }

  /// The address of the named interface, or of the one that is guessed.
  func ownAddress() throws(Exit) -> IPv4Address {
    if let named = try check() { return named.address ?? .broadcast }
    return guess()?.address ?? .broadcast
  }

  /// The named interface, the one that has the target's net, or a guess.
  func find(for target: IPv4Address) throws(Exit) -> DropInInterface {
    if let named = try check() { return named }
    if !options.guessesInterface {
      if let name = name(towards: target) {
        if options.verbosity > 0 { console.write("arping: Autodetected interface \(name)\n") }
        return try check(name)
      }
      console.complain("arping: lookup dev: No matching interface found using getifaddrs().\n")
    }
    guard let guess = guess() else {
      throw console.fail("arping: Gave up looking for interface to use: \n", status: 1)
    }
    if !options.guessesInterface {
      console.complain(
        """
        arping: Unable to automatically find interface to use. Is it on the local LAN?
        arping: Use -i to manually specify interface. Guessing interface \(guess.name).

        """)
    }
    if guess.interface.isLoopback {
      console.complain(
        """
        arping: Um.. \(guess.name) looks like the wrong interface to use. Is it? (-i switch)
        arping: using it anyway this time

        """)
    }
    return try check(guess.name)
  }

  /// The interface with the longest prefix that holds the target.
  private func name(towards target: IPv4Address) -> String? {
    guard let tables = try? KernelTables() else { return nil }
    let usable = ((try? tables.interfaces()) ?? []).filter { interface in
      interface.isUp && !interface.isLoopback && !interface.flags.contains(.pointToPoint)
    }
    var best: (length: Int, name: String)?
    for entry in (try? tables.addresses()) ?? [] {
      guard let interface = usable.first(where: { $0.index == entry.interfaceIndex }) else {
        continue
      }
      guard let prefix = IPPrefix(address: entry.address, length: entry.prefixLength),
        prefix.contains(.v4(target)), entry.prefixLength > best?.length ?? 0
      else { continue }
      best = (entry.prefixLength, interface.name)
    }
    return best?.name
  }

  /// The first interface that runs, the loopback interface last.
  private func guess() -> DropInInterface? {
    let interfaces = ((try? KernelTables().interfaces()) ?? []).filter(\.isUp)
    let running = interfaces.filter { $0.isRunning && !$0.isLoopback }
    let first = running.first ?? interfaces.first { !$0.isLoopback } ?? interfaces.first
    return first.map { DropInInterface($0) }
  }
}
