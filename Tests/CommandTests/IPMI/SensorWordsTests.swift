import IPMI
import Support
import Testing

@testable import crimp

/// What `sdr`, `sensor` and `sel` make of records, without a controller.
@Suite("Words of sensors and events") struct SensorWordsTests {
  // MARK: Numbers

  /// What printf(3) of glibc writes.
  @Test(
    arguments: [
      (0.125, 2, "0.12"), (0.375, 2, "0.38"), (2.675, 2, "2.67"), (-0.5, 0, "-0"), (1.5, 0, "2"),
      (2.5, 0, "2"), (12.06, 3, "12.060"), (1e15, 1, "1000000000000000.0"), (.infinity, 2, "inf"),
    ] as [(Double, Int, String)])
  func fixed(_ number: Double, _ digits: Int, _ text: String) {
    #expect(number.fixed(digits) == text)
  }

  @Test func briefNumbersHaveNoPointWhenTheyAreWhole() {
    #expect((24.0).brief(3) == "24" && (24.5).brief(3) == "24.500")
    // ipmitool's test for wholeness is one for 32 bits.
    #expect(1e12.brief(2) == "1000000000000.00")
  }

  // MARK: Events

  private func line(_ bytes: [UInt8], csv: Bool = false, utc: Bool = true) throws -> String {
    var text = ReportText(ReportStyle(isCSV: csv, isUTC: utc))
    EventLine(logged: try LoggedEvent(parsing: bytes)).write(to: &text)
    return text.output
  }

  /// Records of the types that IPMI 2.0, section 32, has; lines as ipmitool 1.8.19 prints them.
  @Test func recordTypes() throws {
    #expect(
      try line([0x0a, 0, 2, 0x10, 0, 0, 0, 0x20, 0, 4, 0x0c, 0, 0x6f, 0xa0, 0xff, 0x31])
        == "   a |  Pre-Init  |0000000016| Memory | Correctable ECC | Asserted | CPU 1 DIMM 3\n")
    #expect(
      try line([1, 0, 0xc0, 0, 0, 0, 0x60, 0x57, 0x01, 0, 1, 2, 3, 4, 5, 6])
        == "   1 | \(date(0x6000_0000)) | OEM record c0 | 000157 | 010203040506\n")
    #expect(
      try line([2, 0, 0xe1] + (1...13)) == "   2 | OEM record e1 | 0102030405060708090a0b0c0d\n")
    #expect(
      try line([3, 0, 0xf0, 0x20, 0] + Array("Oops: 0000\0".utf8))
        == "   3 | Linux kernel panic: Oops: 0000\n")
    #expect(
      try line([3, 0, 0xf0, 0x20, 0] + Array("Oops: 00000".utf8), csv: true)
        == "3,,,Linux kernel panic: Oops: 00000\n")
    #expect(
      try line([4, 0, 2, 1, 0, 0, 0, 0x20, 0, 4, 0xc5, 9, 0xff, 1, 2, 3], csv: true)
        == "4, Pre-Init ,0000000001,Unknown #0x09,,Deasserted\n")
    #expect(throws: IPMIError.self) { try LoggedEvent(parsing: [1, 0, 2, 3]) }
  }

  private func date(_ seconds: UInt32) -> String {
    let time = Timestamp(seconds: seconds, isUTC: true)
    return "\(time.date) | \(time.time)"
  }

  /// Whatever a controller calls a record, it is told of, or passed over, and nothing breaks.
  @Test func anyRecord() throws {
    var random = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let count = Int.random(in: 0...20, using: &random)
      let bytes = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &random) }
      var report = EventsReport(isLong: Bool.random(using: &random))
      report.add(bytes, [])
      var text = ReportText(ReportStyle(isCSV: Bool.random(using: &random)))
      report.write(to: &text)
      #expect(count < 16 ? text.output.isEmpty : !text.output.isEmpty)
    }
  }

  @Test func rawFilesKeepManufacturersTheOtherWayRound() {
    let record: [UInt8] = [1, 0, 0xc1, 0, 0, 0, 0x60, 0x57, 0x01, 0x02, 1, 2, 3, 4, 5, 6]
    let file = RawEventFile.bytes(record)
    #expect(file[7...9] == [0x02, 0x01, 0x57])
    let (records, rest) = RawEventFile.records(in: file + [1, 2])
    #expect(records == [record] && rest == 2)
  }

  @Test func shelfManagersLines() throws {
    let line =
      "0x001F: Event: at Mar 27 06:41:10 2007;from:(0x9a,0,7); sensor:(0xc3,119); "
      + "event:0x6f(asserted): 0xA3 0x00 0x88"
    let record = try #require(ShelfEventLine.record(in: line[...]))
    #expect(record.recordID == 0x1f)
    guard case .event(let event, _) = record.content else { Issue.record("no event"); return }
    #expect(event.sensorType.rawValue == 0xc3 && event.sensorNumber == 119)
    #expect(event.readingType == .sensorSpecific && !event.isDeassertion)
    #expect(event.data == [0xa3, 0x00, 0x88])
    for wrong in ["", ";;;", "1:;;(1,2);6(a)", line.replacing("0x88", with: ""), "x" + line] {
      #expect(ShelfEventLine.record(in: wrong[...]) == nil, "\(wrong)")
    }
  }

  // MARK: Time

  @Test func clocks() {
    #expect(EventLogClock("now", isUTC: false) == .now)
    for text in ["11/21/26 06:00:00", "11/21/2026 06:00:00", "2026-11-21 06:00:00"] {
      #expect(EventLogClock(text, isUTC: true) == .at(1_795_240_800), "\(text)")
    }
    for text in [
      "", "foo", "11/21/26", "13/21/26 06:00:00", "11/32/26 06:00:00", "11/21/26 24:00:00",
      "11/21/26 06:60:00", "2026-11 06:00:00", "11/21/26 06:00", "-1/21/26 06:00:00",
      "2107-01-01 00:00:00", "11/21/26 06:00:00 x",
    ] {
      #expect(EventLogClock(text, isUTC: true) == nil, "\(text)")
    }
  }

  // MARK: Records

  private func full(
    _ name: String, _ linearization: Linearization, format: UInt8 = 0
  ) -> [UInt8] {
    SensorDataRecord(
      recordID: 1,
      .full(
        FullSensorRecord(
          sensor: SensorDescription(
            number: 1, entity: EntityID(kind: 7, instance: 1), capabilities: 0x68,
            sensorType: .temperature, readingType: .threshold, readingMask: 0x3f3f,
            units: SensorUnits(flags: format, base: 1)), linearization: linearization,
          factors: SensorReadingFactors(m: 1), name: TypeLengthField(name)))
    ).bytes
  }

  private func readout(
    _ record: [UInt8], _ answer: GetSensorReading.Response
  ) throws -> SensorReadout {
    let stored = try #require(StoredRecord(record))
    var readout = SensorReadout(sensor: try #require(ReadableSensor(stored)))
    readout.answer = answer
    readout.isAnalog = readout.sensor.isAnalog
    return readout
  }

  private func lines(_ readout: SensorReadout) -> [String] {
    var text = ReportText()
    SensorLines(readout: readout).writeShort(to: &text)
    SensorLines(readout: readout).writeExtended(to: &text)
    SensorTableLine(measured: MeasuredSensor(readout: readout)).write(to: &text)
    SensorLines(readout: readout).writeCSV(isExtended: true, verbosity: 0, to: &text)
    return text.output.split(separator: "\n").map(String.init)
  }

  /// A byte that stands where the reading would be is not shown when there is no reading.
  @Test(
    arguments: [
      GetSensorReading.Response(raw: 77, flags: [.scanning, .unavailable], states: 0xff),
      .init(raw: 77, flags: [.eventMessages], states: 0x3f), .init(raw: 77, flags: [], states: nil),
    ])
  func noReadingIsNoNumber(_ answer: GetSensorReading.Response) throws {
    let readout = try readout(full("Inlet", .linear), answer)
    #expect(readout.value == nil && readout.raw == 0 && readout.statusKey == "ns")
    for line in lines(readout) {
      #expect(!line.contains("77") && !line.contains("4d") && !line.contains("cr"), "\(line)")
    }
    let report = SensorReport(readout)
    #expect(report.value == nil && report.raw == nil && !report.available && report.reason != nil)
  }

  /// What is no number in the mathematical sense is none in JSON.
  @Test func logarithmsOfNothing() throws {
    let readout = try readout(
      full("Log", Linearization(rawValue: 1)), .init(raw: 0, states: 0xc0))
    #expect(readout.value == -.infinity)
    #expect(SensorReport(readout).value == nil)
    #expect(lines(readout)[0] == "Log              | -inf degrees C    | ok")
  }

  @Test func statesOfThresholds() throws {
    let record = full("Inlet", .linear)
    for (mask, key, severity) in [
      (UInt8(0xc0), "ok", "ok"), (0xc1, "lnc", "nc"), (0xc3, "lcr", "cr"), (0xc7, "lnr", "nr"),
      (0xc8, "unc", "nc"), (0xd8, "ucr", "cr"), (0xf8, "unr", "nr"), (0xd1, "ucr", "cr"),
    ] {
      let readout = try readout(record, .init(raw: 20, states: mask))
      #expect(readout.statusKey == key && readout.severityKey == severity)
    }
  }

  @Test func filesOfRecords() throws {
    let record = full("Inlet", .linear)
    let (records, fault) = SensorRecordFile.records(in: record + record)
    #expect(records.count == 2 && fault == nil && records[0].name == "Inlet")
    #expect(SensorRecordFile.bytes(of: records) == record + record)
    let (before, cut) = SensorRecordFile.records(in: record + record.dropLast())
    #expect(before.count == 1)
    #expect(
      cut?.words == "record 0001 read \(record.count - 6) bytes, expected \(record.count - 5)")
    #expect(
      SensorRecordFile.records(in: [1, 2, 3]).fault?.words == "header read 3 bytes, expected 5")
    var foreign = record
    foreign[2] = 0x99
    #expect(SensorRecordFile.records(in: foreign).fault?.words == "invalid sdr header version 99")
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2000 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
        UInt8.random(in: .min ... .max, using: &random)
      }
      let (records, _) = SensorRecordFile.records(in: bytes)
      #expect(SensorRecordFile.bytes(of: records).count <= bytes.count)
    }
  }

  @Test func kindsOfStates() {
    let processor = SensorType.processor.stateTexts(0x0081, .sensorSpecific)
    #expect(processor == ["IERR", "Presence detected"])
    #expect(SensorType.fan.stateTexts(.threshold).count == 12)
    #expect(
      SensorType.powerSupply.stateTexts(0x0002, EventReadingType(rawValue: 0x0b))
        == ["Redundancy Lost"])
    #expect(SensorType.fan.stateTexts(0xffff, EventReadingType(rawValue: 0x70)).isEmpty)
    #expect(SensorType(rawValue: 0xc1).stateTexts(.sensorSpecific).isEmpty)
  }
}
