internal import IPMI

extension CommandTable {
  /// Users and what they may do. IPMI 2.0, sections 22.26 to 22.32 and 24.6 to 24.7.
  static let userCommands = [
    on(GetUserAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetUserAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetUserName.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetUserName.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetUserPassword.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(GetUserPayloadAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    on(SetUserPayloadAccess.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
  ]
}

extension SimulatedBMC {
  func answer(
    _ request: GetUserAccess, _ context: CommandContext
  ) throws(CompletionCode) -> GetUserAccess.Response {
    try check(request.channel)
    let account = try users.account(request.userID)
    var access: UserAccess = []
    if account.mayMessage { access.insert(.messaging) }
    if account.mayAuthenticateLink { access.insert(.linkAuthentication) }
    if account.isCallbackOnly { access.insert(.callbackOnly) }
    return GetUserAccess.Response(
      maximumUsers: UInt8(UserTable.capacity), enabledUsers: UInt8(users.enabledCount),
      status: account.isEnabled ? .enabled : .disabled, fixedNames: 1, access: access,
      privilegeLimit: account.limit)
  }

  mutating func answer(
    _ request: SetUserAccess, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    try check(request.channel)
    try users.change(request.userID) { account throws(CompletionCode) in
      account.limit = request.privilegeLimit
      guard let access = request.access else { return }
      account.mayMessage = access.contains(.messaging)
      account.mayAuthenticateLink = access.contains(.linkAuthentication)
      account.isCallbackOnly = access.contains(.callbackOnly)
    }
    return EmptyResponse()
  }

  func answer(
    _ request: GetUserName, _ context: CommandContext
  ) throws(CompletionCode) -> GetUserName.Response {
    GetUserName.Response(name: try users.account(request.userID).name)
  }

  mutating func answer(
    _ request: SetUserName, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    // User 1 is the null user for good.
    guard request.userID != 1 || request.name == .null else { throw .invalidDataField }
    try users.change(request.userID) { $0.name = request.name }
    return EmptyResponse()
  }

  mutating func answer(
    _ request: SetUserPassword, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    try users.change(request.userID) { account throws(CompletionCode) in
      switch request.operation {
      case .disable: account.isEnabled = false
      case .enable: account.isEnabled = true
      case .set(let password):
        account.password = Secret(copying: password.bytes.messageBytes)
        account.hasLongPassword = password.is20Bytes
      case .test(let password):
        // Another size, or another password.
        guard password.is20Bytes == account.hasLongPassword else {
          throw CompletionCode(rawValue: 0x81)
        }
        let given = Secret(copying: password.bytes.messageBytes)
        guard given.isEqualInConstantTime(to: account.password) else {
          throw CompletionCode(rawValue: 0x80)
        }
      }
    }
    return EmptyResponse()
  }

  func answer(
    _ request: GetUserPayloadAccess, _ context: CommandContext
  ) throws(CompletionCode) -> GetUserPayloadAccess.Response {
    try check(request.channel)
    let payloads = try users.account(request.userID).payloads
    return GetUserPayloadAccess.Response(
      UserPayloadAccess(standard: UInt8(truncatingIfNeeded: payloads)))
  }

  mutating func answer(
    _ request: SetUserPayloadAccess, _ context: CommandContext
  ) throws(CompletionCode) -> EmptyResponse {
    try check(request.channel)
    let bits = UInt16(request.access.standard)
    try users.change(request.userID) { account throws(CompletionCode) in
      account.payloads =
        request.disables ? account.payloads & ~bits : account.payloads | bits
    }
    return EmptyResponse()
  }
}
