internal import IPMI

extension CommandTable {
  /// The controller itself. IPMI 2.0, sections 20 and 27.
  static let applicationCommands = [
    on(GetDeviceID.self) { bmc, _, _ in
      GetDeviceID.Response(
        deviceID: 0x20, deviceRevision: 1, providesDeviceSDRs: false, firmwareMajor: 1,
        firmwareMinor: 0x00,
        support: [.sensors, .sdrRepository, .systemEventLog, .fruInventory, .chassis],
        manufacturerID: SimulatedBMC.manufacturerID, productID: SimulatedBMC.productID,
        auxiliaryFirmware: [0, 0, 0, 0])
    },
    on(ColdReset.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(WarmReset.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetSelfTestResults.self) { _, _, _ in GetSelfTestResults.Response(.passed) },
    on(GetDeviceGUID.self) { bmc, _, _ in GetDeviceGUID.Response(bmc.guid) },
    on(GetSystemGUID.self) { bmc, _, _ in GetSystemGUID.Response(bmc.guid) },
    on(GetBMCGlobalEnables.self) { bmc, _, _ in GetBMCGlobalEnables.Response(bmc.globalEnables) },
    on(SetBMCGlobalEnables.self) { bmc, request, _ in
      bmc.globalEnables = request.enables
      return EmptyResponse()
    },
    on(GetMessageFlags.self) { _, _, _ in GetMessageFlags.Response([]) },
    on(ClearMessageFlags.self) { _, _, _ in EmptyResponse() },
    on(GetWatchdogTimer.self) { bmc, _, context in
      GetWatchdogTimer.Response(
        timer: bmc.watchdog.timer, presentCountdown: bmc.watchdog.countdown(at: context.now))
    },
    on(SetWatchdogTimer.self) { bmc, request, context in
      bmc.watchdog.set(request.timer, at: context.now)
      return EmptyResponse()
    },
    on(ResetWatchdogTimer.self) { bmc, _, context throws(CompletionCode) in
      try bmc.watchdog.restart(at: context.now)
      return EmptyResponse()
    },
  ]
}

extension SimulatedBMC {
  /// The enterprise number that every field without a maker bears: reserved for documentation by
  /// RFC 5612.
  static let manufacturerID: UInt32 = 32473
  static let productID: UInt16 = 0x0001

  /// The controller starts anew: every session is gone.
  mutating func answer(
    _ request: ColdReset, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    endSessions()
    watchdog = Watchdog()
    return EmptyResponse()
  }

  mutating func answer(
    _ request: WarmReset, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    endSessions()
    return EmptyResponse()
  }

  private mutating func endSessions() {
    for session in sessions.sessions {
      sessions[session.identifier] = nil
      ended(session)
    }
  }
}
