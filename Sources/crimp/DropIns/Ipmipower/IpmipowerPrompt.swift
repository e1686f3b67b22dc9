import IPMI
import Machines

/// The prompt of `ipmipower`: a command a line, until `quit` or the end of standard input.
struct IpmipowerPrompt {
  private var settings: IpmipowerSettings
  private let console: Console

  init(_ settings: IpmipowerSettings, _ console: Console) {
    self.settings = settings
    self.console = console
  }

  /// Reads and carries out commands; returns the status of the last power command.
  mutating func run() -> Int32 {
    var status = Ipmipower.Status.ok
    while true {
      console.write("ipmipower> ")
      console.flush()
      guard let line = readLine() else {
        console.write("\n")
        break
      }
      let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard let name = words.first else { continue }
      if name == "quit" { break }
      if let command = IpmipowerCommand(rawValue: name) {
        status = carryOut(command, words.dropFirst())
      } else {
        console.write(answer(name, words.count > 1 ? words[1] : nil) + "\n")
      }
    }
    console.flush()
    return status
  }

  private func carryOut(_ command: IpmipowerCommand, _ words: ArraySlice<String>) -> Int32 {
    guard !settings.hosts.isEmpty else {
      console.write("no hostname(s) configured\n")
      return Ipmipower.Status.failed
    }
    guard !words.isEmpty else {
      return IpmipowerRun(settings, console).run(command, settings.hosts)
    }
    let list = words.joined(separator: ",")
    guard let named = try? IpmipowerSettings.hosts(list) else {
      console.write("\(list): invalid hostname(s) specified\n")
      return Ipmipower.Status.failed
    }
    var hosts: [NamedHost] = []
    var status = Ipmipower.Status.ok
    for host in named {
      let known = settings.hosts.filter { $0 == host || host.port == nil && $0.name == host.name }
      hosts += known
      guard known.isEmpty else { continue }
      console.write("\(host): unconfigured hostname\n")
      status = Ipmipower.Status.failed
    }
    console.flush()
    guard !hosts.isEmpty else { return status }
    return max(status, IpmipowerRun(settings, console).run(command, hosts))
  }

  /// Takes a setting, and says so.
  private mutating func answer(_ name: String, _ value: String?) -> String {
    switch name {
    case "help": return IpmipowerUsage.commands
    case "version": return "ipmipower 1.6.10"
    case "config": return IpmipowerUsage.configuration(settings)
    default: break
    }
    guard IpmipowerSettings.names.contains(name), name != "eliminate", name != "oem-power-type"
    else { return "unknown command - type \"help\"" }
    guard let value else { return unset(name) }
    let before = settings
    do throws(IpmipowerFault) {
      try settings.set(name, to: value)
    } catch {
      return refusal(of: name, value, error.words)
    }
    guard let words = settings.contradiction else { return acceptance(of: name, value) }
    settings = before
    return words
  }

  /// What a setting's name alone does: it unsets, switches, or asks for a value.
  private mutating func unset(_ name: String) -> String {
    switch name {
    case "hostname":
      settings.hosts = []
      return "hostname(s) unconfigured"
    case "username":
      settings.userName = .null
      return "username: NULL"
    case "password":
      settings.password = .empty
      return "password changed"
    case "k_g":
      settings.key = nil
      return "k_g changed"
    case "driver-type": return "driver_type must be specified: lan, lan_2_0"
    case "authentication-type":
      return "authentication_type must be specified: none, straight_password_key, md2, md5"
    case "cipher-suite-id":
      return "cipher_suite_id must be specified: 0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17"
    case "privilege-level": return "privilege must be specified: user, operator, admin"
    case "workaround-flags":
      return "workaround_flags must be specified: " + IpmipowerUsage.workarounds
    default: break
    }
    guard let isOn = settings.isOn(name) else { return "\(name) not specified" }
    return answer(name, isOn ? "off" : "on")
  }

  private func acceptance(of name: String, _ value: String) -> String {
    switch name {
    case "hostname": return "hostname: \(value)"
    case "username": return "username: \(value)"
    case "password", "k_g": return "\(name) changed"
    case "driver-type": return "driver type is now \(value)"
    case "authentication-type": return "authentication type is now \(value)"
    case "cipher-suite-id": return "cipher suite id is now \(value)"
    case "privilege-level": return "privilege_level type is now \(value)"
    case "workaround-flags": return "workaround flags are now \(value)"
    case "debug": return "debugging is now \(value)"
    default: return "\(name) is now \(value)"
    }
  }

  private func refusal(of name: String, _ value: String, _ words: String) -> String {
    switch name {
    case "username", "password": "\(name) invalid length"
    case "k_g": "k_g invalid"
    case "hostname": words
    case "driver-type": "invalid driver type '\(value)' specified"
    case "authentication-type": "\(value) invalid authentication_type"
    case "cipher-suite-id": "\(value) \(words)"
    case "privilege-level": "\(value) invalid privilege_level"
    case "workaround-flags": "\(value) invalid workaround flags specified"
    case "session-timeout": "invalid timeout input"
    default: settings.isOn(name) == nil ? "invalid \(name) input" : "invalid parameter"
    }
  }
}
