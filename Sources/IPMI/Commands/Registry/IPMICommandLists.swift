extension IPMICommands {
  /// Chassis. IPMI 2.0, section 28.
  static let chassis: [any IPMIRequest.Type] = [
    GetChassisCapabilities.self, GetChassisStatus.self, ChassisControl.self, ChassisIdentify.self,
    SetChassisCapabilities.self, SetPowerRestorePolicy.self, GetSystemRestartCause.self,
    SetSystemBootOptions.self, GetSystemBootOptions.self, SetFrontPanelEnables.self,
    SetPowerCycleInterval.self, GetPOHCounter.self,
  ]

  /// The controller itself. IPMI 2.0, sections 20, 22.1 to 22.14 and 27.
  static let application: [any IPMIRequest.Type] = [
    GetDeviceID.self, ColdReset.self, WarmReset.self, GetSelfTestResults.self, GetDeviceGUID.self,
    ResetWatchdogTimer.self, SetWatchdogTimer.self, GetWatchdogTimer.self,
    SetBMCGlobalEnables.self, GetBMCGlobalEnables.self, ClearMessageFlags.self,
    GetMessageFlags.self, GetMessage.self, SendMessage.self, GetSystemGUID.self,
  ]

  /// Sessions. IPMI 2.0, sections 22.13 to 22.20.
  static let session: [any IPMIRequest.Type] = [
    GetChannelAuthenticationCapabilities.self, GetSessionChallenge.self, ActivateSession.self,
    SetSessionPrivilegeLevel.self, CloseSession.self, GetSessionInfo.self,
    GetChannelCipherSuites.self,
  ]
}
