import IPMI
import Testing

/// Bytes from the tables of DCMI 1.5, section 6; the requests as ipmitool 1.8.19 sends them.
@Suite("DCMI") struct DCMICommandTests {
  @Test("tells how much power is drawn")
  func power() throws {
    #expect(GetPowerReading().data == [0xdc, 1, 0, 0])
    let bytes: [UInt8] = [
      0xdc, 0x2c, 0x01, 0x0a, 0x00, 0x90, 0x01, 0x2d, 0x01, 0x10, 0x32, 0x54, 0x76, 0xe8, 0x03,
      0x00, 0x00, 0x40,
    ]
    let reading = try GetPowerReading.Response(parsing: bytes.messageBytes)
    #expect(reading.current == 300 && reading.minimum == 10 && reading.maximum == 400)
    #expect(reading.average == 301 && reading.periodMilliseconds == 1000 && reading.isActive)
    #expect(reading.time == 0x7654_3210 && reading.data == bytes)
  }

  @Test("sets a limit of power")
  func limit() {
    let request = SetPowerLimit(
      PowerLimit(
        watts: 200, exceptionAction: .hardPowerOff, correctionMilliseconds: 1000,
        samplingSeconds: 5))
    #expect(
      request.data == [0xdc, 0, 0, 0, 1, 0xc8, 0, 0xe8, 0x03, 0, 0, 0, 0, 5, 0])
    #expect(ActivatePowerLimit(isActive: true).data == [0xdc, 1, 0, 0])
    #expect(GetPowerLimit.meaning(of: CompletionCode(rawValue: 0x80)) == "no limit is set")
  }

  @Test("reads temperatures with their sign")
  func temperatures() throws {
    let bytes: [UInt8] = [0xdc, 2, 2, 0x19, 1, 0x85, 2]
    let readings = try GetTemperatureReadings.Response(parsing: bytes.messageBytes)
    #expect(readings.temperatures.map(\.celsius) == [25, -5])
    #expect(readings.temperatures.map(\.instance) == [1, 2] && readings.data == bytes)
    typealias Temperature = GetTemperatureReadings.Temperature
    #expect(Temperature(celsius: -300, instance: 1).celsius == -127)
    #expect(Temperature(celsius: .min, instance: 1).celsius == -127)
  }

  @Test("limits temperatures")
  func thermalLimit() throws {
    let inlet = EntityID(kind: 0x40, instance: 1)
    let limit = ThermalLimit(
      actions: [.isPersistent, .powerOff], celsius: 50, exceptionSeconds: 300)
    #expect(SetThermalLimit(entity: inlet, limit).data == [0xdc, 0x40, 1, 0xc0, 50, 0x2c, 1])
    #expect(GetThermalLimit(entity: inlet).data == [0xdc, 0x40, 1])
    let bytes: [UInt8] = [0xdc, 0xc0, 50, 0x2c, 1]
    #expect(try GetThermalLimit.Response(parsing: bytes.messageBytes).limit == limit)
    #expect(SetThermalLimit.meaning(of: CompletionCode(rawValue: 0x84)) != nil)
  }

  @Test("configures how a controller finds its server")
  func configuration() throws {
    #expect(GetDCMIConfigurationParameters(.serverRetry).data == [0xdc, 5, 0])
    #expect(
      SetDCMIConfigurationParameters(.serverTimeout, value: [0x2c, 1]).data
        == [0xdc, 4, 0, 0x2c, 1])
    let bytes: [UInt8] = [0xdc, 1, 5, 1, 64, 0]
    let response = try GetDCMIConfigurationParameters.Response(parsing: bytes.messageBytes)
    #expect(response.value == [64, 0] && response.revision == 1)
  }

  @Test("is not another body's command of the same number")
  func otherBody() {
    let picmg: [UInt8] = [0x00, 0x01]
    #expect((try? GetDCMICapabilities(parsing: picmg.messageBytes)) == nil)
    #expect(IPMICommands.command(.groupExtension, 0x01, data: picmg.messageBytes) == nil)
    let nothing: [UInt8] = []
    #expect(IPMICommands.command(.groupExtension, 0x01, data: nothing.messageBytes) == nil)
  }
}
