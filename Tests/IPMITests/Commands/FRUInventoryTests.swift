import IPMI
import Support
import Testing

@Suite("Inventories") struct FRUInventoryTests {
  @Test("are read as ipmitool reads them, and written again byte for byte")
  func example() throws {
    let bytes = try Fixture.hex("Fixtures/ipmi/fru-board-product.hex")
    let inventory = try FRUInventory(parsing: bytes.messageBytes)
    let board = try #require(inventory.board)
    #expect(board.fields.map(\.text) == ["ExampleMfg", "SimBoard", "SN0001", "PN-42", ""])
    // 2001-12-30 05:36:00.
    #expect(board.manufacturedTime == 1_009_690_560)
    let product = try #require(inventory.product)
    #expect(
      product.fields.map(\.text) == [
        "ExampleMfg", "SimServer", "MODEL-1", "v1", "SN9999", "ASSET7",
      ])
    #expect(inventory.chassis == nil && inventory.multirecords.isEmpty)
    #expect(bytes.starts(with: inventory.bytes))
    #expect(try FRUInventory.wrongChecksums(bytes.messageBytes) == [])
  }

  @Test("keep all areas")
  func allAreas() throws {
    let inventory = FRUInventory(
      internalUse: [1, 2, 3, 4, 5, 6, 7, 8],
      chassis: FRUChassisArea(kind: 23, fields: [TypeLengthField("PN"), TypeLengthField("SN")]),
      board: FRUBoardArea(
        manufactured: 0xff_ffff,
        fields: [TypeLengthField(encoding: .bcdPlus, bytes: [0x12]), TypeLengthField("ab")]),
      product: FRUProductArea(fields: []),
      multirecords: [
        FRUMultirecord(type: 0, data: []), FRUMultirecord(type: 0xc0, data: [1, 2, 3]),
      ])
    let bytes = inventory.bytes
    #expect(bytes.count % 8 == 0)
    #expect(try FRUInventory(parsing: bytes.messageBytes) == inventory)
    #expect(inventory.chassis?.kindText == "Rack Mount Chassis")
    #expect(FRUChassisArea(kind: 255, fields: []).kindText == "Unknown")
  }

  /// C1h would end the area: FRU Information Storage Definition 1.0, section 13.
  @Test("write no field that is the end mark")
  func endMark() throws {
    let inventory = FRUInventory(
      product: FRUProductArea(fields: [TypeLengthField("x"), TypeLengthField("yz")]))
    let again = try FRUInventory(parsing: inventory.bytes.messageBytes)
    #expect(again.product?.fields.map(\.text) == ["x ", "yz"])
  }

  @Test("are refused when the header is wrong, and say which area is")
  func checksums() throws {
    let bytes = try Fixture.hex("Fixtures/ipmi/fru-board-product.hex")
    for index in 0..<8 {
      var wrong = bytes
      wrong[index] ^= 0x10
      #expect((try? FRUInventory(parsing: wrong.messageBytes)) == nil)
    }
    var wrong = bytes
    wrong[20] ^= 1
    #expect(try FRUInventory.wrongChecksums(wrong.messageBytes) == [8])
    #expect((try? FRUInventory(parsing: wrong.messageBytes)) != nil)
  }

  @Test("of random bytes behind a right header never trap")
  func garbage() {
    var generator = SeededGenerator(seed: 11)
    var readable = 0
    for _ in 0..<3000 {
      var bytes: [UInt8] = [1]
      for _ in 0..<5 { bytes.append(UInt8.random(in: 0...6, using: &generator)) }
      bytes.append(0)
      bytes.append(0 &- bytes.reduce(0, &+))
      for _ in 0..<Int.random(in: 0...90, using: &generator) {
        bytes.append(
          UInt8.random(in: 0...(Bool.random(using: &generator) ? 3 : 255), using: &generator))
      }
      guard let inventory = try? FRUInventory(parsing: bytes.messageBytes) else { continue }
      readable += 1
      let areas = [inventory.chassis?.fields, inventory.board?.fields, inventory.product?.fields]
      for fields in areas { #expect((fields ?? []).allSatisfy { $0.bytes.count <= 63 }) }
      #expect(inventory.bytes.count % 8 == 0)
    }
    #expect(readable > 10)
  }
}
