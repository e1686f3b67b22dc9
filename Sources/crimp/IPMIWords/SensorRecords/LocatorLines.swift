import IPMI

/// A record of something that is no sensor, or no sensor that can be asked: in one line, or in many.
struct LocatorLines {
  let stored: StoredRecord
  private var name: String { stored.name }

  /// Writes one line, or all there is.
  func write(isExtended: Bool, isLong: Bool, to text: inout ReportText) {
    switch stored.record.content {
    case .eventOnly(let record):
      isLong ? writeLong(record, to: &text) : write(record, isExtended, to: &text)
    case .controllerLocator(let record):
      isLong ? writeLong(record, to: &text) : write(record, isExtended, to: &text)
    case .genericDeviceLocator(let record):
      isLong ? writeLong(record, to: &text) : write(record, isExtended, to: &text)
    case .fruDeviceLocator(let record):
      isLong ? writeLong(record, to: &text) : write(record, isExtended, to: &text)
    default: break
    }
  }

  // MARK: One line

  private func write(
    _ record: EventOnlyRecord, _ isExtended: Bool, to text: inout ReportText
  ) {
    let number = record.number.hexadecimal(uppercase: true) + "h"
    if text.style.isCSV {
      text.line("\(name),\(number),ns,\(record.entity.numberText),Event-Only")
    } else if isExtended {
      text.line("\(column) | \(number) | ns  | \(record.entity.column) | Event-Only")
    } else {
      text.line("\(column) | Event-Only        | ns")
    }
  }

  private func write(
    _ record: ControllerLocatorRecord, _ isExtended: Bool, to text: inout ReportText
  ) {
    let isStatic = record.initialPower & 0x01 != 0
    let place = "\(isStatic ? "Static" : "Dynamic") MC @ \(hexadecimal(record.address))h"
    if text.style.isCSV {
      text.line("\(name),00h,ok,\(record.entity.numberText)")
    } else if isExtended {
      text.line("\(column) | 00h | ok  | \(record.entity.column) | \(place)")
    } else {
      text.line("\(column) | \(place) \(isStatic ? " " : "") | ok")
    }
  }

  private func write(
    _ record: GenericDeviceLocatorRecord, _ isExtended: Bool, to text: inout ReportText
  ) {
    let device = DeviceLocation(record.location)
    let place = "\(hexadecimal(device.access)):\(hexadecimal(device.address))"
    if text.style.isCSV {
      text.line("\(name),00h,ns,\(record.entity.numberText)")
    } else if isExtended {
      let extended =
        "Generic Device @\(hexadecimal(device.access))h:\(hexadecimal(device.address))h.\(record.oem)"
      text.line("\(column) | 00h | ns  | \(record.entity.column) | \(extended)")
    } else {
      text.line("\(column) | Generic @\(place).\("\(record.oem)".filled(to: 2)) | ok")
    }
  }

  private func write(
    _ record: FRUDeviceLocatorRecord, _ isExtended: Bool, to text: inout ReportText
  ) {
    let device = hexadecimal(record.deviceID) + "h"
    if text.style.isCSV {
      text.line("\(name),00h,ns,\(record.entity.numberText)")
    } else if isExtended {
      let kind = record.isLogical ? "Logical" : "Physical"
      text.line("\(column) | 00h | ns  | \(record.entity.column) | \(kind) FRU @\(device)")
    } else {
      let entity =
        "\(record.entity.kind.hexadecimal()).\((record.entity.instance & 0x7f).hexadecimal(digits: 1))"
      text.line("\(column) | \(record.isLogical ? "Log" : "Phy") FRU @\(device) \(entity) | ok")
    }
  }

  private var column: String { name.filled(to: 16) }

  // MARK: All there is

  private func writeLong(_ record: EventOnlyRecord, to text: inout ReportText) {
    field("Sensor ID", "\(name) (0x\(record.number.hexadecimal(digits: 1)))", to: &text)
    field("Entity ID", "\(record.entity.numberText) (\(record.entity.text))", to: &text)
    let type = record.sensorType
    field("Sensor Type", "\(type.text) (0x\(type.rawValue.hexadecimal()))", to: &text)
    text.line()
  }

  private func writeLong(_ record: ControllerLocatorRecord, to text: inout ReportText) {
    let power = record.initialPower
    func required(_ bit: UInt8) -> String { power & bit != 0 ? "Required" : "Not Required" }
    field("Device ID", fullName, to: &text)
    field("Entity ID", "\(record.entity.numberText) (\(record.entity.text))", to: &text)
    field("Device Slave Address", hexadecimal(record.address) + "h", to: &text)
    field("Channel Number", digit(record.channel.rawValue & 0x0f), to: &text)
    field("ACPI System P/S Notif", required(0x04), to: &text)
    field("ACPI Device P/S Notif", required(0x02), to: &text)
    field("Controller Presence", power & 0x01 != 0 ? "Static" : "Dynamic", to: &text)
    field(
      "Logs Init Agent Errors", record.initialization & 0x08 != 0 ? "Yes" : "No", to: &text)
    let generation = ["Enable", "Disable", "Do Not Init Controller", "Reserved"]
    field("Event Message Gen", generation[Int(record.initialization & 0x03)], to: &text)
    text.line("Device Capabilities")
    let names = [
      "Chassis Device", "Bridge", "IPMB Event Generator", "IPMB Event Receiver",
      "FRU Inventory Device", "SEL Device", "SDR Repository", "Sensor Device",
    ]
    for (index, name) in names.enumerated() {
      let isThere = record.support.rawValue & 0x80 >> UInt8(index) != 0
      field(" " + name, isThere ? "Yes" : "No", to: &text)
    }
    text.line()
  }

  private func writeLong(_ record: GenericDeviceLocatorRecord, to text: inout ReportText) {
    let device = DeviceLocation(record.location)
    field("Device ID", fullName, to: &text)
    field("Entity ID", "\(record.entity.numberText) (\(record.entity.text))", to: &text)
    field("Device Access Address", hexadecimal(device.access) + "h", to: &text)
    field("Device Slave Address", hexadecimal(device.address) + "h", to: &text)
    field("Address Span", hexadecimal(device.span) + "h", to: &text)
    field("Channel Number", digit(device.channel), to: &text)
    field("LUN.Bus", "\(digit(device.lun)).\(digit(device.bus))", to: &text)
    field(
      "Device Type.Modifier", deviceType(record.deviceType, record.deviceTypeModifier), to: &text)
    field("OEM", hexadecimal(record.oem) + "h", to: &text)
    text.line()
  }

  private func writeLong(_ record: FRUDeviceLocatorRecord, to text: inout ReportText) {
    field("Device ID", fullName, to: &text)
    field("Entity ID", "\(record.entity.numberText) (\(record.entity.text))", to: &text)
    field("Device Access Address", hexadecimal(record.accessAddress) + "h", to: &text)
    field(
      record.isLogical ? "Logical FRU Device" : "Slave Address",
      hexadecimal(record.deviceID) + "h", to: &text)
    field("Channel Number", digit(record.channel >> 4), to: &text)
    let (lun, bus) = (record.access >> 3 & 0x03, record.access & 0x07)
    field("LUN.Bus", "\(digit(lun)).\(digit(bus))", to: &text)
    field(
      "Device Type.Modifier", deviceType(record.deviceType, record.deviceTypeModifier), to: &text)
    field("OEM", hexadecimal(record.oem) + "h", to: &text)
    text.line()
  }

  private func field(_ name: String, _ value: String, to text: inout ReportText) {
    text.field(name, value, width: 23)
  }

  /// The name beyond its first 16 characters.
  private var fullName: String { stored.record.name ?? "" }

  private func hexadecimal(_ byte: UInt8) -> String { byte.hexadecimal(uppercase: true) }

  private func digit(_ value: UInt8) -> String {
    value.hexadecimal(digits: 1, uppercase: true) + "h"
  }

  private func deviceType(_ type: UInt8, _ modifier: UInt8) -> String {
    "\(digit(type)).\(digit(modifier)) (\(DeviceTypeText.text(type, modifier)))"
  }
}

/// Where a device is: 4 bytes of its record. IPMI 2.0, table 43-7.
private struct DeviceLocation {
  var access: UInt8
  var address: UInt8
  var channel: UInt8
  var lun: UInt8
  var bus: UInt8
  var span: UInt8

  init(_ bytes: [UInt8]) {
    let bytes = bytes.prefix(4) + Array(repeating: 0, count: max(0, 4 - bytes.count))
    (access, address) = (bytes[0], bytes[1])
    channel = bytes[2] >> 5
    lun = bytes[2] >> 3 & 0x03
    bus = bytes[2] & 0x07
    span = bytes[3] >> 5
  }
}

extension ControllerLocatorRecord {
  /// What the record says of power states: its upper bits. IPMI 2.0, table 43-9, byte 8.
  fileprivate var initialPower: UInt8 { initialization >> 5 }
}
