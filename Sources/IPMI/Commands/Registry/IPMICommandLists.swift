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
    SetSystemInfoParameters.self, GetSystemInfoParameters.self,
  ]

  /// Sessions. IPMI 2.0, sections 22.13 to 22.20.
  static let session: [any IPMIRequest.Type] = [
    GetChannelAuthenticationCapabilities.self, GetSessionChallenge.self, ActivateSession.self,
    SetSessionPrivilegeLevel.self, CloseSession.self, GetSessionInfo.self,
    GetChannelCipherSuites.self,
  ]

  /// Users and channels. IPMI 2.0, sections 22.22 to 22.30, 24.6 and 24.7.
  static let access: [any IPMIRequest.Type] = [
    SetChannelAccess.self, GetChannelAccess.self, GetChannelInfo.self, SetUserAccess.self,
    GetUserAccess.self, SetUserName.self, GetUserName.self, SetUserPassword.self,
    SetUserPayloadAccess.self, GetUserPayloadAccess.self, SetChannelSecurityKeys.self,
  ]

  /// Payloads. IPMI 2.0, section 24.
  static let payload: [any IPMIRequest.Type] = [
    ActivatePayload.self, DeactivatePayload.self, GetPayloadActivationStatus.self,
    GetPayloadInstanceInfo.self, GetChannelPayloadSupport.self, GetChannelPayloadVersion.self,
    SuspendResumePayloadEncryption.self,
  ]

  /// Configuration of LAN and serial over LAN. IPMI 2.0, sections 23 and 26.
  static let transport: [any IPMIRequest.Type] = [
    SetLANConfigurationParameters.self, GetLANConfigurationParameters.self,
    GetLANStatistics.self,
    SetSOLConfigurationParameters.self, GetSOLConfigurationParameters.self,
  ]

  /// Sensors. IPMI 2.0, section 35.
  static let sensor: [any IPMIRequest.Type] = [
    PlatformEventMessage.self, GetDeviceSDR.self, ReserveDeviceSDRRepository.self,
    GetSensorReadingFactors.self,
    SetSensorHysteresis.self, GetSensorHysteresis.self, SetSensorThresholds.self,
    GetSensorThresholds.self, SetSensorEventEnable.self, GetSensorEventEnable.self,
    GetSensorEventStatus.self, GetSensorReading.self, GetSensorType.self,
  ]

  /// Inventory, sensor data records and the event log. IPMI 2.0, sections 31, 33 and 34.
  static let storage: [any IPMIRequest.Type] = [
    GetFRUInventoryAreaInfo.self, ReadFRUData.self, WriteFRUData.self, GetSDRRepositoryInfo.self,
    ReserveSDRRepository.self, GetSDR.self, GetSELInfo.self, GetSELAllocationInfo.self,
    ReserveSEL.self, GetSELEntry.self, AddSELEntry.self, DeleteSELEntry.self, ClearSEL.self,
    GetSELTime.self, SetSELTime.self,
  ]

  /// The Data Center Manageability Interface. DCMI 1.5, section 6.
  static let dcmi: [any IPMIRequest.Type] = [
    GetDCMICapabilities.self, GetPowerReading.self, GetPowerLimit.self, SetPowerLimit.self,
    ActivatePowerLimit.self, GetAssetTag.self, GetDCMISensorInfo.self, SetAssetTag.self,
    GetManagementControllerID.self, SetManagementControllerID.self, SetThermalLimit.self,
    GetThermalLimit.self, GetTemperatureReadings.self, SetDCMIConfigurationParameters.self,
    GetDCMIConfigurationParameters.self,
  ]
}
