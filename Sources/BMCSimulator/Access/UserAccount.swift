public import IPMI

/// A user of a controller, and what the user may do over the LAN channel. IPMI 2.0, section 22.26
/// and following.
public struct UserAccount: Sendable {
  /// The name; the null user has none.
  public var name: UserName
  /// The password: up to 20 bytes, without padding.
  public var password: Secret
  /// Whether the password was set with 20 bytes: no use for IPMI 1.5 then.
  public var hasLongPassword: Bool
  /// Whether the user may log in.
  public var isEnabled: Bool
  /// What the user may do at most over the LAN channel.
  public var limit: PrivilegeLimit
  /// Whether the user may send messages.
  public var mayMessage: Bool
  /// Whether the name and password may be used on the link itself (PPP, basic mode).
  public var mayAuthenticateLink: Bool
  /// Whether the user may only be called back.
  public var isCallbackOnly: Bool
  /// Which standard payloads the user may have: a bit each, serial over LAN bit 1.
  public var payloads: UInt16

  /// A user who may log in, use every payload, and do what `limit` allows.
  public init(
    _ name: UserName, password: Secret, limit: PrivilegeLimit, isEnabled: Bool = true
  ) {
    self.name = name
    self.password = password
    self.limit = limit
    self.isEnabled = isEnabled
    hasLongPassword = password.byteCount > 16
    mayMessage = true
    mayAuthenticateLink = false
    isCallbackOnly = false
    payloads = 0x0002
  }

  /// Whether the user may begin a session.
  public var mayLogIn: Bool { isEnabled && mayMessage && limit.level != nil && !isCallbackOnly }
}

/// The users of a controller by number, from 1: the null user. IPMI 2.0, section 6.9.
public struct UserTable: Sendable {
  /// How many users there can be.
  public static let capacity = 10

  /// The accounts; user number 1 is the first.
  public private(set) var accounts: [UserAccount]

  /// Creates a table of a null user and these, up to the capacity; the rest has no name.
  ///
  /// - Parameter nullUser: the null user's password; nil when the null user may not log in.
  public init(_ accounts: [UserAccount], nullUser: Secret? = nil) {
    var empty = UserAccount(.null, password: .empty, limit: .noAccess, isEnabled: false)
    empty.mayMessage = false
    let first = nullUser.map {
      UserAccount(.null, password: $0, limit: PrivilegeLimit(.administrator))
    }
    self.accounts = [first ?? empty] + accounts.prefix(Self.capacity - 1)
    self.accounts += repeatElement(empty, count: Self.capacity - self.accounts.count)
  }

  /// How many users are enabled.
  public var enabledCount: Int { accounts.count { $0.isEnabled } }

  /// Whether the null user may log in, with or without a password.
  public var nullUser: (hasPassword: Bool, mayLogIn: Bool) {
    (accounts[0].password.byteCount > 0, accounts[0].mayLogIn)
  }

  /// The account of user `number`.
  ///
  /// Throws `CompletionCode` C9h when there is no such number.
  public func account(_ number: UInt8) throws(CompletionCode) -> UserAccount {
    try accounts[index(of: number)]
  }

  /// Changes the account of user `number`.
  ///
  /// Throws `CompletionCode` C9h when there is no such number, and what `change` throws.
  public mutating func change(
    _ number: UInt8, _ change: (inout UserAccount) throws(CompletionCode) -> Void
  ) throws(CompletionCode) {
    try change(&accounts[try index(of: number)])
  }

  /// The number of the user `name` who may log in at `privilege`; with `onlyByName` the first of that
  /// name whatever the privilege. IPMI 2.0, section 13.20: a name may stand in the table twice, with
  /// different limits.
  public func number(
    of name: UserName, at privilege: PrivilegeLevel?, onlyByName: Bool
  ) -> UInt8? {
    let index = accounts.firstIndex { account in
      guard account.name == name, account.mayLogIn else { return false }
      guard !onlyByName, let privilege, let limit = account.limit.level else { return true }
      return privilege <= limit
    }
    return index.map { UInt8($0 + 1) }
  }

  private func index(of number: UInt8) throws(CompletionCode) -> Int {
    guard number > 0, Int(number) <= accounts.count else { throw .parameterOutOfRange }
    return Int(number) - 1
  }
}
