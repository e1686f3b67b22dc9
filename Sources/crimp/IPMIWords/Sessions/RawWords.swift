import Drivers
import IPMI
import Machines

/// `raw NETFN COMMAND [DATA…]`: any command, as bytes.
enum RawWords {
  static let group = WordGroup(
    names: ["raw"], summary: "Send a RAW IPMI request and print response",
    read: { words throws(WordsEnd) in try read(&words) })

  private static func read(_ words: inout WordReader) throws(WordsEnd) -> any IPMIOperation {
    guard words.first != "help" && words.first != "--help" else { throw .help(help) }
    guard words.count >= 2, let function = words.next(), let command = words.next() else {
      throw .missing("raw: expected a network function and a command", help: help)
    }
    guard words.count <= 253 else {
      throw .wrong(
        "raw: expected at most 253 bytes of data",
        "Raw command input limit (256 bytes) exceeded")
    }
    let networkFunction = try networkFunction(function)
    let number = try byte(command, "command")
    let data = try words.remaining().map { word throws(WordsEnd) in try byte(word, "data") }
    return RawRequest(networkFunction: networkFunction, command: number, data: data)
  }

  private static func networkFunction(_ word: String) throws(WordsEnd) -> UInt8 {
    if let named = functions.first(where: { $0.name.lowercased() == word.lowercased() }) {
      return named.number
    }
    return try byte(word, "netfn")
  }

  private static func byte(_ word: String, _ name: String) throws(WordsEnd) -> UInt8 {
    guard let byte = WordNumber.parse(word, as: UInt8.self) else {
      throw .wrong(
        "raw \(name) \(word): expected a byte, 0x00 to 0xff",
        "Given \(name) \"\(word)\" is invalid.")
    }
    return byte
  }

  private static let functions: [(number: UInt8, name: String)] = [
    (0, "Chassis"), (2, "Bridge"), (4, "SensorEvent"), (6, "Application"), (8, "Firmware"),
    (10, "Storage"), (12, "Transport"),
  ]

  private static var help: String {
    """
    RAW Commands:  raw <netfn> <cmd> [data]

    Network Function Codes:

      VAL\tHEX\tSTRING
    ==============================================

    """ + functions.map { "  \($0.number)\t0x\($0.number.hexadecimal())\t\($0.name)\n" }.joined()
      + "\n(can also use raw hex values)"
  }
}

/// A command as bytes, and its answer as bytes.
struct RawRequest: IPMIOperation {
  var networkFunction: UInt8
  var command: UInt8
  var data: [UInt8]

  /// Whether it is Set User Password or Set Channel Security Keys, or may be one on its way to a controller
  /// behind this one.
  var carriesSecret: Bool {
    guard NetworkFunction(rawValue: networkFunction) == .application else { return false }
    return [SetUserPassword.identity, SetChannelSecurityKeys.identity, SendMessage.identity]
      .contains { $0.command == command }
  }

  func run(over bmc: any BMCTransport) async throws(OperationFailure) -> any IPMIReport {
    let route = (bmc as? AddressedTransport)?.route ?? Route()
    // What level the command needs is not known: the session gets all that it may have.
    let function = NetworkFunction(rawValue: networkFunction)
    let known = IPMICommands.command(function, command, data: data.messageBytes)
    let call = BMCCall(
      networkFunction: function, command: command, data: data, lun: route.lun,
      isRepeatable: known?.identity.onlyReads ?? false)
    let answer: BMCAnswer
    do throws(BMCFailure) {
      answer = try await bmc.call(call)
    } catch {
      throw OperationFailure(error, complaint(route))
    }
    guard answer.completionCode == .completed else { throw refusal(answer.completionCode, route) }
    return RawReport(data: answer.data)
  }

  private func refusal(_ code: CompletionCode, _ route: Route) -> OperationFailure {
    OperationFailure(
      .completion(code, command: "raw command", meaning: nil),
      complaint(route, " rsp=0x\(code.rawValue.hexadecimal(digits: 1))") + ": \(code.text)")
  }

  private func complaint(_ route: Route, _ response: String = "") -> String {
    let fields = [
      ("channel", route.channel), ("netfn", networkFunction), ("lun", route.lun),
      ("cmd", command),
    ]
    return "Unable to send RAW command ("
      + fields.map { "\($0)=0x\($1.hexadecimal(digits: 1))" }.joined(separator: " ") + response
      + ")"
  }
}

/// A command's answer.
struct RawReport: IPMIReport {
  /// The data that follows the completion code.
  var data: [UInt8]

  func write(to text: inout ReportText) {
    var rest = data[...]
    repeat {
      text.line(rest.prefix(16).map { " " + $0.hexadecimal() }.joined())
      rest = rest.dropFirst(16)
    } while !rest.isEmpty
  }
}
