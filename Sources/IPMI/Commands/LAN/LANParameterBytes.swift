extension LANParameter {
  /// Reads the data of the parameter `number`.
  public init(_ number: LANParameterNumber, parsing data: RawSpan) throws(IPMIError) {
    var reader = SetLANConfigurationParameters.requestReader(data)
    switch number {
    case .setInProgress: self = .setInProgress(SetInProgress(rawValue: try reader.u8()))
    case .authenticationSupport: self = .authenticationSupport(try reader.flags())
    case .authenticationEnables:
      self = .authenticationEnables(try AuthenticationEnables(reading: &reader))
    case .address: self = .address(try IPv4(reading: &reader))
    case .addressSource: self = .addressSource(AddressSource(rawValue: try reader.u8()))
    case .hardwareAddress: self = .hardwareAddress(HardwareAddress(try reader.bytes(6)))
    case .subnetMask: self = .subnetMask(try IPv4(reading: &reader))
    case .ipHeader: self = .ipHeader(try IPHeader(reading: &reader))
    case .primaryPort: self = .primaryPort(try reader.u16())
    case .secondaryPort: self = .secondaryPort(try reader.u16())
    case .arpControl: self = .arpControl(try reader.flags())
    case .gratuitousARPInterval: self = .gratuitousARPInterval(try reader.u8())
    case .defaultGateway: self = .defaultGateway(try IPv4(reading: &reader))
    case .defaultGatewayHardware:
      self = .defaultGatewayHardware(HardwareAddress(try reader.bytes(6)))
    case .backupGateway: self = .backupGateway(try IPv4(reading: &reader))
    case .backupGatewayHardware:
      self = .backupGatewayHardware(HardwareAddress(try reader.bytes(6)))
    default: self = try LANParameter(laterNumber: number, reading: &reader)
    }
  }

  private init(
    laterNumber number: LANParameterNumber, reading reader: inout MessageReader
  ) throws(IPMIError) {
    switch number {
    case .communityString:
      self = .communityString(Array(try reader.bytes(18).prefix { $0 != 0 }))
    case .destinationCount: self = .destinationCount(try reader.u8() & 0x0f)
    case .vlanID:
      let field = try reader.u16()
      self = .vlanID(field & 0x8000 == 0 ? nil : field & 0x0fff)
    case .vlanPriority: self = .vlanPriority(try reader.u8() & 0x07)
    case .cipherSuiteCount: self = .cipherSuiteCount(try reader.u8() & 0x1f)
    case .cipherSuites:
      try reader.skip(1)
      self = .cipherSuites(Array(reader.rest().prefix(16)))
    case .cipherSuitePrivileges:
      try reader.skip(1)
      self = .cipherSuitePrivileges(
        try reader.bytes(8).flatMap {
          [PrivilegeLimit(rawValue: $0), PrivilegeLimit(rawValue: $0 >> 4)]
        })
    case .badPasswordThreshold:
      self = .badPasswordThreshold(try BadPasswordThreshold(reading: &reader))
    default: self = .other(number, data: reader.rest())
    }
  }

  /// The parameter's data.
  public var data: [UInt8] {
    switch self {
    case .setInProgress(let state): [state.rawValue]
    case .authenticationSupport(let types): [types.rawValue]
    case .authenticationEnables(let enables): enables.bytes
    case .address(let address), .subnetMask(let address), .defaultGateway(let address),
      .backupGateway(let address):
      address.bytes
    case .addressSource(let source): [source.rawValue]
    case .hardwareAddress(let address), .defaultGatewayHardware(let address),
      .backupGatewayHardware(let address):
      address.bytes
    case .ipHeader(let header): header.bytes
    case .primaryPort(let port), .secondaryPort(let port): bytes(port)
    case .arpControl(let control): [control.rawValue]
    case .gratuitousARPInterval(let interval): [interval]
    case .communityString(let text): text.fitted(to: 18)
    case .destinationCount(let count): [count & 0x0f]
    case .vlanID(let vlan): bytes(vlan.map { 0x8000 | $0 & 0x0fff } ?? 0)
    case .vlanPriority(let priority): [priority & 0x07]
    case .cipherSuiteCount(let count): [count & 0x1f]
    case .cipherSuites(let suites): [0] + suites.prefix(16)
    case .cipherSuitePrivileges(let limits): privilegeBytes(limits)
    case .badPasswordThreshold(let threshold): threshold.bytes
    case .other(_, let data): data
    }
  }

  private func bytes(_ value: UInt16) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: value)
    return bytes
  }

  private func privilegeBytes(_ limits: [PrivilegeLimit]) -> [UInt8] {
    let nibbles = limits.map(\.rawValue).fitted(to: 16)
    return [0]
      + stride(from: 0, to: 16, by: 2).map { nibbles[$0] | nibbles[$0 + 1] << 4 }
  }
}
