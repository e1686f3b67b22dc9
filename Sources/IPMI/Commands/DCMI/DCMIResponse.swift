/// The response of a command of DCMI that answers with the byte of its body alone.
public struct DCMIResponse: IPMIResponse {
  /// The response.
  public init() {}

  /// Reads the byte. Throws `IPMIError` when it is another body's.
  public init(parsing data: RawSpan) throws(IPMIError) {
    _ = try SetPowerLimit.groupResponseReader(data)
  }

  /// Appends the byte.
  public func append(to data: inout [UInt8]) {
    data.append(DCMI.body)
  }
}
