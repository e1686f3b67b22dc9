import IPMI

/// `user …`: who may open sessions, and with what password.
enum UserWords {
  static let group = WordGroup(
    names: ["user"], summary: "Configure Management Controller users",
    read: { words throws(WordsEnd) in try read(&words) })

  private static let expected =
    "expected summary, list, set name, set password, disable, enable, priv or test"

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .missing("user: \(expected)", help: help))
    switch word {
    case "summary": return ShowUserSummary(channel: try channel(&words))
    case "list": return ListUsers(channel: try channel(&words))
    case "set": return try set(&words)
    case "enable", "disable": return try enable(word, &words)
    case "priv": return try privilege(&words)
    case "test": return try test(&words)
    default:
      throw .wrong("user \(word): \(expected)", "Invalid user command: '\(word)'\n\n" + help)
    }
  }

  private static func channel(_ words: inout WordReader) throws(WordsEnd) -> ChannelNumber {
    guard let word = words.next() else { return .current }
    guard words.isAtEnd else { throw .wrong("user: expected one channel", help) }
    return try WordReader.channel(word)
  }

  private static func set(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let kind = try words.next(or: .wrong("user set: expected name or password", help))
    switch kind {
    case "name": return try setName(&words)
    case "password": return try setPassword(&words)
    default: throw .wrong("user set \(kind): expected name or password", help)
    }
  }

  private static func setName(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard words.count == 2, let number = words.next(), let word = words.next() else {
      throw .wrong("user set name: expected a user's number and a name", help)
    }
    let userID = try WordReader.userID(number)
    guard let name = UserName(word) else {
      throw .wrong(
        "user set name: the name has \(word.utf8.count) bytes: expected at most 16",
        "Username is too long (> 16 bytes)")
    }
    return SingleRequest(
      request: SetUserName(userID: userID, name: name),
      complaint: Complaint("Set User Name command failed (user \(userID), name \(word))")
    ) { _ in DoneReport(nil) }
  }

  private static func setPassword(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let number = try words.next(or: .wrong("user set password: expected a user's number", help))
    let userID = try userWithPassword(number)
    let word = words.next()
    let secret = if let word { words.secret(word) } else { try askTwice(userID, words) }
    var size = secret.byteCount > 16 ? 20 : 16
    if let word = words.next() { size = try passwordSize(word) }
    guard let password = UserPassword(secret, in20Bytes: size == 20) else {
      throw .wrong(
        "user set password: the password has \(secret.byteCount) bytes: expected at most \(size)",
        "Password is too long (> \(size) bytes)")
    }
    return SingleRequest(
      request: SetUserPassword(userID: userID, .set(password)),
      complaint: Complaint(evaluated: "Set User Password command failed (user \(userID))"),
      carriesSecret: true
    ) { _ in DoneReport("Set User Password command successful (user \(userID))") }
  }

  /// The user's number before a password. It is not repeated: who forgets it writes the password there.
  private static func userWithPassword(_ word: String) throws(WordsEnd) -> UInt8 {
    do throws(WordsEnd) {
      return try WordReader.userID(word)
    } catch {
      throw .wrong(
        "user set password: expected a user's number, 1 to 63, before the password",
        error.original, status: error.originalStatus)
    }
  }

  private static func passwordSize(_ word: String) throws(WordsEnd) -> Int {
    guard let size = WordNumber.parse(word, as: Int.self), size == 16 || size == 20 else {
      throw .wrong(
        "the password's size: expected 16 or 20", "Invalid password length '\(word)'")
    }
    return size
  }

  private static func ask(_ userID: UInt8, _ words: WordReader) throws(WordsEnd) -> Secret {
    guard let secret = words.askSecret("Password for user \(userID): ") else {
      throw .wrong(
        "the password of user \(userID): nobody is there to type it", "ipmitool: malloc failure")
    }
    return secret
  }

  private static func askTwice(_ userID: UInt8, _ words: WordReader) throws(WordsEnd) -> Secret {
    let first = try ask(userID, words)
    guard first.isEqualInConstantTime(to: try ask(userID, words)) else {
      throw .wrong("the two passwords differ", "Passwords do not match.")
    }
    return first
  }

  private static func enable(
    _ verb: String, _ words: inout WordReader
  ) throws(WordsEnd) -> any IPMIOperation {
    guard words.count == 1, let word = words.next() else {
      throw .wrong("user \(verb): expected a user's number", help)
    }
    let userID = try WordReader.userID(word)
    return SingleRequest(
      request: SetUserPassword(userID: userID, verb == "enable" ? .enable : .disable),
      complaint: Complaint(evaluated: "Set User Password command failed (user \(userID))")
    ) { _ in DoneReport(nil) }
  }

  private static func privilege(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard (2...3).contains(words.count), let user = words.next(), let level = words.next() else {
      throw .wrong("user priv: expected a user's number and a privilege level", help)
    }
    let channel = try words.next().map { word throws(WordsEnd) in try WordReader.channel(word) }
    let limit = try WordReader.privilegeLimit(level)
    let userID = try WordReader.userID(user)
    return SingleRequest(
      request: SetUserAccess(
        channel: channel ?? .current, userID: userID, access: nil, privilegeLimit: limit),
      complaint: Complaint(evaluated: "Set Privilege Level command failed (user \(userID))")
    ) { _ in DoneReport("Set Privilege Level command successful (user \(userID))") }
  }

  private static func test(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard (2...3).contains(words.count), let user = words.next(), let length = words.next() else {
      throw .wrong("user test: expected a user's number, 16 or 20, and perhaps a password", help)
    }
    let userID = try WordReader.userID(user)
    guard let size = WordNumber.parse(length, as: Int.self), size == 16 || size == 20 else {
      throw .wrong(
        "user test \(length): expected 16 or 20",
        "Given password length '\(length)' is invalid.\nExpected value is either 16 or 20.")
    }
    let word = words.next()
    let secret = if let word { words.secret(word) } else { try ask(userID, words) }
    guard let password = UserPassword(secret, in20Bytes: size == 20) else {
      throw .wrong(
        "user test: the password has \(secret.byteCount) bytes: expected at most \(size)",
        "Password is too long (> \(size) bytes)")
    }
    return TestPassword(userID: userID, password: password)
  }

  private static let help = """
    User Commands:
                   summary      [<channel number>]
                   list         [<channel number>]
                   set name     <user id> <username>
                   set password <user id> [<password> [<16|20>]]
                   disable      <user id>
                   enable       <user id>
                   priv         <user id> <privilege level> [<channel number>]
                         Privilege levels:
                          * 0x1 - Callback
                          * 0x2 - User
                          * 0x3 - Operator
                          * 0x4 - Administrator
                          * 0x5 - OEM Proprietary
                          * 0xF - No Access

                   test         <user id> <16|20> [<password]>

    """
}
