import IPMI
import Testing

@Suite("Reading a message field by field")
struct MessageReaderTests {
  /// What refuses a read; nil when the read was done.
  private func refusal(
    reading bytes: [UInt8], _ body: (inout MessageReader) throws(IPMIError) -> Void
  ) -> IPMIError? {
    var reader = MessageReader(bytes.messageBytes, as: .session)
    do throws(IPMIError) {
      try body(&reader)
      return nil
    } catch {
      return error
    }
  }

  @Test func readsLittleEndianFieldsInTheirOrder() {
    let bytes: [UInt8] = [1, 0x03, 0x02, 0x06, 0x05, 0x04, 0x0a, 0x09, 0x08, 0x07, 0xff]
    var fields: [UInt32] = []
    var rest: [UInt8] = []
    let refusal = refusal(reading: bytes) { reader throws(IPMIError) in
      fields.append(UInt32(try reader.u8()))
      fields.append(UInt32(try reader.u16()))
      fields.append(try reader.u24())
      fields.append(try reader.u32())
      rest = reader.rest()
    }
    #expect(refusal == nil)
    #expect(fields == [0x01, 0x0203, 0x040506, 0x0708_090a])
    #expect(rest == [0xff])
  }

  @Test func tellsWhatIsMissing() {
    let refusal = refusal(reading: [1, 2, 3]) { reader throws(IPMIError) in
      try reader.skip(1)
      _ = try reader.u32()
    }
    #expect(refusal == .truncated(layer: .session, needed: 5, available: 3, lengthFrom: .format))
  }

  @Test(arguments: [-1, Int.min, Int.max]) func refusesCountsThatNoMessageHas(_ count: Int) {
    let refusal = refusal(reading: [1, 2]) { reader throws(IPMIError) in
      try reader.skip(1)
      _ = try reader.bytes(count)
    }
    #expect(refusal != nil)
  }
}
