import IPMI

/// `lan set CHANNEL …`.
enum LANSetWords {
  private static let expected =
    "expected ipaddr, netmask, macaddr, defgw, bakgw, password, snmp, user, access, alert, arp, vlan, "
    + "auth, ipsrc, cipher_privs or bad_pass_thresh"

  static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.set) }
    let word = try words.next(or: .wrong("lan set: expected a channel", LANHelp.set))
    guard !words.takesHelp() else { throw .help(LANHelp.set) }
    let verb = try words.next(or: .wrong("lan set \(word): \(expected)", LANHelp.set))
    let channel = try LANWords.channelNumber(word) {
      "Channel \($0) is not a LAN channel!\n\(LANHelp.set)"
    }
    return try LANSetReader(channel: channel).read(verb, &words)
  }

  static func unknown(_ verb: String) -> WordsEnd {
    .wrong("lan set \(verb): \(expected)", LANHelp.set)
  }
}

/// Reads what is to be set on a channel.
private struct LANSetReader {
  let channel: UInt8

  func read(_ verb: String, _ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    switch verb {
    case "ipaddr": return try address(.address, verb, words.next(), LANHelp.set)
    case "netmask": return try address(.subnetMask, verb, words.next(), LANHelp.set)
    case "macaddr": return try hardware(.hardwareAddress, verb, words.next(), LANHelp.set)
    case "defgw": return try gateway(verb, &words, .defaultGateway, .defaultGatewayHardware)
    case "bakgw": return try gateway(verb, &words, .backupGateway, .backupGatewayHardware)
    case "ipsrc": return try source(&words)
    case "snmp": return try community(&words)
    case "arp": return try arp(&words)
    case "auth": return try authentication(&words)
    case "vlan": return try vlan(&words)
    case "cipher_privs": return try suitePrivileges(&words)
    case "bad_pass_thresh": return try badPasswords(&words)
    case "access": return try mode("access", LANHelp.access, &words) { .access($0) }
    case "alert":
      return try mode("alert", "LAN set alert must be 'on' or 'off'", &words) { .alerts($0) }
    case "user": return try enableUser()
    case "password": return try password(&words)
    default: throw LANSetWords.unknown(verb)
    }
  }

  private func set(
    _ number: LANParameterNumber, _ value: SetLANParameter.Value, says announcement: String? = nil
  ) -> SetLANParameter {
    SetLANParameter(
      channel: channel, number: number, value: value, announcement: announcement)
  }

  // MARK: Addresses

  private func address(
    _ number: LANParameterNumber, _ verb: String, _ word: String?, _ help: String
  ) throws(WordsEnd) -> any IPMIOperation {
    guard let word else {
      throw .wrong("lan set \(verb): expected an IPv4 address", help)
    }
    guard let address = LANParameter.IPv4(word) else {
      throw .wrong(
        "lan set \(verb) \(word): expected an IPv4 address", "Invalid IP address: \(word)")
    }
    return set(
      number, .bytes(address.bytes), says: "Setting LAN \(number.name) to \(address.text)")
  }

  private func hardware(
    _ number: LANParameterNumber, _ verb: String, _ word: String?, _ help: String,
    wrong: String = ""
  ) throws(WordsEnd) -> any IPMIOperation {
    guard let word else {
      throw .wrong("lan set \(verb): expected a hardware address", help)
    }
    guard let address = LANParameter.HardwareAddress(word) else {
      throw .wrong(
        "lan set \(verb) \(word): expected a hardware address, such as 00:00:5e:00:53:01",
        "Invalid MAC address: \(word)" + wrong)
    }
    return set(
      number, .bytes(address.bytes), says: "Setting LAN \(number.name) to \(address.text)")
  }

  private func gateway(
    _ verb: String, _ words: inout WordReader, _ address: LANParameterNumber,
    _ hardware: LANParameterNumber
  ) throws(WordsEnd) -> any IPMIOperation {
    let kind = verb == "defgw" ? "default" : "backup"
    let help =
      verb == "defgw"
      ? "LAN set default gateway Commands: ipaddr, macaddr"
      : "LAN set backup gateway commands: ipaddr, macaddr"
    guard !words.takesHelp() else { throw .help(help) }
    guard words.count >= 2, let word = words.next() else {
      throw .wrong("lan set \(verb): expected ipaddr or macaddr of the \(kind) gateway", help)
    }
    switch word {
    case "ipaddr":
      return try self.address(address, "\(verb) ipaddr", words.next(), LANHelp.set)
    case "macaddr":
      return try self.hardware(
        hardware, "\(verb) macaddr", words.next(), LANHelp.set, wrong: "\n" + LANHelp.set)
    default:
      throw .wrong("lan set \(verb) \(word): expected ipaddr or macaddr", LANHelp.set)
    }
  }

  private func source(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.source) }
    let expected = "expected none, static, dhcp or bios"
    let word = try words.next(or: .wrong("lan set ipsrc: \(expected)", LANHelp.source))
    let sources: [String: LANParameter.AddressSource] = [
      "none": .unspecified, "static": .static, "dhcp": .dhcp, "bios": .bios,
    ]
    guard let source = sources[word] else {
      throw .wrong("lan set ipsrc \(word): \(expected)", LANHelp.source)
    }
    return set(.addressSource, .bytes([source.rawValue]))
  }

  // MARK: ARP

  private func arp(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.arp) }
    let expected = "expected respond, generate or interval"
    let word = try words.next(or: .wrong("lan set arp: \(expected)", LANHelp.arp))
    switch word {
    case "respond":
      return try arp(
        word, &words, .responses
      ) { "\($0 ? "En" : "Dis")abling BMC-generated ARP responses" }
    case "generate":
      return try arp(word, &words, .gratuitous) {
        "\($0 ? "En" : "Dis")abling BMC-generated Gratuitous ARPs"
      }
    case "interval": return try arpInterval(&words)
    default: throw .wrong("lan set arp \(word): \(expected)", LANHelp.arp)
    }
  }

  private func arp(
    _ name: String, _ words: inout WordReader, _ bits: LANParameter.ARPControl,
    _ announcement: (Bool) -> String
  ) throws(WordsEnd) -> any IPMIOperation {
    let isOn = try onOrOff("lan set arp \(name)", &words, LANHelp.arp)
    return set(
      .arpControl,
      .changed { present in
        let control = LANParameter.ARPControl(rawValue: present.first ?? 0)
        return [(isOn ? control.union(bits) : control.subtracting(bits)).rawValue]
          + present.dropFirst()
      }, says: announcement(isOn))
  }

  private func arpInterval(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let line = "lan set arp interval: expected 1 to 127 seconds"
    let word = try words.next(or: .wrong(line, LANHelp.arp))
    guard let seconds = WordNumber.parse(word, as: UInt8.self), seconds > 0 else {
      throw .wrong(line, "Given ARP interval '\(word)' is invalid.")
    }
    guard seconds <= 127 else {
      throw .wrong(line, "Given ARP interval '\(seconds)' is too big.")
    }
    var operation = set(.gratuitousARPInterval, .changed { _ in [seconds * 2 - 1] })
    operation.conclusion = "BMC-generated Gratuitous ARP interval:  \(seconds).0 seconds"
    return operation
  }

  // MARK: VLAN

  private func vlan(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.vlan) }
    guard words.count >= 2, let word = words.next()?.lowercased(), let value = words.next() else {
      throw .wrong("lan set vlan: expected id or priority, and a number", LANHelp.vlan)
    }
    switch word {
    case "id":
      // The number stays, and is no longer used.
      if value == "off" {
        return set(.vlanID, .changed { $0.count < 2 ? [0, 0] : [$0[0], $0[1] & 0x0f] })
      }
      let line = "lan set vlan id \(value): expected 1 to 4094, or off"
      guard let id = WordNumber.parse(value, as: Int.self) else {
        throw .wrong(line, "Given VLAN ID '\(value)' is invalid.")
      }
      guard (1...4094).contains(id) else {
        throw .wrong(line, "VLAN ID must be between 1 and 4094.")
      }
      return set(.vlanID, .bytes(LANParameter.vlanID(UInt16(id)).data))
    case "priority":
      let line = "lan set vlan priority \(value): expected 0 to 7"
      guard let priority = WordNumber.parse(value, as: UInt8.self) else {
        throw .wrong(line, "Given VLAN priority '\(value)' is invalid.")
      }
      guard priority <= 7 else {
        throw .wrong(line, "VLAN priority must be between 0 and 7.")
      }
      return set(.vlanPriority, .bytes([priority]))
    default:
      throw .wrong("lan set vlan \(word): expected id or priority", LANHelp.vlan)
    }
  }

  // MARK: Who may do what

  private func authentication(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.authentication) }
    guard words.count >= 2, let levels = words.next(), let types = words.next() else {
      throw .wrong(
        "lan set auth: expected levels and authentication types", LANHelp.authentication)
    }
    let indices = try levels.split(separator: ",").map { level throws(WordsEnd) in
      let names = ["callback", "user", "operator", "admin"]
      guard let index = names.firstIndex(where: { level.lowercased().hasPrefix($0) }) else {
        throw .wrong(
          "lan set auth \(level): expected CALLBACK, USER, OPERATOR or ADMIN",
          "Invalid authentication level: \(level)")
      }
      return index
    }
    let enabled = try types.split(separator: ",").map { type throws(WordsEnd) in
      let names: [String: AuthenticationTypes] = [
        "none": .none, "md2": .md2, "md5": .md5, "password": .straightPassword,
        "key": .straightPassword, "oem": .oem,
      ]
      guard let bits = names[type.lowercased()] else {
        throw .wrong(
          "lan set auth \(type): expected NONE, MD2, MD5, PASSWORD or OEM",
          "Invalid authentication type: \(type)")
      }
      return bits.rawValue
    }.reduce(0, |)
    return set(
      .authenticationEnables,
      .changed { present in
        var bytes = Array((present + [0, 0, 0, 0, 0]).prefix(5))
        for index in indices { bytes[index] = enabled }
        return bytes
      })
  }

  private func suitePrivileges(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.suitePrivileges) }
    let line = "lan set cipher_privs: expected 15 of the letters X, c, u, o, a, O"
    let word = try words.next(or: .wrong(line, LANHelp.suitePrivileges))
    let letters: [Character: UInt8] = ["X": 0, "c": 1, "u": 2, "o": 3, "a": 4, "O": 5]
    guard word.count == 15 else {
      throw .wrong(
        line,
        "Invalid privilege specification length: \(word.count)\n" + LANHelp.suitePrivileges)
    }
    let limits = try word.map { letter throws(WordsEnd) in
      guard let number = letters[letter] else {
        throw .wrong(
          line, "Invalid privilege specification char: \(letter)\n" + LANHelp.suitePrivileges)
      }
      return PrivilegeLimit(rawValue: number)
    }
    return set(.cipherSuitePrivileges, .bytes(LANParameter.cipherSuitePrivileges(limits).data))
  }

  private func badPasswords(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(LANHelp.badPasswords) }
    guard words.count >= 4,
      let threshold = WordNumber.parse(words.next() ?? "", as: UInt8.self),
      let event = WordNumber.parse(words.next() ?? "", as: UInt8.self), event <= 1,
      let reset = WordNumber.parse(words.next() ?? "", as: UInt16.self),
      let lockout = WordNumber.parse(words.next() ?? "", as: UInt16.self)
    else {
      throw .wrong(
        "lan set bad_pass_thresh: expected a count, 0 or 1, and two numbers of tens of seconds",
        LANHelp.badPasswords)
    }
    let value = LANParameter.BadPasswordThreshold(
      sendsEvent: event == 1, threshold: threshold, resetInterval: reset, lockoutInterval: lockout)
    return set(.badPasswordThreshold, .bytes(LANParameter.badPasswordThreshold(value).data))
  }

  private func community(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let help = "lan set <channel> snmp <community string>"
    guard !words.takesHelp() else { throw .help(help) }
    let word = try words.next(or: .wrong("lan set snmp: expected a community string", help))
    // Who has it may ask the controller. `lan print` shows it; a list of processes need not.
    _ = words.secret(word)
    guard word.utf8.count <= 18 else {
      throw .wrong(
        "lan set snmp: the string has \(word.utf8.count) bytes: expected at most 18",
        "SNMP community string is too long (> 18 bytes)")
    }
    return set(
      .communityString, .bytes(LANParameter.communityString(Array(word.utf8)).data),
      says: "Setting LAN \(LANParameterNumber.communityString.name) to \(word)")
  }

  private func mode(
    _ name: String, _ help: String, _ words: inout WordReader,
    _ change: (Bool) -> SetChannelMode.Change
  ) throws(WordsEnd) -> any IPMIOperation {
    guard !words.takesHelp() else { throw .help(help) }
    let isOn = try onOrOff("lan set \(name)", &words, help)
    return SetChannelMode(channel: channel, change: change(isOn))
  }

  private func onOrOff(
    _ name: String, _ words: inout WordReader, _ help: String
  ) throws(WordsEnd) -> Bool {
    let word = try words.next(or: .wrong("\(name): expected on or off", help))
    guard let isOn = ["on": true, "enable": true, "off": false, "disable": false][word] else {
      throw .wrong("\(name) \(word): expected on or off", help)
    }
    return isOn
  }

  private func enableUser() throws(WordsEnd) -> any IPMIOperation {
    let channel = channel
    return SingleRequest(
      request: SetUserAccess(
        channel: ChannelNumber(rawValue: channel), userID: 1, access: nil,
        privilegeLimit: PrivilegeLimit(.administrator)),
      complaint: Complaint(evaluated: "Set User Access for channel \(channel) failed")
    ) { _ in DoneReport("Set User Access for channel \(channel) was successful.") }
  }

  /// The null user's password: the one of a session without a user's name.
  private func password(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    let secret = words.next().map { words.secret($0) } ?? .empty
    guard let password = UserPassword(secret, in20Bytes: false) else {
      throw .wrong(
        "lan set password: the password has \(secret.byteCount) bytes: expected at most 16",
        "Password is too long (> 16 bytes)")
    }
    let verb = secret.byteCount == 0 ? "cleared" : "set"
    return SingleRequest(
      request: SetUserPassword(userID: 1, .set(password)),
      complaint: Complaint(evaluated: "Unable to Set LAN Password for user 1"),
      carriesSecret: true
    ) { _ in DoneReport("Password \(verb) for user 1") }
  }
}
