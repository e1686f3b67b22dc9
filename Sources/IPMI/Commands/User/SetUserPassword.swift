/// Sets or tests a user's password, or lets the user in or keeps it out. IPMI 2.0, section 22.30.
public struct SetUserPassword: IPMIRequest {
  /// What is to be done.
  public enum Operation: Hashable, Sendable {
    /// The user is kept out.
    case disable
    /// The user is let in.
    case enable
    /// The password becomes this one.
    case set(UserPassword)
    /// Whether the password is this one: the completion code tells.
    case test(UserPassword)
  }

  /// Application 47h.
  public static let identity = CommandIdentity(
    .application, 0x47, "Set User Password", .administrator)

  /// Whose password: 6 bits.
  public var userID: UInt8
  /// What is to be done.
  public var operation: Operation

  /// The request.
  public init(userID: UInt8, _ operation: Operation) {
    self.userID = userID & 0x3f
    self.operation = operation
  }

  /// Reads the request's 2, 18 or 22 bytes.
  public init(parsing data: RawSpan) throws(IPMIError) {
    var reader = Self.requestReader(data)
    let first = try reader.u8()
    userID = first & 0x3f
    let number = try reader.u8() & 0x03
    switch number {
    case 0: operation = .disable
    case 1: operation = .enable
    default:
      let password = UserPassword(field: try reader.bytes(first & 0x80 == 0 ? 16 : 20))
      operation = number == 2 ? .set(password) : .test(password)
    }
  }

  /// Appends the request's 2, 18 or 22 bytes.
  public func append(to data: inout [UInt8]) {
    let (number, password): (UInt8, UserPassword?) =
      switch operation {
      case .disable: (0, nil)
      case .enable: (1, nil)
      case .set(let password): (2, password)
      case .test(let password): (3, password)
      }
    data += [(password?.is20Bytes == true ? 0x80 : 0) | userID & 0x3f, number]
    data += password?.field ?? []
  }

  /// What the command's own completion codes mean.
  public static func meaning(of code: CompletionCode) -> String? {
    switch code.rawValue {
    case 0x80: "the password is another"
    case 0x81: "the password is stored in the other size"
    default: nil
    }
  }

  /// Nothing but the completion code.
  public typealias Response = EmptyResponse
}
