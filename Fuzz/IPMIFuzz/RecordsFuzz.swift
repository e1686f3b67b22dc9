import IPMI

/// Reads the bytes as what commands carry: records, inventories, parameters, characters.
func checkRecords(_ bytes: [UInt8]) {
  if let record = try? SensorDataRecord(parsing: bytes.messageBytes) {
    let again = try? SensorDataRecord(parsing: record.bytes.messageBytes)
    precondition(again == record, "not the same record")
    if case .full(let sensor) = record.content, let value = sensor.value(bytes[0]) {
      _ = sensor.raw(nearestTo: value)
    }
    _ = record.name
  }
  if let record = try? SystemEventRecord(parsing: bytes.messageBytes) {
    precondition(bytes.starts(with: record.bytes), "not the same record")
    if case .event(let event, _) = record.content { _ = event.text }
  }
  if let packet = try? SerialOverLANPacket(parsing: bytes.messageBytes) {
    let again = try? SerialOverLANPacket(parsing: packet.bytes.messageBytes)
    precondition(again == packet, "not the same packet")
  }
  checkInventory(bytes)
  checkParameters(bytes)
}

private func checkInventory(_ bytes: [UInt8]) {
  guard let inventory = try? FRUInventory(parsing: bytes.messageBytes) else { return }
  let areas = [inventory.chassis?.fields, inventory.board?.fields, inventory.product?.fields]
  for field in areas.compactMap({ $0 }).joined() { _ = field.text }
  precondition(inventory.bytes.count % 8 == 0, "not in units of 8 bytes")
  _ = try? FRUInventory.wrongChecksums(bytes.messageBytes)
}

private func checkParameters(_ bytes: [UInt8]) {
  guard let first = bytes.first else { return }
  let data = bytes.messageBytes.extracting(droppingFirst: 1)
  let lan = LANParameterNumber(rawValue: first)
  if let value = try? LANParameter(lan, parsing: data) {
    let again = try? LANParameter(lan, parsing: value.data.messageBytes)
    precondition(again == value, "not the same LAN parameter")
  }
  let serial = SOLParameterNumber(rawValue: first)
  if let value = try? SOLParameter(serial, parsing: data) {
    let again = try? SOLParameter(serial, parsing: value.data.messageBytes)
    precondition(again == value, "not the same parameter")
  }
  let boot = BootOptionParameter(rawValue: first)
  if let value = try? BootOption(boot, parsing: data) {
    let again = try? BootOption(boot, parsing: value.data.messageBytes)
    precondition(again == value, "not the same boot option")
  }
}
