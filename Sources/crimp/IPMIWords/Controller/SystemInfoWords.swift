import Drivers
import IPMI
import Machines

/// `mc getsysinfo …` and `mc setsysinfo …`: what the controller keeps of its system.
enum SystemInfoWords {
  /// What ipmitool names a parameter, and how many blocks its text may have.
  struct Name: Sendable {
    var word: String
    var parameter: SystemInfoParameter
    var blockLimit = 4
  }

  private static let names = [
    Name(word: "system_fw_version", parameter: .firmwareVersion),
    Name(word: "primary_os_name", parameter: .primaryOperatingSystem),
    Name(word: "os_name", parameter: .operatingSystem),
    Name(word: "system_name", parameter: .systemName),
    Name(word: "delloem_os_version", parameter: .dellOperatingSystemVersion),
    Name(word: "delloem_url", parameter: .dellURL, blockLimit: 2),
  ]

  /// What both are, within the help of `mc`.
  static let shortHelp = """
      getsysinfo <argument>
      setsysinfo <argument> <string>
    """ + "\n" + arguments

  private static let help = """
    usage:
      getsysinfo <argument>
        Retrieves system info from BMC for given argument
      setsysinfo <argument> <string>
        Stores system info string for given argument to BMC

      Valid arguments are:

    """ + arguments

  private static let arguments = """
        system_fw_version   System firmware (e.g. BIOS) version
        primary_os_name     Primary operating system name
        os_name             Operating system name
        system_name         System Name of server(vendor dependent)
        delloem_os_version  Running version of operating system
        delloem_url         URL of BMC webserver

    """

  /// Reads what follows `getsysinfo` or `setsysinfo`.
  static func read(_ verb: String, _ words: inout WordReader) throws(WordsEnd)
    -> any IPMIOperation
  {
    let sets = verb == "setsysinfo"
    let expected = "expected " + names.map(\.word).joined(separator: ", ")
    if words.count == 1, words.first == "help" { throw .help(help) }
    guard words.count >= (sets ? 2 : 1), let word = words.next() else {
      throw .missing("\(verb): \(expected)\(sets ? ", and a text" : "")", help: help)
    }
    guard let name = names.first(where: { $0.word == word }) else {
      throw .wrong(
        "\(verb) \(word): \(expected)", "Invalid mc/bmc \(verb) command: \(word)\n" + help)
    }
    guard sets else { return ShowSystemInfo(name: name) }
    let text = words.next() ?? ""
    let limit = name.blockLimit * SystemInfoParameter.blockByteCount - 2
    guard text.utf8.count <= limit else {
      throw .wrong(
        "\(verb) \(word): expected a text of at most \(limit) bytes",
        "\(verb): the text is longer than \(limit) bytes.")
    }
    return SetSystemInfo(name: name, text: text)
  }

  /// Why a parameter was not read or set, as ipmitool says it.
  fileprivate static func failure(
    _ failure: BMCFailure, _ verb: String, _ name: Name, block: Int
  ) -> OperationFailure {
    guard let code = failure.completionCode else {
      return OperationFailure(failure, "\(verb) \(name.word) set \(block) command failed")
    }
    return OperationFailure(
      failure,
      code.rawValue == 0x80
        ? "\(verb) \(name.word) parameter not supported" : "\(verb) command failed: \(code.text)")
  }
}

/// `mc getsysinfo`.
private struct ShowSystemInfo: IPMIOperation {
  var name: SystemInfoWords.Name

  var privilege: PrivilegeLevel { .user }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var blocks: [[UInt8]] = []
    do throws(BMCFailure) {
      var count = name.blockLimit
      while blocks.count < count {
        let response = try await bmc.request(
          GetSystemInfoParameters(name.parameter, set: UInt8(clamping: blocks.count)))
        blocks.append(Array(response.value.dropFirst()))
        guard blocks.count == 1 else { continue }
        count = min(count, SystemInfoText.blockCount(first: blocks[0]) ?? 1)
      }
    } catch {
      throw SystemInfoWords.failure(error, "getsysinfo", name, block: blocks.count).after(
        SystemInfoReport(parameter: name.word, text: ""))
    }
    let bytes = SystemInfoText(blocks: blocks)?.bytes ?? []
    return SystemInfoReport(
      parameter: name.word, text: String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self))
  }
}

/// `mc setsysinfo`.
private struct SetSystemInfo: IPMIOperation {
  var name: SystemInfoWords.Name
  var text: String

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    var block = 0
    do throws(BMCFailure) {
      for bytes in SystemInfoText(bytes: Array(text.utf8)).blocks {
        _ = try await bmc.request(
          SetSystemInfoParameters(name.parameter, value: [UInt8(clamping: block)] + bytes))
        block += 1
      }
    } catch {
      throw SystemInfoWords.failure(error, "setsysinfo", name, block: block)
    }
    return DoneReport(nil)
  }
}

/// What a controller keeps of its system.
private struct SystemInfoReport: IPMIReport {
  /// ipmitool's word.
  var parameter: String
  var text: String

  func write(to text: inout ReportText) {
    text.line(self.text)
  }
}
