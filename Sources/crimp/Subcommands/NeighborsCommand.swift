import ArgumentParser
import LinkLayer
import Links

/// `crimp neighbors`: the kernel's neighbour tables, and its gateways.
struct NeighborsCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "neighbors",
    abstract: "List the neighbour tables of ARP and NDP: whom an announcement would be directed to."
  )

  @Option(name: [.short, .long], help: "Only this interface.")
  var interface: String?

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Flag(help: "One JSON object a line.")
  var json = false

  func perform() throws(CommandFailure) -> ExitStatus {
    if let netns { try Station.enter(netns) }
    let records = try worded { () throws(NetlinkError) in try read() }
    for record in records {
      if json {
        JSONLine.write(record)
      } else {
        StandardStream.output.writeLine(record.text)
      }
    }
    return .success
  }

  private func read() throws(NetlinkError) -> [NeighborRecord] {
    let tables = try KernelTables()
    let interfaces =
      if let interface { [try tables.interface(named: interface)] } else { try tables.interfaces() }
    var records: [NeighborRecord] = []
    for interface in interfaces {
      let gateways = Set(try tables.defaultGateways(of: interface.index).compactMap(\.gateway))
      for entry in try tables.neighbors(of: interface.index) {
        records.append(
          NeighborRecord(entry, on: interface.name, isGateway: gateways.contains(entry.address)))
      }
    }
    return records
  }
}

private struct NeighborRecord: Encodable {
  var address: String
  var interface: String
  var mac: String?
  var state: String
  var router: Bool
  var gateway: Bool

  init(_ entry: Neighbor, on interface: String, isGateway: Bool) {
    address = entry.address.description
    self.interface = interface
    mac = entry.hardwareAddress?.description
    state = entry.state.description
    router = entry.isRouter
    gateway = isGateway
  }

  var text: String {
    "\(address) \(interface) \(mac ?? "-") \(state)" + (router ? " router" : "")
      + (gateway ? " gateway" : "")
  }
}
