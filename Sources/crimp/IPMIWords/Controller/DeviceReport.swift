import IPMI

/// `mc info`.
struct DeviceReport: IPMIReport {
  var deviceID: UInt8
  var deviceRevision: UInt8
  var firmwareRevision: String
  var version: String
  var manufacturerID: UInt32
  var manufacturer: String?
  var productID: UInt16
  var isAvailable: Bool
  var providesDeviceSDRs: Bool
  var support: [String]
  /// What the manufacturer tells more of the firmware: 4 bytes.
  var auxiliaryFirmware: [UInt8]?

  init(_ device: GetDeviceID.Response) {
    deviceID = device.deviceID
    deviceRevision = device.deviceRevision
    firmwareRevision = device.firmwareText
    version = device.versionText
    manufacturerID = device.manufacturerID & 0xf_ffff
    manufacturer = Manufacturer.name(of: manufacturerID)
    productID = device.productID
    isAvailable = !device.isUpdating
    providesDeviceSDRs = device.providesDeviceSDRs
    support = GetDeviceID.DeviceSupport.texts.enumerated()
      .filter { bit, _ in device.support.rawValue >> bit & 1 == 1 }.map(\.element)
    auxiliaryFirmware = device.auxiliaryFirmware
  }

  func write(to text: inout ReportText) {
    func row(_ name: String, _ value: String) { text.field(name, value, width: 26) }
    row("Device ID", "\(deviceID)")
    row("Device Revision", "\(deviceRevision)")
    row("Firmware Revision", firmwareRevision)
    row("IPMI Version", version)
    row("Manufacturer ID", "\(manufacturerID)")
    row("Manufacturer Name", manufacturer ?? unknownText(manufacturerID))
    row("Product ID", "\(productID) (0x\(productID.hexadecimal(digits: 4)))")
    row("Product Name", unknownText(productID))
    row("Device Available", isAvailable ? "yes" : "no")
    row("Provides Device SDRs", providesDeviceSDRs ? "yes" : "no")
    text.line("Additional Device Support :")
    for each in support { text.line("    \(each)") }
    guard let auxiliaryFirmware else { return }
    row("Aux Firmware Rev Info", "")
    for byte in auxiliaryFirmware { text.line("    0x\(byte.hexadecimal())") }
  }
}
