internal import CLinux
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links

/// The interface of a drop-in, with its name as the command line gave it: an alias (`eth0:1`)
/// stands for the addresses that carry it as their label.
///
/// Ethernet interfaces are asked about by ioctl, which spares a sender a third of a millisecond
/// before its first frame; others, whose addresses no ioctl can tell, by rtnetlink.
struct DropInInterface {
  /// The name that was asked for.
  var name: String
  /// What the kernel says of the interface. Of what ioctls do not tell, the carrier is taken from
  /// whether it runs.
  var interface: Interface

  /// Looks the interface up; nil when there is none of this name.
  init?(_ name: String) {
    let base = String(name.prefix { $0 != ":" })
    self.name = name
    if let interface = Interface(ethernet: base) {
      self.interface = interface
    } else if let interface = try? KernelTables().interface(named: base) {
      self.interface = interface
    } else {
      return nil
    }
  }

  /// Takes an interface that was found already.
  init(_ interface: Interface) {
    (self.name, self.interface) = (interface.name, interface)
  }

  /// The first IPv4 address, of the alias if the name is one.
  var address: IPv4Address? {
    var address: UInt32 = 0
    guard unsafe crimp_interface_address(name, &address) == 0 else { return nil }
    return IPv4Address(rawValue: address)
  }

  /// The IPv6 address that the kernel would choose for a packet to a group on the link.
  var linkLocalAddress: IPv6Address? {
    let entries = (try? KernelTables().addresses(of: interface.index)) ?? []
    for entry in entries where !entry.isTentative {
      if case .v6(let address) = entry.address, address.isLinkLocal { return address }
    }
    return nil
  }

  /// Whether this host forwards IPv6 packets that arrive on the interface.
  var isRouter: Bool {
    let path = "/proc/sys/net/ipv6/conf/\(interface.name)/forwarding"
    let file = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return false }
    defer { close(file) }
    var digit: UInt8 = 0
    return unsafe read(file, &digit, 1) == 1 && digit != UInt8(ascii: "0")
  }

  private var properties: LinkProperties { LinkProperties(interface) }

  /// How frames look on the interface.
  var framing: LinkFraming { properties.framing }

  /// A link that only sends: a frame leaves some 20 µs later.
  func openSender() throws(LinkError) -> PacketSocketLink {
    try PacketSocketLink(properties, .sendOnly, options: Self.options())
  }

  /// A link that sends and hears what `filter` takes.
  func open(
    hearing filter: SocketFilter, promiscuously: Bool = false
  ) throws(LinkError) -> PacketSocketLink {
    try PacketSocketLink(
      properties, .sendAndReceive(filter), options: Self.options(promiscuously: promiscuously))
  }

  /// The originals send where there is no carrier, and report success.
  private static func options(promiscuously: Bool = false) -> PacketSocketLink.Options {
    var options = PacketSocketLink.Options()
    options.checksCarrier = false
    options.isPromiscuous = promiscuously
    return options
  }
}
