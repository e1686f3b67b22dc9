import IPMI
import Testing

/// FRU Information Storage Definition 1.0, sections 16 and 18. What FreeIPMI 1.6.9 and ipmitool 1.8.19
/// make of the same bytes is in the comments.
@Suite("Further records of an inventory") struct FRUMultirecordTests {
  private let supply: [UInt8] = [
    0xee, 0x02, 0x52, 0x03, 0x1e, 0x05, 0x10, 0x27, 0xc0, 0x5d, 0x00, 0x00, 0x00, 0x00, 47, 63, 12,
    0x0f, 0x84, 0x23, 0x03, 0xe4, 0x02, 20,
  ]

  @Test("tell of a power supply")
  func powerSupply() throws {
    let supply = try FRUPowerSupply(parsing: supply.messageBytes)
    // 750 W, 850 VA, 30 A for 5 ms, 100-240 V and 0-0 V, 47-63 Hz, 12 ms.
    #expect(supply.watts == 750 && supply.peakVoltAmperes == 850)
    #expect(supply.inrushAmperes == 30 && supply.inrushMilliseconds == 5)
    #expect(supply.input == (10000, 24000) && supply.secondInput == (0, 0))
    #expect(supply.lowestHertz == 47 && supply.highestHertz == 63)
    #expect(supply.dropoutMilliseconds == 12)
    #expect(
      supply.features
        == [.predictsFailure, .correctsPowerFactor, .switchesVoltage, .isHotSwappable])
    // 900 W for 2 s, 740 W of 12 V and 3.3 V, one pulse a rotation, 20 RPS.
    #expect(supply.peakWatts == 900 && supply.peakSeconds == 2)
    #expect(supply.combinedVoltages == (0, 3) && supply.combinedWatts == 740)
    #expect(supply.fanThreshold == 20)
  }

  @Test("tell of an output, with negative voltages")
  func directCurrent() throws {
    let bytes: [UInt8] = [0x82, 0x50, 0xfb, 0x7b, 0, 0x85, 0xff, 120, 0, 10, 0, 0x48, 0xee]
    let output = try FRUDirectCurrent(parsing: bytes.messageBytes)
    #expect(output.output == 2 && output.isStandby && output.nominal == -1200)
    #expect(output.low == 123 && output.high == -123 && output.rippleMillivolts == 120)
    #expect(output.minimumMilliamperes == 10 && output.maximumMilliamperes == 61000)
  }

  @Test("are refused when they are cut short")
  func truncated() {
    for count in 0..<supply.count {
      let part = Array(supply.prefix(count))
      #expect(throws: IPMIError.self) { try FRUPowerSupply(parsing: part.messageBytes) }
    }
    let few = [UInt8](repeating: 1, count: 12)
    #expect(throws: IPMIError.self) { try FRUDirectCurrent(parsing: few.messageBytes) }
    let four: [UInt8] = [0, 0x82, 3, 0]
    #expect(throws: IPMIError.self) { try FRUMultirecord.Header(parsing: four.messageBytes) }
  }

  @Test("have headers that are read whatever their checksum")
  func header() throws {
    let right: [UInt8] = [0xc0, 0x82, 3, 0xfa, 0xc1]
    let header = try FRUMultirecord.Header(parsing: right.messageBytes)
    #expect(header.type == 0xc0 && header.version == 2 && header.isLast)
    #expect(header.dataByteCount == 3 && header.isChecksumRight)
    let wrong: [UInt8] = [0xc0, 0x02, 3, 0xfa, 0xc1]
    let other = try FRUMultirecord.Header(parsing: wrong.messageBytes)
    #expect(!other.isLast && !other.isChecksumRight)
  }

  @Test("stand behind an inventory's header, which says where areas end")
  func inventoryHeader() throws {
    let bytes: [UInt8] = [1, 1, 0, 3, 0, 9, 0, 0xf2]
    let header = try FRUHeader(parsing: bytes.messageBytes)
    #expect(header.isChecksumRight && header.internalUse == 8 && header.board == 24)
    #expect(header.multirecords == 72 && header.chassis == nil && header.product == nil)
    #expect(header.end(of: 8, 256) == 24 && header.end(of: 72, 256) == 256)
    #expect(header.end(of: 24, 40) == 40 && header.end(of: 300, 256) == 256)
    var wrong = bytes
    wrong[7] = 0
    #expect(try FRUHeader(parsing: wrong.messageBytes).isChecksumRight == false)
    wrong[0] = 2
    #expect(throws: IPMIError.self) { try FRUHeader(parsing: wrong.messageBytes) }
  }
}
