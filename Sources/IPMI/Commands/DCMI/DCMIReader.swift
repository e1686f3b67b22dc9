extension IPMIRequest {
  /// Reads the data of a request of a group extension, after the byte that names its body.
  @_lifetime(copy data)
  static func groupRequestReader(_ data: RawSpan) throws(IPMIError) -> MessageReader {
    try skippingBody(requestReader(data))
  }

  /// Reads the data of a response of a group extension, after the byte that names its body.
  @_lifetime(copy data)
  static func groupResponseReader(_ data: RawSpan) throws(IPMIError) -> MessageReader {
    try skippingBody(responseReader(data))
  }

  @_lifetime(copy reader)
  private static func skippingBody(_ reader: consuming MessageReader) throws(IPMIError)
    -> MessageReader
  {
    let body = try reader.u8()
    guard body == identity.definingBody else { throw reader.malformed(body) }
    return reader
  }
}

/// What the commands of the Data Center Manageability Interface begin with.
enum DCMI {
  /// The body that defined them. DCMI 1.5, section 6.1.
  static let body: UInt8 = 0xdc
}
