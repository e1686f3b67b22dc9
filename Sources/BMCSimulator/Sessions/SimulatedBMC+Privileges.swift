internal import IPMI

// What both versions' logins have in common.

extension SimulatedBMC {
  /// A number that no session and no challenge has, and that is not 0.
  mutating func unusedSessionID() -> UInt32 {
    while true {
      let identifier = UInt32.random(in: 1 ... .max, using: &random)
      if sessions[identifier] == nil, !challenges.contains(identifier) { return identifier }
    }
  }

  /// What a user may do over the LAN: the lower of the user's limit and the channel's.
  func privilegeLimit(of account: UserAccount) -> PrivilegeLevel? {
    guard let user = account.limit.level, let channel = channel.privilegeLimit.level else {
      return nil
    }
    return min(user, channel)
  }

  /// What a session may do before it is raised. IPMI 2.0, section 22.18.
  func firstPrivilege(_ limit: PrivilegeLevel) -> PrivilegeLevel {
    misbehaves(.silentPrivilegeLevel) ? limit : min(.user, limit)
  }

  /// The data of `message` as a request of that type; throws what a controller answers to data that
  /// it cannot read.
  func parsed<Request: IPMIRequest>(
    _ message: IPMIMessage, as type: Request.Type
  ) throws(CompletionCode) -> Request {
    do throws(IPMIError) {
      return try Request(parsing: message.data.messageBytes)
    } catch {
      throw CompletionCode(refusing: error)
    }
  }

  /// The bytes of a response, with what this controller does wrong.
  func encoded(_ response: IPMIMessage) -> [UInt8] {
    var response = response
    if misbehaves(.wrongRequesterAddress) {
      response.requesterAddress = IPMIMessage.controllerAddress
    }
    var bytes = response.bytes
    if misbehaves(.wrongChecksum), response.networkFunction != .application.response {
      bytes[bytes.count - 1] ^= 0x55
    }
    return bytes
  }
}
