/// What a controller says of a cipher suite in Get Channel Cipher Suites. IPMI 2.0, table 22-18.
///
///     C0  id                     standard suite
///     C1  id  enterprise (3)     a manufacturer's suite
///     00xxxxxx  an authentication algorithm     01xxxxxx  an integrity algorithm
///     10xxxxxx  a confidentiality algorithm
public struct CipherSuiteRecord: Hashable, Sendable {
  /// The suite's number, its manufacturer's when there is an enterprise number.
  public var id: UInt8
  /// The manufacturer's enterprise number; nil for the specification's suites.
  public var enterpriseNumber: UInt32?
  /// The algorithms, each with its tag in bits 7 and 6, in their order.
  public var algorithms: [UInt8]

  /// A record of these fields.
  public init(id: UInt8, enterpriseNumber: UInt32? = nil, algorithms: [UInt8]) {
    self.id = id
    self.enterpriseNumber = enterpriseNumber
    self.algorithms = algorithms
  }

  /// The record of a suite of the specification; nil when the suite has no number.
  public init?(_ suite: CipherSuite) {
    guard let id = suite.id else { return nil }
    self.init(
      id: id,
      algorithms: [
        suite.authentication.rawValue, 0x40 | suite.integrity.rawValue,
        0x80 | suite.confidentiality.rawValue,
      ])
  }

  /// The suite that the record offers; nil for a manufacturer's. The number decides where the
  /// specification has it: Sun's controllers put wrong tags on the algorithms.
  public var suite: CipherSuite? {
    guard enterpriseNumber == nil else { return nil }
    if let suite = CipherSuite(id: id) { return suite }
    guard let authentication = first(tag: 0) else { return nil }
    return CipherSuite(
      authentication: AuthenticationAlgorithm(rawValue: authentication),
      integrity: IntegrityAlgorithm(rawValue: first(tag: 1) ?? 0),
      confidentiality: ConfidentialityAlgorithm(rawValue: first(tag: 2) ?? 0))
  }

  private func first(tag: UInt8) -> UInt8? {
    algorithms.first { $0 >> 6 == tag }
  }

  private static let standardStart: UInt8 = 0xc0
  private static let oemStart: UInt8 = 0xc1

  /// Reads the records that the responses of Get Channel Cipher Suites make when they are put
  /// together.
  ///
  /// Throws `IPMIError` when a record does not begin with its start, or is cut.
  public static func list(parsing bytes: RawSpan) throws(IPMIError) -> [CipherSuiteRecord] {
    var reader = MessageReader(bytes, as: .command(.application, 0x54))
    var records: [CipherSuiteRecord] = []
    while reader.remaining > 0 {
      let start = try reader.u8()
      guard start == standardStart || start == oemStart else { throw reader.malformed(start) }
      let id = try reader.u8()
      let enterprise = start == oemStart ? try reader.u24() : nil
      var algorithms: [UInt8] = []
      while let next = reader.peek(), next < standardStart {
        algorithms.append(next)
        try reader.skip(1)
      }
      records.append(
        CipherSuiteRecord(id: id, enterpriseNumber: enterprise, algorithms: algorithms))
    }
    return records
  }

  /// Appends the record.
  public func append(to bytes: inout [UInt8]) {
    bytes.append(enterpriseNumber == nil ? Self.standardStart : Self.oemStart)
    bytes.append(id)
    if let enterpriseNumber { bytes.append(littleEndian24: enterpriseNumber) }
    bytes.append(contentsOf: algorithms)
  }
}
