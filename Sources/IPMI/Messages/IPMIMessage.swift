/// A request or a response as it travels in a session, and on the IPMB. IPMI 2.0, section 13.8.
///
///     0         1         2         3         4         5         6
///     +---------+---------+---------+---------+---------+---------+------+---------+
///     | address | function| checksum| address | sequence| command | data | checksum|
///     | of whom | and LUN |         | from    | and LUN |         |      |         |
///     +---------+---------+---------+---------+---------+---------+------+---------+
///
/// A request goes from requester to responder and a response back; the fields here are named for the
/// roles, and the network function tells the direction. The sequence number, together with the
/// function and the command, is what an answer is found by.
public struct IPMIMessage: Hashable, Sendable {
  /// The address of the controller itself on its IPMB.
  public static let controllerAddress: UInt8 = 0x20
  /// The address that a remote console's software has.
  public static let remoteConsoleAddress: UInt8 = 0x81

  /// Who does the command.
  public var responderAddress: UInt8
  /// What the command is about; odd in a response.
  public var networkFunction: NetworkFunction
  /// Which logical unit of the responder, 0 to 3.
  public var responderLUN: UInt8
  /// Who asked.
  public var requesterAddress: UInt8
  /// The number that the response repeats: 6 bits.
  public var sequenceNumber: UInt8
  /// Which logical unit of the requester, 0 to 3.
  public var requesterLUN: UInt8
  /// The command.
  public var command: UInt8
  /// What follows the command; a response's begins with the completion code.
  public var data: [UInt8]

  /// A message of these fields, of which `sequenceNumber` counts with 6 bits and the logical units
  /// with 2.
  public init(
    responderAddress: UInt8 = controllerAddress, networkFunction: NetworkFunction,
    responderLUN: UInt8 = 0, requesterAddress: UInt8 = remoteConsoleAddress,
    sequenceNumber: UInt8, requesterLUN: UInt8 = 0, command: UInt8, data: [UInt8] = []
  ) {
    self.responderAddress = responderAddress
    self.networkFunction = networkFunction
    self.responderLUN = responderLUN & 3
    self.requesterAddress = requesterAddress
    self.sequenceNumber = sequenceNumber & 0x3f
    self.requesterLUN = requesterLUN & 3
    self.command = command
    self.data = data
  }

  /// The response to `request`.
  public init(
    answering request: IPMIMessage, _ completionCode: CompletionCode, body: [UInt8] = []
  ) {
    self = request
    networkFunction = request.networkFunction.response
    data = [completionCode.rawValue] + body
  }

  /// A copy of what `view` shows.
  public init(_ view: IPMIMessageView) {
    self.init(
      responderAddress: view.responderAddress, networkFunction: view.networkFunction,
      responderLUN: view.responderLUN, requesterAddress: view.requesterAddress,
      sequenceNumber: view.sequenceNumber, requesterLUN: view.requesterLUN, command: view.command,
      data: view.data.copied)
  }

  /// Reads a message from its first byte to its last.
  ///
  /// - Parameters:
  ///   - bytes: the message, both checksums included.
  ///   - verifyingChecksums: whether a wrong checksum refuses the message; some controllers
  ///     (Supermicro X9) send wrong ones.
  /// - Throws: `IPMIError` when the bytes are too few or a checksum is wrong.
  public init(parsing bytes: RawSpan, verifyingChecksums: Bool = true) throws(IPMIError) {
    self.init(try IPMIMessageView(bytes, verifyingChecksums: verifyingChecksums))
  }

  /// Whether this answers a request.
  public var isResponse: Bool { networkFunction.isResponse }

  /// How the command ended; nil in a request.
  public var completionCode: CompletionCode? {
    guard isResponse, let code = data.first else { return nil }
    return CompletionCode(rawValue: code)
  }

  /// The data without the completion code.
  public var body: ArraySlice<UInt8> { isResponse ? data.dropFirst() : data[...] }

  /// Whether this is the response to `request`. The addresses are left out: some controllers answer
  /// a console as if it had their own.
  public func answers(_ request: IPMIMessage) -> Bool {
    isResponse && networkFunction == request.networkFunction.response
      && command == request.command && sequenceNumber == request.sequenceNumber
  }

  /// How many bytes the message has on the wire.
  public var byteCount: Int { 7 + data.count }

  /// Appends the message, checksums computed.
  public func append(to bytes: inout [UInt8]) {
    bytes.reserveCapacity(bytes.count + byteCount)
    let (to, from) =
      isResponse
      ? ((requesterAddress, requesterLUN), (responderAddress, responderLUN))
      : ((responderAddress, responderLUN), (requesterAddress, requesterLUN))
    let (function, sequence) =
      (networkFunction.rawValue << 2 | to.1, sequenceNumber << 2 | from.1)
    bytes.append(to.0)
    bytes.append(function)
    bytes.append(0 &- to.0 &- function)
    bytes.append(from.0)
    bytes.append(sequence)
    bytes.append(command)
    bytes.append(contentsOf: data)
    let sum = data.reduce(from.0 &+ sequence &+ command, &+)
    bytes.append(0 &- sum)
  }

  /// The message's bytes.
  public var bytes: [UInt8] {
    var bytes: [UInt8] = []
    append(to: &bytes)
    return bytes
  }
}
