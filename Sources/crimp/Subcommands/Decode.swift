import ArgumentParser
import Decoding
import DynamicLibrary
import IPMI
import OpenSSL

/// `crimp decode`: what the frames of a capture say.
struct Decode: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract: "Tell what the frames of a capture say: a line each, a tree of fields, or JSON.",
    discussion: """
      Ethernet, VLAN, LLC, ARP, IPv4 and IPv6, ICMP, Neighbor Discovery, TCP, UDP, DHCP, DNS, LLDP, \
      spanning tree, VRRP, magic packets, and RMCP with IPMI 1.5 and 2.0 down to the command. Fields \
      have the names of Wireshark's filters.
      """)

  @Argument(
    help: ArgumentHelp("The capture, pcap or pcapng; - is standard input.", valueName: "file"))
  var file: String

  @Argument(
    parsing: .remaining,
    help: ArgumentHelp("Only frames that match, in libpcap's language.", valueName: "filter"))
  var filter: [String] = []

  @Flag(name: [.short, .long], help: "The tree of fields below each line.")
  var verbose = false

  @Flag(name: [.customShort("x"), .long], help: "The bytes below each line.")
  var hex = false

  @Flag(name: [.customShort("e"), .long], help: "The addresses of the link before each line.")
  var link = false

  @Flag(
    name: [.customShort("S"), .customLong("raw-sequence")],
    help: "TCP's sequence numbers as they are, and not from the connection's start.")
  var rawSequence = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Times: clock, utc, epoch, since the first frame, delta since the one before, none.",
      valueName: "style"))
  var time = FrameTimeStyle.clock

  @Option(name: [.short, .long], help: ArgumentHelp("End after so many frames.", valueName: "n"))
  var count: Int?

  @Option(
    help: ArgumentHelp(
      "The password of IPMI's user, in a file: protected packets are verified and decrypted.",
      valueName: "file"))
  var ipmiPasswordFile: String?

  @Option(help: ArgumentHelp("The controllers' key Kg, in a file.", valueName: "file"))
  var ipmiKeyFile: String?

  @Flag(help: "One JSON object a frame.")
  var json = false

  func validate() throws {
    if let count, count < 1 {
      throw ValidationError("--count: expected 1 or more, not \(count)")
    }
    if ipmiKeyFile != nil, ipmiPasswordFile == nil {
      throw ValidationError("--ipmi-key-file: expected with --ipmi-password-file")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var request = DecodeRequest(file: file, filter: filter.joined(separator: " "))
    request.time = time
    request.style.showsLink = link
    request.style.showsRawSequenceNumbers = rawSequence
    request.showsFields = verbose
    request.showsBytes = hex
    request.isJSON = json
    request.limit = count
    request.ipmiKeys = try ipmiKeys()
    var run = DecodeRun(request)
    return try run.perform()
  }

  private func ipmiKeys() throws(CommandFailure) -> IPMIKeys? {
    guard let ipmiPasswordFile else { return nil }
    let password = try SecretSource.file(
      ipmiPasswordFile, option: "--ipmi-password-file", limit: RAKPExchange.secretLimit)
    var key: Secret?
    if let ipmiKeyFile {
      key = try SecretSource.file(
        ipmiKeyFile, option: "--ipmi-key-file", limit: RAKPExchange.secretLimit)
    }
    do throws(LibraryError) {
      return IPMIKeys(
        password: password, controllerKey: key, cryptography: try OpenSSLCryptography())
    } catch {
      throw CommandFailure(error)
    }
  }
}

extension FrameTimeStyle: ExpressibleByArgument {}
