import ArgumentParser
import CaptureFile
import Decoding
import Drivers
import Glibc
import Links

/// `crimp capture`: what goes over interfaces, to files.
struct CaptureCommand: NativeCommand {
  static let configuration = CommandConfiguration(
    commandName: "capture",
    abstract: "Capture frames of interfaces to pcapng or pcap files, and show them as they come.",
    discussion: """
      Frames come by a TPACKET_V3 ring, or by libpcap where that does not serve. A file is whole up to \
      the last frame however the capture ends. SIGUSR1 tells the figures so far, SIGUSR2 begins the next \
      file of a rotation. Needs CAP_NET_RAW until the interfaces are open.
      """)

  @OptionGroup var source: SourceOptions

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("The file; - is standard output, for a pipe.", valueName: "file"))
  var write: String?

  @Option(
    help: ArgumentHelp("pcapng or pcap; by the file's suffix without it.", valueName: "format"))
  var format: CaptureFormatName?

  @Flag(help: "Times of pcap in microseconds, for old readers.")
  var microseconds = false

  @Option(help: ArgumentHelp("A note for the file's header (pcapng).", valueName: "text"))
  var comment: [String] = []

  @Option(help: ArgumentHelp("End when the files have so many bytes.", valueName: "size"))
  var size: ByteSize?

  @Option(help: ArgumentHelp("The next file when this one has so many bytes.", valueName: "size"))
  var rotateSize: ByteSize?

  @Option(help: ArgumentHelp("The next file after so many seconds.", valueName: "seconds"))
  var rotateTime: Double?

  @Option(help: ArgumentHelp("The next file after so many frames.", valueName: "n"))
  var rotateCount: Int?

  @Option(help: ArgumentHelp("Keep so many files; the oldest go.", valueName: "n"))
  var files: Int?

  @Flag(help: "Show each frame as a line as it comes.")
  var decode = false

  @Option(
    name: [.short, .long],
    help: ArgumentHelp(
      "Times of lines: clock, utc, epoch, since the first frame, delta since the one before, none.",
      valueName: "style"))
  var time = FrameTimeStyle.clock

  @Flag(name: [.customShort("e"), .long], help: "The addresses of the link before each line.")
  var link = false

  @Flag(help: "Tell at the end who spoke, who owns which address, and how busy the link was.")
  var summary = false

  @Flag(help: "Files, figures and shown frames as JSON objects, one a line.")
  var json = false

  @Flag(name: [.short, .long], help: "Say nothing but errors.")
  var quiet = false

  @Argument(
    parsing: .remaining,
    help: ArgumentHelp("Only frames that match, in libpcap's language.", valueName: "filter"))
  var filter: [String] = []

  func validate() throws {
    try source.check()
    for (name, value) in [("--rotate-count", rotateCount), ("--files", files)] {
      if let value, value < 1 {
        throw ValidationError("\(name): expected 1 or more, not \(value)")
      }
    }
    if let rotateTime, !(rotateTime > 0 && rotateTime < 1e9) {
      throw ValidationError(
        "--rotate-time: expected a number of seconds above 0, not \(rotateTime)")
    }
    try checkOutput()
  }

  private func checkOutput() throws {
    guard let write else {
      guard decode || summary else {
        throw ValidationError(
          "--write: expected a file, or - for a pipe; --decode and --summary do without")
      }
      return try refuseFileOptions()
    }
    guard write == "-" else {
      guard files == nil || rotates else {
        throw ValidationError(
          "--files: expected with --rotate-size, --rotate-time or --rotate-count")
      }
      return
    }
    guard !decode, !json, !summary else {
      throw ValidationError(
        "--write -: expected without --decode, --summary and --json, which use standard output too")
    }
    guard !rotates, files == nil else {
      throw ValidationError("--write -: expected without rotation: a pipe has no next file")
    }
    guard !StandardStream.output.isTerminal else {
      throw ValidationError(
        "--write -: expected a pipe or a file as standard output, not a terminal")
    }
  }

  private func refuseFileOptions() throws {
    guard !rotates, files == nil, size == nil, format == nil, comment.isEmpty, !microseconds else {
      throw ValidationError(
        "--write: expected with --rotate-…, --files, --size, --format and --comment")
    }
  }

  private var rotates: Bool { rotateSize != nil || rotateTime != nil || rotateCount != nil }

  func perform() throws(CommandFailure) -> ExitStatus {
    var request = source.request(filter)
    request.output = try output
    if decode {
      var display = FrameDisplay()
      display.time = time
      display.style.showsLink = link
      display.isJSON = json
      request.display = display
    }
    request.showsSummary = summary
    request.byteLimit = size?.byteCount
    request.isJSON = json
    request.isQuiet = quiet
    return try CaptureRun(request).perform()
  }

  private var output: CaptureFileSeries.Options? {
    get throws(CommandFailure) {
      guard let write else { return nil }
      var options = CaptureFileSeries.Options(path: write)
      let isPcap = format == .pcap || format == nil && write.hasSuffix(".pcap")
      guard isPcap || !microseconds else {
        throw CommandFailure(.usage, "--microseconds: expected with pcap; pcapng has nanoseconds")
      }
      guard !isPcap || comment.isEmpty else {
        throw CommandFailure(.usage, "--comment: expected with pcapng; pcap has no room for it")
      }
      options.format = isPcap ? .pcap(hasNanoseconds: !microseconds) : .pcapng
      options.section = SectionInformation(
        operatingSystem: KernelName.text, application: "crimp \(CrimpVersion.text)",
        comments: comment)
      options.rotation.byteLimit = rotateSize?.byteCount
      options.rotation.frameLimit = rotateCount
      options.rotation.interval = rotateTime.map { Duration(seconds: $0) }
      options.rotation.fileLimit = files
      return options
    }
  }
}

/// The formats by their names.
enum CaptureFormatName: String, ExpressibleByArgument {
  case pcapng
  case pcap
}

/// The operating system as `uname -sr` tells it.
enum KernelName {
  static var text: String {
    var name = utsname()
    guard unsafe uname(&name) == 0 else { return "Linux" }
    let system = unsafe withUnsafeBytes(of: &name.sysname) { unsafe Self.text($0) }
    let release = unsafe withUnsafeBytes(of: &name.release) { unsafe Self.text($0) }
    return "\(system) \(release)"
  }

  private static func text(_ bytes: UnsafeRawBufferPointer) -> String {
    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}
