public import CaptureFile
internal import LinkLayer
internal import Links

/// What passed between one host and all others, as a capture holds it: the frames that the host said,
/// which it is to say again, and those that it was told.
public struct RecordedExchange: Hashable, Sendable {
  /// A frame of the exchange.
  public struct Frame: Hashable, Sendable {
    /// Its place in the capture, from 1.
    public var number: Int
    /// What was kept of it.
    public var bytes: [UInt8]
    /// How many bytes it had on the link.
    public var originalLength: Int
    /// When it passed, from the first frame of the exchange on.
    public var time: Duration
    /// Whether the host under test said it.
    public var isTested: Bool
    /// What people and programs noted on it.
    public var comments: [String] = []

    /// A frame that was kept whole.
    public init(number: Int, bytes: [UInt8], time: Duration, isTested: Bool) {
      self.number = number
      self.bytes = bytes
      originalLength = bytes.count
      self.time = time
      self.isTested = isTested
    }
  }

  /// What the frames begin with.
  public var linkType: LinkType
  /// The frames, in the order of the capture.
  public var frames: [Frame]
  /// When the first frame passed.
  public var beginning = CaptureTimestamp(seconds: 0, nanoseconds: 0)
  /// How long nothing passed after the last frame, until the recording was closed; zero where the
  /// capture does not tell.
  public var silence = Duration.zero
  /// What people and programs noted of the section and of the interface.
  public var comments: [String] = []
  /// What the capture tells of the interface.
  public var interface: CaptureInterface

  /// An exchange made by hand.
  public init(linkType: LinkType = .ethernet, frames: [Frame]) {
    self.linkType = linkType
    self.frames = frames
    interface = CaptureInterface(linkType: linkType)
  }

  /// Reads the capture that `bytes` hold, pcap or pcapng.
  ///
  /// - Parameters:
  ///   - host: who is under test; nil for whoever recorded, as the frames' directions tell.
  ///   - interface: the interface to take, by the capture's name of it; the first frame's when nil.
  ///   - isWanted: which frames are part of the exchange.
  public init(
    reading bytes: RawSpan, testing host: TestedHost? = nil, interface: String? = nil,
    where isWanted: ([UInt8], LinkType) -> Bool = { _, _ in true }
  ) throws(ExchangeFault) {
    let contents = try CaptureContents(bytes, interface: interface)
    linkType = contents.linkType
    comments = contents.comments
    self.interface = contents.interface
    let wanted = contents.frames.filter { isWanted($0.frame.bytes, contents.linkType) }
    guard let first = wanted.first else { throw .empty }
    var who = host
    who?.learnStations(from: wanted.map(\.frame.bytes), contents.linkType)
    var latest = first.frame.timestamp ?? beginning
    beginning = latest
    frames = []
    for (number, frame) in wanted {
      // Time that runs backwards stands still, and a simple packet block tells none.
      latest = max(latest, frame.timestamp ?? latest)
      var entry = Frame(
        number: number, bytes: frame.bytes, time: latest.duration(since: beginning),
        isTested: who?.sent(frame.bytes, linkType) ?? (frame.direction == .outbound))
      entry.originalLength = frame.originalLength
      entry.comments = frame.comments
      frames.append(entry)
    }
    silence = contents.end.map { min($0.duration(since: latest), .seconds(3600)) } ?? .zero
    guard !frames.contains(where: \.isTested) else { return }
    guard host == nil else { throw .silentHost }
    // Whoever recorded it may have done nothing but listen.
    guard wanted.allSatisfy({ $0.frame.direction == .inbound }) else { throw .noHost }
  }
}

/// Why a capture holds no exchange that can be tested.
public enum ExchangeFault: Error, Hashable, Sendable {
  /// It is no capture, or is damaged or cut.
  case unreadable(CaptureFileError)
  /// It has no frame, or none that is wanted.
  case empty
  /// It has no interface of this name.
  case noSuchInterface(String)
  /// No host was named, and no frame says that it was sent by whoever recorded it.
  case noHost
  /// The host under test says nothing in it.
  case silentHost
}

extension ExchangeFault: CustomStringConvertible {
  /// What is wrong and what would help, in one line.
  public var description: String {
    switch self {
    case .unreadable(let error): "no capture, or a damaged one: \(error)"
    case .empty: "it has no frame that is asked for"
    case .noSuchInterface(let name): "it has no interface \(name)"
    case .noHost: "it does not tell who sent what: name the host under test by --host"
    case .silentHost: "the host under test says nothing in it"
    }
  }
}

/// The frames of one interface of a capture, and what is noted of it.
struct CaptureContents {
  var interface: CaptureInterface
  var linkType: LinkType { interface.linkType }
  var frames: [(number: Int, frame: CapturedFrame)] = []
  var comments: [String] = []
  var end: CaptureTimestamp?

  init(_ bytes: RawSpan, interface: String?) throws(ExchangeFault) {
    var file = CaptureFileView(bytes)
    var all: [CapturedFrame] = []
    do throws(CaptureFileError) {
      while let frame = try file.next() { all.append(CapturedFrame(frame)) }
    } catch {
      throw .unreadable(error)
    }
    let interfaces = file.interfaces
    let chosen: Int?
    if let interface {
      chosen = interfaces.firstIndex { $0.name == interface }
      guard chosen != nil else { throw .noSuchInterface(interface) }
    } else {
      chosen = all.first?.interfaceIndex
    }
    guard let chosen, interfaces.indices.contains(chosen) else { throw .empty }
    self.interface = interfaces[chosen]
    comments = file.sections.flatMap(\.comments) + interfaces[chosen].comments
    end = file.statistics(ofInterface: chosen)?.endTime
    for (index, frame) in all.enumerated() where frame.interfaceIndex == chosen {
      frames.append((index + 1, frame))
    }
  }
}
