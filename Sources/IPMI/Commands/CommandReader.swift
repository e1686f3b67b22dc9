extension IPMIRequest {
  /// Reads the data of a request of this command.
  @_lifetime(copy data)
  static func requestReader(_ data: RawSpan) -> MessageReader {
    MessageReader(data, as: .command(networkFunction, command))
  }

  /// Reads the data of a response of this command.
  @_lifetime(copy data)
  static func responseReader(_ data: RawSpan) -> MessageReader {
    MessageReader(data, as: .command(networkFunction.response, command))
  }
}

extension MessageReader {
  /// The next byte, or nil at the end: a field that older controllers do not send.
  mutating func u8IfPresent() throws(IPMIError) -> UInt8? {
    remaining > 0 ? try u8() : nil
  }

  /// The next byte's set of flags.
  mutating func flags<Flags: OptionSet>(
    _ type: Flags.Type = Flags.self
  ) throws(IPMIError) -> Flags where Flags.RawValue == UInt8 {
    Flags(rawValue: try u8())
  }
}

extension CompletionCode {
  /// What a controller answers to request data that it cannot read.
  public init(refusing error: IPMIError) {
    switch error {
    case .truncated: self = .lengthInvalid
    case .malformed: self = .invalidDataField
    }
  }
}
