public import IPMI

/// The LAN parameters of a channel, as their data by number and set selector. IPMI 2.0, table 23-4.
///
/// A controller keeps what it is told; few parameters mean anything to one that is simulated.
public struct LANConfiguration: Hashable, Sendable {
  /// What is peculiar to a parameter.
  private struct Rule {
    var length: Int
    var isWritable = true
    /// The highest set selector; nil for parameters without sets. Data then begins with the selector.
    var highestSet: UInt8?
  }

  /// What a new controller is told of its network.
  public struct Identity: Hashable, Sendable {
    /// The controller's own address: 4 bytes.
    public var address: [UInt8]
    /// The mask of its network: 4 bytes.
    public var mask: [UInt8]
    /// The default gateway's address: 4 bytes.
    public var gateway: [UInt8]
    /// The controller's hardware address: 6 bytes.
    public var hardwareAddress: [UInt8]
    /// The UDP port that it answers at.
    public var port: UInt16

    /// An identity; all are zero where they are not known.
    public init(
      address: [UInt8] = [0, 0, 0, 0], mask: [UInt8] = [255, 0, 0, 0],
      gateway: [UInt8] = [0, 0, 0, 0], hardwareAddress: [UInt8] = [0, 0, 0, 0, 0, 0],
      port: UInt16 = 623
    ) {
      self.address = address
      self.mask = mask
      self.gateway = gateway
      self.hardwareAddress = hardwareAddress
      self.port = port
    }
  }

  private static let rules: [UInt8: Rule] = [
    0: Rule(length: 1), 1: Rule(length: 1, isWritable: false), 2: Rule(length: 5),
    3: Rule(length: 4), 4: Rule(length: 1), 5: Rule(length: 6), 6: Rule(length: 4),
    7: Rule(length: 3), 8: Rule(length: 2), 9: Rule(length: 2), 10: Rule(length: 1),
    11: Rule(length: 1), 12: Rule(length: 4), 13: Rule(length: 6), 14: Rule(length: 4),
    15: Rule(length: 6), 16: Rule(length: 18), 17: Rule(length: 1, isWritable: false),
    18: Rule(length: 4, highestSet: 4), 19: Rule(length: 13, highestSet: 4), 20: Rule(length: 2),
    21: Rule(length: 1), 22: Rule(length: 1, isWritable: false),
    23: Rule(length: 17, isWritable: false), 24: Rule(length: 9), 26: Rule(length: 6),
  ]

  /// The parameter "IP address source": 1 is static.
  private static let addressSource: UInt8 = 4

  private var parameters: [UInt8: [[UInt8]]]

  /// The parameters of a channel with a static address.
  ///
  /// - Parameters:
  ///   - authenticationTypes: the mask of parameter 1.
  ///   - suites: the cipher suites of parameter 23, at most 16.
  public init(_ identity: Identity, authenticationTypes: UInt8, suites: [UInt8]) {
    let listed = suites.prefix(16)
    let entries = listed + repeatElement(0, count: 16 - listed.count)
    let destinations: ClosedRange<UInt8> = 0...4
    parameters = [
      0: [[0]], 1: [[authenticationTypes]],
      2: [[UInt8](repeating: authenticationTypes, count: 5)],
      3: [identity.address], 4: [[1]], 5: [identity.hardwareAddress], 6: [identity.mask],
      7: [[0x40, 0x40, 0x10]],
      8: [[UInt8(truncatingIfNeeded: identity.port), UInt8(identity.port >> 8)]],
      9: [[0x98, 0x02]], 10: [[0x02]], 11: [[0x02]],
      12: [identity.gateway], 13: [[0, 0, 0, 0, 0, 0]], 14: [[0, 0, 0, 0]],
      15: [[0, 0, 0, 0, 0, 0]],
      16: [Array("public".utf8) + [UInt8](repeating: 0, count: 12)], 17: [[4]],
      18: destinations.map { [$0, 0, 0, 0] },
      19: destinations.map { [$0] + [UInt8](repeating: 0, count: 12) },
      20: [[0, 0]], 21: [[0]], 22: [[UInt8(listed.count)]], 23: [[0] + entries],
      // Every suite for administrators: nibbles of 4.
      24: [[0] + [UInt8](repeating: 0x44, count: 8)],
      26: [[0, 0, 0, 0, 0, 0]],
    ]
  }

  /// The data of a parameter, set selector included where it has one.
  ///
  /// Throws `CompletionCode` 80h for one that there is not, and C9h for a set that there is not.
  public func parameter(_ number: UInt8, set: UInt8) throws(CompletionCode) -> [UInt8] {
    guard let sets = parameters[number], let rule = Self.rules[number] else {
      throw .parameterNotSupported
    }
    guard rule.highestSet != nil else { return sets[0] }
    guard Int(set) < sets.count else { throw .parameterOutOfRange }
    return sets[Int(set)]
  }

  /// Sets a parameter.
  ///
  /// Throws `CompletionCode` 80h for one that there is not, 82h for one that is only read, 81h when
  /// another requester is setting, C7h for a length and C9h for a set that are not its own.
  public mutating func set(_ number: UInt8, to data: [UInt8]) throws(CompletionCode) {
    guard let rule = Self.rules[number] else { throw .parameterNotSupported }
    guard rule.isWritable else { throw .readOnlyParameter }
    guard data.count == rule.length else { throw .lengthInvalid }
    if number == 0 {
      try setInProgress(data)
      return
    }
    guard let highest = rule.highestSet else {
      parameters[number] = [data]
      return
    }
    // Destination 0 is volatile, the others are kept; all can be set.
    guard data[0] & 0x0f <= highest else { throw .parameterOutOfRange }
    parameters[number]?[Int(data[0] & 0x0f)] = data
  }

  private mutating func setInProgress(_ data: [UInt8]) throws(CompletionCode) {
    let state = data[0] & 0x03
    let isInProgress = parameters[0]?[0] == [1]
    if state == 1, isInProgress { throw .setInProgress }
    // Commit write (2) keeps what was written, and that is all there is to it here.
    parameters[0] = [[state == 2 ? 0 : state]]
  }
}
