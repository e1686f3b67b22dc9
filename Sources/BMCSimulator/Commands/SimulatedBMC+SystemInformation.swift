internal import IPMI

extension CommandTable {
  /// What the controller keeps of its system, and what its channel has counted. IPMI 2.0, sections
  /// 22.14a, 22.14b and 23.4.
  static let systemInformationCommands = [
    on(GetSystemInfoParameters.self) { bmc, request, _ throws(CompletionCode) in
      let value = try bmc.systemInformation.value(request.parameter, block: request.set)
      return GetSystemInfoParameters.Response(value: request.asksForRevisionOnly ? [] : value)
    },
    on(SetSystemInfoParameters.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.systemInformation.set(request.parameter, to: request.value)
      return EmptyResponse()
    },
    on(GetLANStatistics.self) { _, request, _ throws(CompletionCode) in
      guard request.channel == CommandContext.channel || request.channel == .current else {
        throw .invalidDataField
      }
      // A simulated channel counts nothing.
      return GetLANStatistics.Response()
    },
  ]
}
