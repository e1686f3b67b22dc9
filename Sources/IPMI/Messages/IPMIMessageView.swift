/// An ``IPMIMessage`` where it lies: checked once, then read without a copy.
public struct IPMIMessageView: ~Escapable {
  /// The fewest bytes of a message: a request without data.
  public static let minimumByteCount = 7

  private let span: RawSpan

  /// Checks the bytes as a message; the parameters are those of
  /// ``IPMIMessage/init(parsing:verifyingChecksums:)``.
  @_lifetime(copy bytes)
  public init(_ bytes: RawSpan, verifyingChecksums: Bool = true) throws(IPMIError) {
    let count = bytes.byteCount
    // A response has a completion code.
    let isResponse = count > 1 && bytes.octet(at: 1) & 4 != 0
    let needed = Self.minimumByteCount + (isResponse ? 1 : 0)
    guard count >= needed else {
      throw .truncated(layer: .message, needed: needed, available: count, lengthFrom: .format)
    }
    span = bytes
    guard verifyingChecksums else { return }
    guard sum(0..<3) == 0 else {
      throw .malformed(layer: .message, value: UInt64(bytes.octet(at: 2)), offset: 2)
    }
    guard sum(3..<count) == 0 else {
      let offset = count - 1
      throw .malformed(layer: .message, value: UInt64(bytes.octet(at: offset)), offset: offset)
    }
  }

  private func sum(_ range: Range<Int>) -> UInt8 {
    var sum: UInt8 = 0
    for offset in range { sum &+= span.octet(at: offset) }
    return sum
  }

  /// What the command is about; odd in a response.
  public var networkFunction: NetworkFunction {
    NetworkFunction(rawValue: span.octet(at: 1) >> 2)
  }
  /// Whether this answers a request.
  public var isResponse: Bool { networkFunction.isResponse }
  /// Who does the command.
  public var responderAddress: UInt8 { span.octet(at: isResponse ? 3 : 0) }
  /// Which logical unit of the responder.
  public var responderLUN: UInt8 { span.octet(at: isResponse ? 4 : 1) & 3 }
  /// Who asked.
  public var requesterAddress: UInt8 { span.octet(at: isResponse ? 0 : 3) }
  /// Which logical unit of the requester.
  public var requesterLUN: UInt8 { span.octet(at: isResponse ? 1 : 4) & 3 }
  /// The number that the response repeats: 6 bits.
  public var sequenceNumber: UInt8 { span.octet(at: 4) >> 2 }
  /// The command.
  public var command: UInt8 { span.octet(at: 5) }

  /// What stands between the command and the last checksum, lent.
  public var data: RawSpan {
    @_lifetime(copy self)
    get { span.extracting(6..<(span.byteCount - 1)) }
  }

  /// How the command ended; nil in a request.
  public var completionCode: CompletionCode? {
    isResponse ? CompletionCode(rawValue: span.octet(at: 6)) : nil
  }

  /// The data without the completion code, lent.
  public var body: RawSpan {
    @_lifetime(copy self)
    get { span.extracting((isResponse ? 7 : 6)..<(span.byteCount - 1)) }
  }
}
