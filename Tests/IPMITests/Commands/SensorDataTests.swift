import IPMI
import Support
import Testing

@Suite("Sensor data records") struct SensorDataTests {
  /// The record that ipmitool fetched from ipmi_sim in parts.
  private func recorded(_ recordID: UInt8) throws -> SensorDataRecord {
    var bytes: [UInt8] = []
    for exchange in try RecordedExchange.all()
    where exchange.networkFunction == .storage && exchange.command == GetSDR.command {
      let request = try GetSDR(parsing: exchange.request.messageBytes)
      // The first record is asked for as 0 until its number is known.
      let isFirst = recordID == 1 && request.recordID == 0
      guard isFirst || request.recordID == UInt16(recordID),
        Int(request.offset) == bytes.count
      else { continue }
      bytes += try GetSDR.Response(parsing: exchange.response.messageBytes).recordData
    }
    let count = try SensorDataRecord.byteCount(header: bytes.messageBytes)
    #expect(count == bytes.count)
    let record = try SensorDataRecord(parsing: bytes.messageBytes)
    #expect(record.bytes == bytes)
    return record
  }

  @Test("are read from what a controller sends in parts")
  func fetched() throws {
    let controller = try recorded(1)
    #expect(controller.name == "SimBMC")
    guard case .controllerLocator(let locator) = controller.content else {
      Issue.record("no locator: \(controller)")
      return
    }
    #expect(locator.address == 0x20 && locator.entity.numberText == "7.1")
    #expect(locator.entity.text == "System Board")
    let sensor = try recorded(2)
    guard case .full(let full) = sensor.content else {
      Issue.record("no full record: \(sensor)")
      return
    }
    #expect(sensor.name == "InletTemp" && full.sensor.number == 1)
    #expect(full.sensor.units.text == "degrees C" && full.sensor.readingType.text == "Threshold")
    #expect(full.value(27) == 27 && full.raw(nearestTo: 27.4) == 27)
  }

  @Test("tell what thresholds a reading passed")
  func reading() throws {
    let reading = try GetSensorReading.Response(parsing: [0xc8, 0xc0, 0xf8, 0x80].messageBytes)
    #expect(reading.isValid && reading.passedThresholds.statusText == "nr")
    let off = try GetSensorReading.Response(parsing: [0x00, 0x20].messageBytes)
    #expect(!off.isValid && off.states == nil && off.passedThresholds.statusText == "ok")
    var thresholds = SensorThresholds()
    thresholds.set = .upperNonCritical
    thresholds.upperNonCritical = 41
    // As ipmitool's `sensor thresh InletTemp unc 41` sends it.
    #expect(SetSensorThresholds(sensor: 1, thresholds).data == [1, 0x08, 0, 0, 0, 0x29, 0, 0])
    #expect(thresholds[.upperNonCritical] == 41 && thresholds[.upperCritical] == nil)
  }

  @Test("keep every type, whatever stands in it", arguments: UInt8.min ... .max)
  func types(_ type: UInt8) throws {
    var generator = SeededGenerator(seed: UInt64(type))
    for _ in 0..<20 {
      let body = (0..<Int.random(in: 0...80, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      let bytes = [1, 0, 0x51, type, UInt8(body.count)] + body
      guard let record = try? SensorDataRecord(parsing: bytes.messageBytes) else { continue }
      #expect(record.content.type == type)
      #expect(try SensorDataRecord(parsing: record.bytes.messageBytes) == record)
      #expect((record.name?.utf8.count ?? 0) < 128)
    }
  }

  @Test("are refused when they are cut")
  func truncated() throws {
    let bytes = try recorded(2).bytes
    for count in 0..<bytes.count {
      let part = Array(bytes.prefix(count))
      #expect((try? SensorDataRecord(parsing: part.messageBytes)) == nil)
    }
  }

  /// FRU Information Storage Definition 1.0, section 13.3: the example of packed 6-bit ASCII.
  @Test("spell names in each encoding")
  func names() {
    let packed = TypeLengthField(encoding: .sixBitASCII, bytes: [0x29, 0xdc, 0xa6])
    #expect(packed.text == "IPMI")
    #expect(TypeLengthField(encoding: .bcdPlus, bytes: [0x12, 0xab, 0xcd]).text == "12 -.:")
    #expect(TypeLengthField("Fan 1").text == "Fan 1")
    #expect(TypeLengthField(encoding: .latin1, bytes: [0x35, 0xb0]).text == "5°")
    #expect(TypeLengthField(encoding: .unspecified, bytes: [0xde, 0xad]).text == "dead")
  }
}
