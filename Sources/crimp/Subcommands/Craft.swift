import ArgumentParser
import Links

/// `crimp craft`: frames from text, to the wire or to a file.
struct Craft: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "craft",
    abstract: "Make frames from a short text or from hexadecimal digits; send, write or show them.",
    discussion: """
      A frame is layers between slashes, each with the fields that matter:

        crimp craft -i eth0 eth / arp tpa=192.0.2.1
        crimp craft -w f.pcap eth / ip src=192.0.2.1 dst=192.0.2.2 / udp dport=53 / data hex=00

      Layers: eth, vlan, llc, snap, arp, ip, ip6, udp, tcp, icmp, icmp6, ns, na, rs, ra, sll, tll, mtu, \
      prefix, data, pad. Lengths, checksums, types and the sender's addresses are filled in unless they \
      are said. `crimp decode --craft` tells a capture's frames in this form.
      """)

  @Option(
    name: [.short, .long], help: ArgumentHelp("Send on this interface.", valueName: "name"))
  var interface: String?

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Write to this capture: pcapng, or pcap by its suffix.", valueName: "file"))
  var write: String?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Frames as text, a line each; - is standard input.", valueName: "file"))
  var file: String?

  @Option(
    help: ArgumentHelp(
      "Frames in hexadecimal, with or without offsets; - is standard input.", valueName: "file"))
  var from: String?

  @Option(
    name: [.short, .long], help: ArgumentHelp("Send all of it so many times.", valueName: "n"))
  var count = 1

  @Option(help: ArgumentHelp("Seconds between two frames; 0 for none.", valueName: "seconds"))
  var interval = 1.0

  @Flag(help: "Fill frames up to 60 bytes, and four for each tag.")
  var pad = false

  @Flag(help: "Show each frame as a line, as `crimp decode` reads it.")
  var decode = false

  @Flag(help: "One JSON object a frame: text, length, hex, line.")
  var json = false

  @Flag(name: [.customShort("q"), .long], help: "Say nothing but errors.")
  var quiet = false

  @Argument(
    parsing: .remaining, help: ArgumentHelp("A frame as text.", valueName: "text"))
  var text: [String] = []

  func validate() throws {
    if text.isEmpty, file == nil, from == nil {
      throw ValidationError(
        "text: expected a frame, as: eth / arp tpa=192.0.2.1; or --file or --from")
    }
    if count < 1 { throw ValidationError("--count: expected 1 or more, not \(count)") }
    if !(interval >= 0 && interval < 1e6) {
      throw ValidationError("--interval: expected 0 or more seconds, not \(interval)")
    }
    if netns != nil, interface == nil {
      throw ValidationError("--netns: expected with --interface")
    }
  }

  func perform() throws(CommandFailure) -> ExitStatus {
    var request = CraftRequest()
    request.text = frameText
    request.textFile = file
    request.hexFile = from
    request.interface = interface
    request.namespace = netns
    request.path = write
    request.rounds = count
    request.interval = Duration(seconds: interval)
    request.isPadded = pad
    request.isDecoded = decode
    request.isJSON = json
    request.isQuiet = quiet
    return try CraftRun(request).perform()
  }

  /// The words as one text. The shell took the quotation marks of words that have spaces in them.
  private var frameText: String {
    guard text.count > 1 else { return text.first ?? "" }
    return text.map { word in
      guard word.contains(where: \.isWhitespace), !word.contains("\""),
        let sign = word.firstIndex(of: "=")
      else { return word }
      return "\(word[...sign])\"\(word[word.index(after: sign)...])\""
    }.joined(separator: " ")
  }
}
