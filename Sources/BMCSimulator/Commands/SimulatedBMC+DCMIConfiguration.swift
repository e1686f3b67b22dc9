internal import IPMI

extension CommandTable {
  /// What can be configured by the Data Center Manageability Interface. DCMI 1.5, sections 6.1.2,
  /// 6.1.3, 6.7.1 and 6.7.2.
  static let dcmiConfigurationCommands = [
    on(GetThermalLimit.self) { bmc, request, _ throws(CompletionCode) in
      guard SimulatedBMC.hasThermalLimit(request.entity) else { throw .notPresent }
      return GetThermalLimit.Response(
        bmc.dcmi.thermalLimits[request.entity]
          ?? ThermalLimit(actions: .log, celsius: 45, exceptionSeconds: 60))
    },
    on(SetThermalLimit.self) { bmc, request, _ throws(CompletionCode) in
      guard SimulatedBMC.hasThermalLimit(request.entity) else { throw .notPresent }
      guard request.limit.celsius <= 100 else { throw CompletionCode(rawValue: 0x84) }
      bmc.dcmi.thermalLimits[request.entity] = request.limit
      return SetThermalLimit.Response()
    },
    on(GetDCMIConfigurationParameters.self) { bmc, request, _ throws(CompletionCode) in
      guard let standard = SimulatedBMC.dcmiParameters[request.parameter] else {
        throw CompletionCode(rawValue: 0x80)
      }
      return GetDCMIConfigurationParameters.Response(
        value: bmc.dcmi.parameters[request.parameter.rawValue] ?? standard)
    },
    on(SetDCMIConfigurationParameters.self) { bmc, request, _ throws(CompletionCode) in
      guard let standard = SimulatedBMC.dcmiParameters[request.parameter] else {
        throw CompletionCode(rawValue: 0x80)
      }
      guard request.value.count == standard.count else { throw .lengthInvalid }
      // Asking for an address is done at once, and leaves nothing behind.
      if request.parameter != .activateDHCP {
        bmc.dcmi.parameters[request.parameter.rawValue] = request.value
      }
      return SetDCMIConfigurationParameters.Response()
    },
  ]
}

extension SimulatedBMC {
  /// The air inlet has a limit, as DCMI wants it; other places have none.
  fileprivate static func hasThermalLimit(_ entity: EntityID) -> Bool {
    [0x37, 0x40].contains(entity.kind) && entity.instance <= 1
  }

  /// What the parameters are at first. DCMI 1.5, table 6-9.
  fileprivate static let dcmiParameters: [DCMIParameterNumber: [UInt8]] = [
    .activateDHCP: [0], .discoveryConfiguration: [1], .initialTimeout: [4],
    .serverTimeout: [120, 0], .serverRetry: [64, 0],
  ]
}
