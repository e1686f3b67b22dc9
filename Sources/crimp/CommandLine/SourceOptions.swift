import ArgumentParser
import CaptureFile
import Drivers

/// What live captures have in common: where frames come from, and when it ends.
struct SourceOptions: ParsableArguments {
  @Option(
    name: [.short, .long],
    help: ArgumentHelp("An interface; several by several options.", valueName: "name"))
  var interface: [String] = []

  @Option(help: ArgumentHelp("Network namespace, by name or path.", valueName: "name"))
  var netns: String?

  @Flag(
    name: [.customShort("p"), .customLong("no-promiscuous")],
    help: "Only frames that the interface takes by itself.")
  var isNotPromiscuous = false

  @Option(help: ArgumentHelp("Frames of one direction: in or out.", valueName: "way"))
  var direction: CaptureDirection?

  @Option(
    name: [.short, .long],
    help: ArgumentHelp("Keep no more of each frame, in bytes.", valueName: "bytes"))
  var snapLength: UInt32 = 262_144

  @Option(
    name: [.customShort("B"), .long],
    help: ArgumentHelp(
      "Memory that holds frames of an interface until they are read.", valueName: "size"))
  var buffer = ByteSize(byteCount: 32 << 20)

  @Option(
    help: ArgumentHelp("Who stamps frames: kernel or hardware.", valueName: "clock"))
  var timestamps = TimestampSource.kernel

  @Option(name: [.short, .long], help: ArgumentHelp("End after so many frames.", valueName: "n"))
  var count: Int?

  @Option(help: ArgumentHelp("End after so many seconds.", valueName: "seconds"))
  var duration: Double?

  /// Refuses values that no capture can have.
  func check() throws {
    if let count, count < 1 {
      throw ValidationError("--count: expected 1 or more, not \(count)")
    }
    if let duration, !(duration > 0 && duration < 1e9) {
      throw ValidationError("--duration: expected a number of seconds above 0, not \(duration)")
    }
    guard (1...262_144).contains(snapLength) else {
      throw ValidationError("--snap-length: expected 1 to 262144 bytes, not \(snapLength)")
    }
    guard (1 << 19...1 << 34).contains(buffer.byteCount) else {
      throw ValidationError("--buffer: expected 512k to 16G, not \(buffer)")
    }
  }

  /// Whether an option of a live capture was given that files have no use for.
  var isLive: Bool { !interface.isEmpty }

  /// The request that these options make, with `filter` in libpcap's language.
  func request(_ filter: [String]) -> CaptureRequest {
    var request = CaptureRequest()
    request.interfaces = interface
    request.namespace = netns
    request.source.filter = filter.joined(separator: " ")
    request.source.snapLength = snapLength
    request.source.isPromiscuous = !isNotPromiscuous
    request.source.ringByteCount = buffer.byteCount
    request.source.usesHardwareTimestamps = timestamps == .hardware
    request.source.direction =
      switch direction {
      case nil: .unknown
      case .in: .inbound
      case .out: .outbound
      }
    request.frameLimit = count
    request.duration = duration.map { Duration(seconds: $0) }
    return request
  }
}

/// Which way frames go, as the command line says it.
enum CaptureDirection: String, ExpressibleByArgument {
  case `in`
  case out
}

/// Whose clock stamps frames.
enum TimestampSource: String, ExpressibleByArgument {
  case kernel
  case hardware
}
