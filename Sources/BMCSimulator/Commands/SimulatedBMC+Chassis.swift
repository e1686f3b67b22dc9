internal import IPMI

extension CommandTable {
  /// Power, identification, and what the machine's firmware is told. IPMI 2.0, section 28.
  static let chassisCommands = [
    on(GetChassisCapabilities.self) { bmc, _, _ in
      GetChassisCapabilities.Response(
        ChassisCapabilities(features: [.intrusionSensor, .diagnosticInterrupt]))
    },
    on(GetChassisStatus.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(ChassisControl.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(ChassisIdentify.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetPowerRestorePolicy.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetSystemRestartCause.self) { bmc, _, _ in
      GetSystemRestartCause.Response(
        cause: bmc.power.restartCause, channel: CommandContext.channel.rawValue)
    },
    on(SetFrontPanelEnables.self) { bmc, request, _ in
      bmc.frontPanel = FrontPanelButtons(rawValue: 0xf0 | request.buttons.rawValue)
      return EmptyResponse()
    },
    on(GetPOHCounter.self) { bmc, _, context in
      let minutes = bmc.power.timeOn(at: context.now).components.seconds / 60
      return GetPOHCounter.Response(minutesPerCount: 60, count: UInt32(clamping: minutes / 60))
    },
    on(GetSystemBootOptions.self) { bmc, request, _ throws(CompletionCode) in
      let data = try bmc.bootOptions.parameter(request.parameter.rawValue)
      return GetSystemBootOptions.Response(
        .other(request.parameter, data: data),
        isMarkedInvalid: bmc.bootOptions.isMarkedInvalid(request.parameter.rawValue))
    },
    on(SetSystemBootOptions.self) { bmc, request, context throws(CompletionCode) in
      let number = request.parameter.rawValue
      try bmc.bootOptions.mark(number, isInvalid: request.isMarkedInvalid)
      if !request.optionData.isEmpty {
        try bmc.bootOptions.set(number, to: request.optionData, at: context.now)
      }
      return EmptyResponse()
    },
  ]
}

extension SimulatedBMC {
  func answer(
    _ request: GetChassisStatus, _ context: CommandContext
  ) throws(CompletionCode) -> GetChassisStatus.Response {
    GetChassisStatus.Response(
      power: power.isOn ? .on : [], restorePolicy: power.restorePolicy,
      lastEvent: power.wasSwitchedOnByCommand ? .command : [],
      identification: identification.state(at: context.now), buttons: frontPanel)
  }

  mutating func answer(
    _ request: ChassisControl, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    let now = context.now
    switch request.operation {
    case .powerDown: power.switchOff(at: now)
    case .powerUp: power.switchOn(at: now)
    case .powerCycle:
      try refuseWhenOff()
      power.cycle(at: now)
    case .hardReset:
      try refuseWhenOff()
      power.reset(at: now)
    case .diagnosticInterrupt: power.interrupt(at: now)
    case .softShutdown: power.shutDown(at: now)
    default: throw .invalidDataField
    }
    return EmptyResponse()
  }

  /// A cycle or reset of a machine that is off does nothing; a controller may also say so. IPMI 2.0,
  /// table 28-4.
  private func refuseWhenOff() throws(CompletionCode) {
    guard power.isOn || !misbehaves(.refusedCycleWhenOff) else { throw .notSupportedInState }
  }

  mutating func answer(
    _ request: ChassisIdentify, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    let seconds: UInt8? =
      switch request.duration {
      case .standard: Identification.standardSeconds
      case .seconds(let seconds): seconds
      case .indefinite: nil
      }
    identification.set(seconds: seconds, at: context.now)
    report(.identifies(seconds: seconds))
    return EmptyResponse()
  }

  mutating func answer(
    _ request: SetPowerRestorePolicy, _ context: CommandContext
  ) throws(CompletionCode) -> SetPowerRestorePolicy.Response {
    // The number 3 asks what is supported, and changes nothing.
    switch request.policy {
    case .alwaysOff, .previous, .alwaysOn: power.restorePolicy = request.policy
    case .unknown: break
    default: throw .invalidDataField
    }
    return SetPowerRestorePolicy.Response(supported: [.alwaysOff, .previous, .alwaysOn])
  }
}
