/// Why bytes are not the message that they were read as. Five facts and no text: whoever shows it to
/// a person finds the words.
public enum IPMIError: Error, Hashable, Sendable {
  /// The bytes end before the layer does.
  ///
  /// - Parameters:
  ///   - layer: the format that was being read.
  ///   - needed: how many bytes it takes, counted from the start of the layer.
  ///   - available: how many there are, counted from the start of the layer.
  ///   - lengthFrom: what asked for `needed`.
  case truncated(layer: IPMILayer, needed: Int, available: Int, lengthFrom: IPMILengthSource)

  /// A field holds a value that the format does not allow.
  ///
  /// - Parameters:
  ///   - layer: the format that was being read.
  ///   - value: what the field holds.
  ///   - offset: where the field begins, in bytes from the start of the layer.
  case malformed(layer: IPMILayer, value: UInt64, offset: Int)
}

/// What said how many bytes a layer takes.
public enum IPMILengthSource: Hashable, Sendable {
  /// The format itself: its fixed part is that long.
  case format
  /// A length field, which begins that many bytes from the start of the layer.
  case field(offset: Int)
}

/// A format that an `IPMIError` speaks of.
public enum IPMILayer: Hashable, Sendable {
  /// The RMCP header. IPMI 2.0, section 13.1.
  case rmcp
  /// An ASF message. IPMI 2.0, section 13.2.
  case asf
  /// The session header of IPMI 1.5. IPMI 1.5, table 12-8.
  case session
  /// The RMCP+ packet. IPMI 2.0, section 13.6.
  case rmcpPlus
  /// The confidentiality header and trailer of an encrypted payload. IPMI 2.0, section 13.29.
  case confidentiality
  /// RMCP+ Open Session Request and Response. IPMI 2.0, sections 13.17 and 13.18.
  case openSession
  /// A RAKP message, by its number from 1 to 4. IPMI 2.0, sections 13.20 to 13.23.
  case rakp(UInt8)
  /// The IPMI message. IPMI 2.0, section 13.8.
  case message
  /// The data of a command or of its response.
  case command(NetworkFunction, UInt8)
  /// A record of the sensor data repository.
  case sensorDataRecord
  /// A record of the system event log.
  case systemEventRecord
  /// Inventory data of a field replaceable unit.
  case fruInventory
  /// A serial over LAN payload. IPMI 2.0, section 15.9.
  case serialOverLAN
}
