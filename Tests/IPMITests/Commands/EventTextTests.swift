import IPMI
import Support
import Testing

@Suite("Events in words") struct EventTextTests {
  @Test("are those that ipmitool prints")
  func words() throws {
    let text = String(
      decoding: try Fixture.file("Fixtures/ipmi/ipmitool-events.txt"), as: UTF8.self)
    var count = 0
    for line in text.split(separator: "\n") where !line.hasPrefix("#") {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      let bytes = parts[0].split(separator: " ").compactMap { UInt8($0, radix: 16) }
      try #require(bytes.count == 5 && parts.count == 3, "\(line)")
      let event = SystemEvent(
        sensorType: SensorType(rawValue: bytes[0]), sensorNumber: 7,
        readingType: EventReadingType(rawValue: bytes[1]), data: Array(bytes[2...]))
      #expect(event.sensorType.text == parts[1].dropFirst().dropLast(), "\(line)")
      #expect(event.text == parts[2].dropFirst(), "\(line)")
      count += 1
    }
    #expect(count > 450)
  }

  /// As ipmi_sim's example log holds it: 102 s after the log was made, at a reading of 70h.
  @Test("are read from the log's records, and written again")
  func record() throws {
    let exchange = try #require(
      try RecordedExchange.all().first {
        $0.command == GetSELEntry.command && $0.networkFunction == .storage
      })
    let entry = try GetSELEntry.Response(parsing: exchange.response.messageBytes)
    #expect(entry.nextRecordID == 0xffff)
    let record = try entry.record()
    #expect(record.bytes == entry.recordData)
    guard case .event(let event, _) = record.content else {
      Issue.record("no event: \(record)")
      return
    }
    #expect(event.sensorType == .temperature && event.sensorType.text == "Temperature")
    #expect(event.text == "Upper Critical going high" && event.directionText == "Asserted")
    #expect(event.generatorID == 0x20)
    #expect(event.triggerReading == 0x70 && event.triggerThreshold == 0x71)
  }

  @Test("of manufacturers keep their bytes", arguments: [UInt8(0xc0), 0xdf, 0xe0, 0xff, 0x03])
  func oemRecords(_ type: UInt8) throws {
    let bytes = [0x34, 0x12, type] + (1...13).map { UInt8($0) }
    let record = try SystemEventRecord(parsing: bytes.messageBytes)
    #expect(record.recordID == 0x1234 && record.bytes == bytes)
    if case .oemTimestamped(_, _, let manufacturerID, let data) = record.content {
      #expect(manufacturerID == 0x070605 && data == [8, 9, 10, 11, 12, 13])
      #expect(type <= 0xdf)
    }
  }

  @Test("of records that are cut are refused", arguments: 0..<16)
  func truncated(_ count: Int) {
    for type: UInt8 in [0x02, 0xc0, 0xe0] {
      let bytes = Array(([1, 0, type] + [UInt8](repeating: 9, count: 13)).prefix(count))
      #expect((try? SystemEventRecord(parsing: bytes.messageBytes)) == nil)
    }
  }

  @Test("go to the controller without their generator")
  func platformEvent() throws {
    let event = SystemEvent(
      sensorType: .temperature, sensorNumber: 0x30, readingType: .threshold,
      data: [0x09, 0xff, 0xff])
    let request = PlatformEventMessage(event)
    // As ipmitool's `event 1` sends it.
    #expect(request.data == [0x04, 0x01, 0x30, 0x01, 0x09, 0xff, 0xff])
    #expect(request.systemEvent(generatorID: 0x20) == event)
  }

  @Test("are cleared with the letters that the table asks for")
  func clear() {
    let request = ClearSEL(reservation: 0x0102, erases: true)
    #expect(request.data == [0x02, 0x01, 0x43, 0x4c, 0x52, 0xaa])
    let wrong: [UInt8] = [0x02, 0x01, 0x43, 0x4c, 0x53, 0xaa]
    #expect((try? ClearSEL(parsing: wrong.messageBytes)) == nil)
  }
}
