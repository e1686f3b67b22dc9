import IPMI
import Testing

/// Bytes from the tables of IPMI 2.0, section 28.
@Suite("Chassis commands") struct ChassisCommandTests {
  @Test("tell how power is, bit by bit")
  func status() throws {
    let bytes: [UInt8] = [0x61, 0x10, 0x50, 0x81]
    let status = try GetChassisStatus.Response(parsing: bytes.messageBytes)
    #expect(status.isPowerOn && status.power == .on)
    #expect(status.restorePolicy == .unknown)
    #expect(status.lastEvent == .command && status.lastEvent.text == "command")
    #expect(status.identification == .temporary)
    #expect(status.buttons == [.powerDisabled, .standbyCanBeDisabled])
    #expect(status.data == bytes)
    let off = try GetChassisStatus.Response(parsing: [0x2e, 0x0f, 0x0f].messageBytes)
    #expect(!off.isPowerOn && off.power == [.overload, .interlock, .fault])
    #expect(off.restorePolicy == .previous && off.identification == nil && off.buttons == nil)
    #expect(off.lastEvent.text == "ac-failed overload interlock fault ")
    #expect(off.state == [.intrusion, .frontPanelLockout, .driveFault, .coolingFault])
  }

  @Test(
    "turn power on and off",
    arguments: [
      (ChassisControl.Operation.powerDown, UInt8(0)), (.powerUp, 1), (.powerCycle, 2),
      (.hardReset, 3), (.diagnosticInterrupt, 4), (.softShutdown, 5),
    ])
  func control(_ operation: ChassisControl.Operation, _ byte: UInt8) {
    #expect(ChassisControl(operation).data == [byte])
  }

  @Test("show the chassis for a while, for good, or not")
  func identify() throws {
    #expect(ChassisIdentify(.standard).data == [])
    #expect(ChassisIdentify(.seconds(0)).data == [0])
    #expect(ChassisIdentify(.indefinite).data == [0, 1])
    let parsed = try ChassisIdentify(parsing: [30, 0].messageBytes)
    #expect(parsed.duration == .seconds(30))
  }

  @Test("count hours without overflow")
  func hours() throws {
    let bytes: [UInt8] = [60, 0xff, 0xff, 0xff, 0xff]
    let counter = try GetPOHCounter.Response(parsing: bytes.messageBytes)
    #expect(counter.minutes == 257_698_037_700)
  }

  @Test("name what a boot option holds")
  func bootOptions() throws {
    var flags = BootFlags(.biosSetup, isPersistent: false, isEFI: true)
    flags.verbosity = 2
    flags.consoleRedirection = 1
    flags.serialSwitch = 2
    flags.locksPowerButton = true
    flags.clearsCMOS = true
    flags.deviceInstance = 0x11
    let option = BootOption.bootFlags(flags)
    #expect(option.data == [0xa0, 0x98, 0xc1, 0x02, 0x11])
    #expect(try BootOption(.bootFlags, parsing: option.data.messageBytes) == option)
    #expect(flags.device.text == "Force Boot into BIOS Setup")
    #expect(flags.verbosityText == "Request Verbose Display")
    let retained = BootOption.validBitClearing(.timeout)
    #expect(SetSystemBootOptions(retained).data == [3, 8])
    let acknowledged = BootOption.infoAcknowledge(mask: .bios, .bios)
    #expect(SetSystemBootOptions(acknowledged).data == [4, 1, 1])
    #expect(BootDevice(word: "floppy") == .floppy && BootDevice(word: "tape") == nil)
  }

  @Test("keep every boot option that they read", arguments: UInt8(0)...20)
  func optionsRoundTrip(_ parameter: UInt8) throws {
    let bytes = (1...24).map { UInt8($0 * 9) }
    let option = try BootOption(
      BootOptionParameter(rawValue: parameter), parsing: bytes.messageBytes)
    #expect(option.parameter.rawValue == parameter)
    #expect(try BootOption(option.parameter, parsing: option.data.messageBytes) == option)
    let empty: [UInt8] = []
    let isReadable =
      (try? BootOption(option.parameter, parsing: empty.messageBytes)) != nil
    #expect(isReadable == (parameter >= 8))
  }
}
