import IPMI
import Machines

/// `set OPTION VALUE`: changes for the lines that follow what options have said.
struct IpmitoolSettings {
  private let console: Console

  init(_ console: Console) {
    self.console = console
  }

  /// Changes an option, says so, and returns the status.
  func set(_ words: [String], in options: inout IpmitoolOptions) -> Int32 {
    guard let name = words.first, name != "help" else { return complain(Self.usage) }
    let value = words.dropFirst().first
    switch (name, value) {
    case ("verbose", nil): options.style.verbosity += 1
    case ("csv", nil): options.style.isCSV = true
    case ("verbose", let value?):
      guard let number = WordNumber.parse(value, as: Int32.self) else {
        return complain("Given verbose '\(value)' argument is invalid.\n")
      }
      options.style.verbosity = Int(max(0, number))
    case ("csv", let value?):
      guard let number = WordNumber.parse(value, as: Int32.self) else {
        return complain("Given csv '\(value)' argument is invalid.\n")
      }
      options.style.isCSV = number != 0
    case (_, nil): return complain(Self.usage)
    case (let name, let value?): return set(name, value, in: &options)
    }
    return Ipmitool.Status.ok
  }

  private func set(
    _ name: String, _ value: String, in options: inout IpmitoolOptions
  ) -> Int32 {
    switch name {
    case "host", "hostname":
      options.host = value
      return say("Set session hostname to \(value)")
    case "user", "username":
      guard let user = UserName(value) else {
        return complain("Username is too long (> 16 bytes)\n")
      }
      options.credentials.userName = user
      return say("Set session username to \(value)")
    case "pass", "password":
      var bytes = [UInt8](value.utf8)
      defer { bytes.wipe() }
      options.credentials.password = Secret(copying: bytes.messageBytes)
      return say("Set session password")
    case "authtype":
      guard let type = Self.types[value.uppercased()] else {
        return complain("Invalid authtype: \(value)\n")
      }
      options.session.authenticationTypes = [type]
      return say("Set session authtype to \(value.uppercased())")
    case "privlvl":
      guard let level = PrivilegeLevel.allCases.first(where: { $0.text == value.uppercased() })
      else { return complain("Invalid privilege level: \(value)\n") }
      options.session.privilege = level
      return say("Set session privilege level to \(level.text)")
    case "port":
      guard let port = WordNumber.parse(value, as: UInt16.self) else {
        return complain("Given port '\(value)' is invalid.\n")
      }
      options.port = port == 0 ? options.port : port
      return say("Set session port to \(port)")
    case "localaddr", "targetaddr": return setAddress(name, value, in: &options)
    default: return complain(Self.usage)
    }
  }

  private func setAddress(
    _ name: String, _ value: String, in options: inout IpmitoolOptions
  ) -> Int32 {
    guard let address = WordNumber.parse(value, as: UInt8.self) else {
      return complain("Given \(name) '\(value)' is invalid.\n")
    }
    if name == "localaddr" {
      options.ownAddress = address
      return say("Set local IPMB address to 0x\(address.hexadecimal())")
    }
    // The controller itself needs no bridge.
    options.route.bridge =
      address == 0 || address == options.ownAddress
      ? nil
      : MessageBridge(
        to: MessageBridge.Hop(channel: .primaryIPMB, address: address),
        ownAddress: options.ownAddress)
    return say("Set remote IPMB address to 0x\(address.hexadecimal())")
  }

  private func say(_ text: String) -> Int32 {
    console.write(text + "\n")
    console.flush()
    return Ipmitool.Status.ok
  }

  private func complain(_ text: String) -> Int32 {
    console.complain(text)
    return Ipmitool.Status.failed
  }

  private static let types: [String: AuthenticationType] = [
    "NONE": .none, "MD2": .md2, "MD5": .md5, "PASSWORD": .straightPassword, "OEM": .oem,
  ]

  private static let usage = """
    Usage: set <option> <value>

    Options are:
        hostname <host>        Session hostname
        username <user>        Session username
        password <pass>        Session password
        privlvl <level>        Session privilege level force
        authtype <type>        Authentication type force
        localaddr <addr>       Local IPMB address
        targetaddr <addr>      Remote target IPMB address
        port <port>            Remote RMCP port
        csv [level]            enable output in comma separated format
        verbose [level]        Verbose level


    """
}
