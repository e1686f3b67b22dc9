import ArgumentParser
import EventLoop
import LinkLayer
import Links

/// `crimp links`: the interfaces as the other commands see them.
struct LinksCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "links",
    abstract: "List interfaces: MAC, MTU, carrier, addresses, and what may be done on them.")

  @Argument(help: "Interfaces; all without one.")
  var names: [String] = []

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Flag(help: "One JSON object a line.")
  var json = false

  func perform() throws(CommandFailure) -> ExitStatus {
    if let netns { try Station.enter(netns) }
    let (interfaces, addresses) = try worded { () throws(NetlinkError) in
      let tables = try KernelTables()
      let interfaces =
        names.isEmpty
        ? try tables.interfaces()
        : try names.map { name throws(NetlinkError) in try tables.interface(named: name) }
      return (interfaces, try tables.addresses())
    }
    for interface in interfaces {
      let own = addresses.filter { $0.interfaceIndex == interface.index }
      if json {
        JSONLine.write(LinkRecord(interface, own))
      } else {
        StandardStream.output.writeLine(Self.text(interface, own))
      }
    }
    guard !json else { return .success }
    StandardStream.output.writeLine(
      Privileges.hasNetRaw
        ? "CAP_NET_RAW: present; every command on a link works"
        : "CAP_NET_RAW: missing; grant it with: setcap cap_net_raw+ep crimp")
    return .success
  }

  private static func text(_ interface: Interface, _ addresses: [InterfaceAddress]) -> String {
    var line = "\(interface.index): \(interface.name) \(interface.hardwareAddress)"
    line += " mtu \(interface.mtu) \(interface.stateWords)"
    if let kind = interface.kind { line += " \(kind)" }
    for address in addresses {
      line += "\n    \(address.address)/\(address.prefixLength)"
      if address.isTentative { line += " tentative" }
      if address.isDADFailed { line += " duplicate" }
    }
    return line
  }
}

extension Interface {
  /// Whether frames go: "up", "down", or "no carrier"; and "no ARP" where there is nobody to ask.
  fileprivate var stateWords: String {
    let state = !isUp ? "down" : hasCarrier ? "up" : "no carrier"
    return usesNeighborDiscovery ? state : "\(state), no ARP"
  }
}

private struct LinkRecord: Encodable {
  struct Address: Encodable {
    var address: String
    var length: Int
    var tentative: Bool
    var duplicate: Bool
  }

  var index: Int32
  var name: String
  var mac: String
  var broadcast: String
  var mtu: Int
  var up: Bool
  var carrier: Bool
  var arp: Bool
  var kind: String?
  var addresses: [Address]
  var net_raw: Bool

  init(_ interface: Interface, _ addresses: [InterfaceAddress]) {
    index = interface.index
    name = interface.name
    mac = interface.hardwareAddress.description
    broadcast = interface.broadcastAddress.description
    mtu = interface.mtu
    up = interface.isUp
    carrier = interface.hasCarrier
    arp = interface.usesNeighborDiscovery
    kind = interface.kind
    self.addresses = addresses.map {
      Address(
        address: $0.address.description, length: $0.prefixLength, tentative: $0.isTentative,
        duplicate: $0.isDADFailed)
    }
    net_raw = Privileges.hasNetRaw
  }
}
