import Drivers
import IPMI
import Machines

/// `fru print`: what the inventories say that the controller has, and that its sensor data records
/// tell of.
struct ShowInventories: IPMIOperation {
  /// Whether the further records are told too.
  var tellsMultirecords: Bool

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var report = InventoriesReport()
    do throws(OperationFailure) {
      try await addOwn(to: &report, bmc)
      for stored in try await bmc.sensorRecords() {
        switch stored.record.content {
        case .fruDeviceLocator(let locator): try await add(locator, to: &report, bmc)
        case .controllerLocator(let locator): try await add(locator, to: &report, bmc)
        default: continue
        }
      }
    } catch {
      throw error.after(report)
    }
    return report
  }

  private func addOwn(
    to report: inout InventoriesReport, _ bmc: any BMCTransport
  ) async throws(OperationFailure) {
    var own = InventoryReport(id: 0, heading: "Builtin FRU Device (ID 0)")
    report.units.append(own)
    let device = try await bmc.ask(GetDeviceID(), Complaint("Get Device ID command failed"))
    guard device.support.contains(.fruInventory) else {
      report.units[0].isTold = false
      return
    }
    try await own.fill(over: bmc, tellsMultirecords: tellsMultirecords)
    report.units[0] = own
  }

  private func add(
    _ locator: FRUDeviceLocatorRecord, to report: inout InventoriesReport,
    _ bmc: any BMCTransport
  ) async throws(OperationFailure) {
    guard locator.isLogical, locator.isInventory,
      locator.accessAddress != IPMIMessage.controllerAddress || locator.deviceID != 0
    else { return }
    let name = String((locator.name.text).prefix(16))
    var unit = InventoryReport(
      id: locator.deviceID, name: name, heading: "\(name) (ID \(locator.deviceID))")
    switch locator.deviceTypeModifier {
    case 0x00, 0x02:
      try await unit.fill(
        over: bmc.inventoryTransport(to: locator.accessAddress, channel: locator.channel >> 4),
        tellsMultirecords: tellsMultirecords)
    default:
      unit.foreignType = InventoryReport.ForeignType(
        type: locator.deviceType, modifier: locator.deviceTypeModifier)
    }
    report.units.append(unit)
  }

  private func add(
    _ locator: ControllerLocatorRecord, to report: inout InventoriesReport,
    _ bmc: any BMCTransport
  ) async throws(OperationFailure) {
    let present = (bmc as? AddressedTransport)?.route.bridge?.target.address
    guard locator.support.contains(.fruInventory),
      locator.address != present ?? IPMIMessage.controllerAddress
    else { return }
    let name = String(locator.name.text.prefix(16))
    var unit = InventoryReport(id: 0, name: name, heading: name.filled(to: 16))
    try await unit.fill(
      over: bmc.inventoryTransport(to: locator.address, channel: 0),
      tellsMultirecords: tellsMultirecords)
    report.units.append(unit)
  }
}

extension FRUDeviceLocatorRecord {
  /// Whether it is an inventory of the form that is read here: a logical one, or an EEPROM that holds
  /// one. IPMI 2.0, table 43-12.
  fileprivate var isInventory: Bool {
    deviceType == 0x10 || (0x08...0x0f).contains(deviceType) && deviceTypeModifier == 0x02
  }
}

extension BMCTransport {
  /// The way to the controller that has an inventory.
  fileprivate func inventoryTransport(to address: UInt8, channel: UInt8) -> any BMCTransport {
    let addressed = self as? AddressedTransport
    let present = addressed?.route.bridge?.target
    let isPresent =
      address == present?.address ?? IPMIMessage.controllerAddress
      && channel == present?.channel.rawValue ?? 0
    guard !isPresent else { return self }
    let hop = MessageBridge.Hop(channel: ChannelNumber(rawValue: channel), address: address)
    return AddressedTransport(over: self, by: Route(bridge: MessageBridge(to: hop)))
  }
}
