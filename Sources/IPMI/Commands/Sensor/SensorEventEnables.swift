/// Which events a sensor sends: a byte, and a bit for each state that it can enter or leave. IPMI
/// 2.0, sections 35.10 and 35.11.
public struct SensorEventEnables: Hashable, Sendable {
  /// Bit 7 the sensor sends events, bit 6 it is scanned; when setting, bits 5:4 what is done with the
  /// states: 0 nothing, 1 enabled, 2 disabled.
  public var flags: UInt8
  /// The states that send an event when they begin: bit n is the state n.
  public var assertions: UInt16
  /// The states that send an event when they end: bit n is the state n.
  public var deassertions: UInt16

  /// The enables.
  public init(flags: UInt8, assertions: UInt16, deassertions: UInt16) {
    self.flags = flags
    self.assertions = assertions
    self.deassertions = deassertions
  }

  /// The states may be missing, from their end: then they are none.
  init(reading reader: inout MessageReader) throws(IPMIError) {
    flags = try reader.u8()
    var states: [UInt16] = []
    while reader.remaining > 0, states.count < 4 { states.append(UInt16(try reader.u8())) }
    states += repeatElement(0, count: 4 - states.count)
    assertions = states[0] | states[1] << 8
    deassertions = states[2] | states[3] << 8
  }

  var bytes: [UInt8] {
    var bytes = [flags]
    bytes.append(littleEndian: assertions)
    bytes.append(littleEndian: deassertions)
    return bytes
  }
}
