import BMCSimulator
import IPMI
import MonotonicTime
import Support
import Testing

/// The machine behind the controller, as time goes by.
@Suite("The managed machine")
struct MachineTests {
  private func administrator(
    _ change: (inout BMCConfiguration) throws -> Void = { _ in }
  ) throws -> Console20 {
    let console = try Console20(try Bench(change)).logIn()
    try console.raiseToAdministrator()
    return console
  }

  @Test("power changes when its delay is over, not before")
  func powerDelays() throws {
    let console = try administrator {
      $0.powerDelays = HostPower.Delays(
        on: .seconds(2), off: .seconds(1), soft: .seconds(5), cycle: .seconds(3))
    }
    func isOn() throws -> Bool { try console.call(GetChassisStatus()).isPowerOn }
    _ = try console.call(ChassisControl(.powerDown))
    #expect(try isOn())
    console.bench.wait(.milliseconds(999))
    #expect(try isOn())
    console.bench.wait(.milliseconds(1))
    #expect(try !isOn())
    _ = try console.call(ChassisControl(.powerUp))
    console.bench.wait(.seconds(2))
    #expect(try isOn())
    _ = try console.call(ChassisControl(.powerCycle))
    console.bench.wait(.seconds(1))
    #expect(try !isOn())
    console.bench.wait(.seconds(3))
    #expect(try isOn())
    _ = try console.call(ChassisControl(.softShutdown))
    console.bench.wait(.seconds(4))
    #expect(try isOn())
    // Switched on again before it was off: the shutdown is called off.
    _ = try console.call(ChassisControl(.powerUp))
    console.bench.wait(.seconds(10))
    #expect(try isOn())
    let events = console.bench.events.compactMap { event in
      if case .power(let change) = event { change } else { nil }
    }
    #expect(events == [.off, .on, .off, .on])
    #expect(try console.call(GetSystemRestartCause()).cause == .chassisControl)
  }

  @Test("cycle and reset of a machine that is off change nothing")
  func cycleWhenOff() throws {
    let console = try administrator { $0.isHostOn = false }
    _ = try console.call(ChassisControl(.powerCycle))
    _ = try console.call(ChassisControl(.hardReset))
    #expect(try !console.call(GetChassisStatus()).isPowerOn)
  }

  @Test("boot flags are used up by the start, and by 60 seconds without one")
  func bootFlags() throws {
    let console = try administrator()
    func isValid() throws -> Bool {
      let response = try console.call(GetSystemBootOptions(.bootFlags))
      guard case .bootFlags(let flags) = try response.option() else { return false }
      return flags.isValid
    }
    _ = try console.call(SetSystemBootOptions(.bootFlags(BootFlags(.pxe))))
    console.bench.wait(.seconds(59))
    #expect(try isValid())
    console.bench.wait(.seconds(1))
    #expect(try !isValid())
    _ = try console.call(SetSystemBootOptions(.bootFlags(BootFlags(.pxe))))
    _ = try console.call(ChassisControl(.hardReset))
    #expect(try !isValid())
    _ = try console.call(SetSystemBootOptions(.validBitClearing(.timeout)))
    _ = try console.call(SetSystemBootOptions(.bootFlags(BootFlags(.pxe, isPersistent: true))))
    console.bench.wait(.seconds(50))
    _ = try console.call(ChassisControl(.hardReset))
    console.bench.wait(.seconds(50))
    #expect(try isValid(), "these are to stay")
  }

  @Test("the watchdog does what it was told, and says so in the log")
  func watchdog() throws {
    let console = try administrator()
    let timer = WatchdogTimer(use: .operatingSystem, action: .powerDown, countdown: 100)
    #expect(throws: CompletionCode(rawValue: 0x80)) { try console.call(ResetWatchdogTimer()) }
    _ = try console.call(SetWatchdogTimer(timer))
    _ = try console.call(ResetWatchdogTimer())
    console.bench.wait(.seconds(4))
    #expect(try console.call(GetWatchdogTimer()).presentCountdown == 60)
    _ = try console.call(ResetWatchdogTimer())
    console.bench.wait(.milliseconds(9999))
    #expect(try console.call(GetChassisStatus()).isPowerOn)
    console.bench.wait(.milliseconds(1))
    #expect(try !console.call(GetChassisStatus()).isPowerOn)
    let state = try console.call(GetWatchdogTimer()).timer
    #expect(!state.isRunning && state.expiredUses == 1 << 4)
    let record = try console.call(GetSELEntry(recordID: 0)).recordData
    // Watchdog 2, power down, by the operating system's timer.
    #expect(Array(record[10...]) == [0x23, 0x45, 0x6f, 0x02, 0x04, 0xff])
  }

  @Test("a full log overflows, and is empty but for one record when it is cleared")
  func eventLog() throws {
    let console = try administrator { $0.eventLogCapacity = 3 }
    for _ in 0..<2 {
      _ = try console.call(ChassisControl(.powerDown))
      _ = try console.call(ChassisControl(.powerUp))
    }
    let full = try console.call(GetSELInfo())
    #expect(full.entries == 3 && full.freeBytes == 0 && full.support.contains(.overflow))
    #expect(throws: CompletionCode.invalidReservation) {
      try console.call(ClearSEL(reservation: 0, erases: true))
    }
    let reservation = try console.call(ReserveSEL()).reservation
    _ = try console.call(ClearSEL(reservation: reservation, erases: true))
    let cleared = try console.call(GetSELInfo())
    #expect(cleared.entries == 1 && !cleared.support.contains(.overflow))
    #expect(throws: CompletionCode.invalidReservation) {
      try console.call(ClearSEL(reservation: reservation, erases: true))
    }
  }

  @Test("every record of the repository can be read in pieces, and is what it says")
  func repository() throws {
    let console = try administrator()
    let count = try console.call(GetSDRRepositoryInfo()).records
    let reservation = try console.call(ReserveSDRRepository()).reservation
    var (next, read) = (UInt16(0), 0)
    while next != 0xffff {
      let header = try console.call(
        GetSDR(reservation: reservation, recordID: next, offset: 0, count: 5))
      let length = header.recordData[4]
      var body: [UInt8] = []
      while body.count < Int(length) {
        let piece = try console.call(
          GetSDR(
            reservation: reservation, recordID: next, offset: 5 + UInt8(body.count), count: 7))
        body += piece.recordData
      }
      #expect(body.count == Int(length))
      let whole = try console.call(
        GetSDR(reservation: 0, recordID: next, offset: 0, count: 0xff))
      #expect(whole.recordData == header.recordData + body)
      read += 1
      next = header.nextRecordID
    }
    #expect(read == Int(count))
    #expect(throws: CompletionCode.notPresent) {
      try console.call(GetSDR(reservation: 0, recordID: 0x1234, offset: 0, count: 0xff))
    }
    _ = try console.call(ReserveSDRRepository())
    #expect(throws: CompletionCode.invalidReservation) {
      try console.call(GetSDR(reservation: reservation, recordID: 1, offset: 5, count: 7))
    }
  }

  @Test("the serial line sends again what nobody acknowledges, and then no more")
  func serialLine() throws {
    let console = try administrator { $0.serialLine = .external }
    _ = try console.call(ActivatePayload(serialOverLAN: []))
    let bench = console.bench
    let first = bench.take(bench.bmc.serialInput(Array("boot".utf8), at: bench.now))
    #expect(first.count == 1)
    let again = bench.wait(.seconds(60))
    #expect(again.count == 7)
    #expect(Set(again).count == 7, "each has a number of its own")
    #expect(bench.take(bench.bmc.serialInput(Array("more".utf8), at: bench.now)).count <= 1)
  }
}
