internal import IPMI

extension BMCConfiguration {
  /// The controller's own inventory, and those of the parts that have one.
  static let fruDevices: [(identifier: UInt8, name: String)] = [(1, "PSU1 FRU"), (2, "PSU2 FRU")]

  /// The sensor data records of every controller of this configuration.
  var sensorDataRecords: [[UInt8]] {
    SensorRecordWriter.records(
      controllerName: controllerName, fruDevices: Self.fruDevices, sensors: sensors,
      others: otherRecords)
  }

  /// The inventories of the machine with that GUID, which makes its serial numbers.
  func inventories(of guid: GUID) -> [UInt8: [UInt8]] {
    let serial = guid.octets.bytes.prefix(4).reduce("") { text, byte in
      text + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
    var inventories: [UInt8: [UInt8]] = [
      0: FRUInventoryWriter.inventory(
        FRUInventoryWriter.Texts(
          chassisPartNumber: "CR-1U-0001", manufacturer: "Crimp", product: "Simulated Server",
          partNumber: "SIM-2026", version: "1.00", serialNumber: "SN\(serial)",
          assetTag: "CRIMP-LAB"))
    ]
    for (identifier, _) in Self.fruDevices {
      inventories[identifier] = FRUInventoryWriter.inventory(
        FRUInventoryWriter.Texts(
          chassisPartNumber: "CR-PSU", manufacturer: "Crimp", product: "Simulated Power Supply",
          partNumber: "PSU-0750", version: "1.00", serialNumber: "PS\(serial)\(identifier)",
          assetTag: "CRIMP-LAB"), records: FRUInventoryWriter.powerSupplyRecords)
    }
    return inventories
  }
}
