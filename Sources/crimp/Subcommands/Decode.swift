import ArgumentParser
import Decoding
import DynamicLibrary
import IPMI
import OpenSSL

/// `crimp decode`: what the frames of a capture say.
struct Decode: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "decode",
    abstract:
      "Tell what the frames of a capture, or of interfaces, say: lines, trees of fields, JSON.",
    discussion: """
      Ethernet, VLAN, LLC, ARP, IPv4 and IPv6, ICMP, Neighbor Discovery, TCP, UDP, DHCP, DNS, LLDP, \
      spanning tree, VRRP, magic packets, and RMCP with IPMI 1.5 and 2.0 down to the command. Fields \
      have the names of Wireshark's filters.
      """)

  @OptionGroup var source: SourceOptions

  @Argument(
    help: ArgumentHelp(
      "The capture, pcap or pcapng; - is standard input. None with --interface.", valueName: "file")
  )
  var file: String?

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

  @Flag(help: "Who spoke, who owns which address, and how busy the link was, in place of frames.")
  var summary = false

  @Option(
    help: ArgumentHelp(
      "The password of IPMI's user, in a file: protected packets are verified and decrypted.",
      valueName: "file"))
  var ipmiPasswordFile: String?

  @Option(help: ArgumentHelp("The controllers' key Kg, in a file.", valueName: "file"))
  var ipmiKeyFile: String?

  @Flag(help: "Frames in the form that `crimp craft --file` takes.")
  var craft = false

  @Flag(help: "One JSON object a frame, or a summary.")
  var json = false

  func validate() throws {
    try source.check()
    guard !craft || !json && !verbose && !hex && !summary else {
      throw ValidationError("--craft: expected without --json, --verbose, --hex and --summary")
    }
    if !source.isLive {
      guard file != nil else {
        throw ValidationError("file: expected a capture, - for standard input, or --interface")
      }
      guard source.netns == nil, source.duration == nil, source.direction == nil else {
        throw ValidationError("--netns, --duration and --direction: expected with --interface")
      }
    }
    if ipmiKeyFile != nil, ipmiPasswordFile == nil {
      throw ValidationError("--ipmi-key-file: expected with --ipmi-password-file")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var display = FrameDisplay()
    display.time = time
    display.style.showsLink = link
    display.style.showsRawSequenceNumbers = rawSequence
    display.showsFields = verbose
    display.showsBytes = hex
    display.isJSON = json
    display.showsCraft = craft
    display.ipmiKeys = try ipmiKeys()
    guard !source.isLive, let file else { return try performLive(display) }
    var request = DecodeRequest(file: file, filter: filter.joined(separator: " "))
    request.display = display
    request.limit = source.count
    request.showsSummary = summary
    var run = DecodeRun(request)
    return try run.perform()
  }

  /// What would be the file is the first word of the filter here.
  private func performLive(_ display: FrameDisplay) throws(CommandFailure) -> ExitStatus {
    var request = source.request((file.map { [$0] } ?? []) + filter)
    if !summary { request.display = display }
    request.showsSummary = summary
    request.isJSON = json
    request.tellsEvents = false
    return try CaptureRun(request).perform()
  }

  private func ipmiKeys() throws(CommandFailure) -> IPMIKeys? {
    guard let ipmiPasswordFile else { return nil }
    let password = try SecretSource.file(
      ipmiPasswordFile, option: "--ipmi-password-file", limit: RAKPExchange.secretLimit,
      mayBeShared: true)
    var key: Secret?
    if let ipmiKeyFile {
      key = try SecretSource.file(
        ipmiKeyFile, option: "--ipmi-key-file", limit: RAKPExchange.secretLimit, mayBeShared: true)
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
