import IPMI
import Testing

@Suite("Cipher suites")
struct CipherSuiteTests {
  @Test func numbersAndAlgorithmsAreThoseOfTheTable() {
    // IPMI 2.0, table 22-20.
    let table = [
      "0/0/0", "1/0/0", "1/1/0", "1/1/1", "1/1/2", "1/1/3", "2/0/0", "2/2/0", "2/2/1", "2/2/2",
      "2/2/3", "2/3/0", "2/3/1", "2/3/2", "2/3/3", "3/0/0", "3/4/0", "3/4/1", "3/4/2", "3/4/3",
    ]
    for (id, algorithms) in table.enumerated() {
      let suite = CipherSuite(id: UInt8(id))
      #expect(suite.map(text) == algorithms)
      #expect(suite?.id == UInt8(id))
      #expect(suite?.description == "\(id)")
    }
    #expect(CipherSuite(id: 20) == nil)
    #expect(CipherSuite(id: 255) == nil)
    let unnamed = CipherSuite(
      authentication: .hmacSHA256, integrity: .hmacSHA196, confidentiality: .none)
    #expect(unnamed.id == nil && unnamed.description == "3/1/0")
  }

  @Test func speaksWhatIsNotRC4() {
    #expect(
      CipherSuite.supported.map(\.id) == [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17])
  }

  @Test func doesNotSpeakWhatProtectsWithoutAKey() {
    let suites = [
      CipherSuite(authentication: .none, integrity: .hmacSHA196, confidentiality: .none),
      CipherSuite(authentication: .none, integrity: .none, confidentiality: .aesCBC128),
      CipherSuite(authentication: .hmacSHA1, integrity: .none, confidentiality: .aesCBC128),
      CipherSuite(
        authentication: .init(rawValue: 4), integrity: .hmacSHA196, confidentiality: .aesCBC128),
      CipherSuite(
        authentication: .hmacSHA1, integrity: .init(rawValue: 5), confidentiality: .aesCBC128),
    ]
    for suite in suites { #expect(!suite.isSupported) }
  }

  @Test func areOrderedByWhatTheyProtect() {
    let order = CipherSuite.supported.sorted(by: >).map(\.id)
    #expect(order == [17, 3, 8, 12, 16, 2, 7, 11, 15, 1, 6, 0])
  }

  @Test func recordsReadWhatTheyWrite() throws {
    let records = try CipherSuite.supported.map { try #require(CipherSuiteRecord($0)) }
    var bytes: [UInt8] = []
    for record in records { record.append(to: &bytes) }
    #expect(Array(bytes[15..<20]) == [0xc0, 3, 0x01, 0x41, 0x81])
    let read = try parse(bytes) { try CipherSuiteRecord.list(parsing: $0) }
    #expect(read == records)
    #expect(read.map(\.suite) == CipherSuite.supported)
  }

  @Test func recordsOfManufacturersAreKept() throws {
    let bytes: [UInt8] = [0xc1, 0x80, 0x57, 0x01, 0, 0x01, 0x41, 0xc0, 0x11, 0x03, 0x44, 0x81]
    let read = try parse(bytes) { try CipherSuiteRecord.list(parsing: $0) }
    #expect(
      read == [
        CipherSuiteRecord(id: 0x80, enterpriseNumber: 0x157, algorithms: [0x01, 0x41]),
        CipherSuiteRecord(id: 17, algorithms: [0x03, 0x44, 0x81]),
      ])
    #expect(read.map(\.suite) == [nil, .suite17])
    var written: [UInt8] = []
    for record in read { record.append(to: &written) }
    #expect(written == bytes)
  }

  /// Sun's controllers tag all algorithms as ones of authentication.
  @Test func theNumberDecidesWhereTagsAreWrong() throws {
    let bytes: [UInt8] = [0xc0, 3, 0x01, 0x01, 0x01]
    let read = try parse(bytes) { try CipherSuiteRecord.list(parsing: $0) }
    #expect(read.map(\.suite) == [.suite3])
  }

  @Test func recordsOfOtherSuitesSayTheirAlgorithms() {
    let record = CipherSuiteRecord(id: 0x20, algorithms: [0x03, 0x44, 0x81])
    #expect(record.suite == .suite17)
    #expect(CipherSuiteRecord(id: 0x20, algorithms: []).suite == nil)
  }

  @Test(arguments: [[0x03], [0xc0], [0xc1, 1, 2, 3], [0xc0, 3, 1, 0xff]] as [[UInt8]])
  func refusesRecordsThatAreNone(_ bytes: [UInt8]) {
    #expect(throws: IPMIError.self) {
      try parse(bytes) { _ = try CipherSuiteRecord.list(parsing: $0) }
    }
  }

  private func text(_ suite: CipherSuite) -> String {
    "\(suite.authentication.rawValue)/\(suite.integrity.rawValue)/\(suite.confidentiality.rawValue)"
  }
}
