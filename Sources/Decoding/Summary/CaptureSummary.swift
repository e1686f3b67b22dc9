public import CaptureFile
public import LinkLayer

/// What many frames are together: who spoke how much, with what, who owns which address, and how busy the
/// link was.
///
/// It holds no more than a bounded number of entries, whatever the frames say: what does not fit is
/// counted, and told as such.
public struct CaptureSummary: Sendable {
  /// Frames and their bytes on the link.
  public struct Volume: Hashable, Sendable {
    /// How many frames.
    public var frames = 0
    /// How many bytes they had on the link.
    public var bytes = 0

    mutating func add(_ byteCount: Int) {
      frames &+= 1
      bytes &+= byteCount
    }
  }

  /// Who sends and receives: an address of IP, or of the link where there is none.
  public enum Talker: Hashable, Sendable {
    /// A host by its IP address.
    case host(IPAddress)
    /// A station that was heard without IP.
    case station(MACAddress)
  }

  /// What a talker said and heard.
  public struct Talk: Hashable, Sendable {
    /// What it sent.
    public var sent = Volume()
    /// What was sent to it.
    public var received = Volume()
  }

  /// All frames.
  public private(set) var total = Volume()
  /// When the earliest frame was seen.
  public private(set) var start: CaptureTimestamp?
  /// When the latest frame was seen.
  public private(set) var end: CaptureTimestamp?
  /// How many frames bear an earlier time than the one before them.
  public private(set) var backwardCount = 0
  /// How many frames were kept only in part.
  public private(set) var cutCount = 0
  /// By the name of the uppermost protocol that is known.
  public private(set) var protocols: [String: Volume] = [:]
  /// Who spoke and who was spoken to.
  public private(set) var talkers: [Talker: Talk] = [:]
  /// Frames whose talker found no room.
  public private(set) var untold = Volume()
  /// Who claims which address.
  public private(set) var owners = AddressOwners()
  /// How much went when.
  public private(set) var rate = RateHistory()
  private var previous: CaptureTimestamp?

  /// How many talkers are told apart.
  static let talkerLimit = 1 << 16

  /// Nothing seen yet.
  public init() {}

  /// Adds a frame.
  ///
  /// - Parameters:
  ///   - bytes: what was kept of it.
  ///   - time: when it was seen, if that is known.
  ///   - originalLength: how many bytes it had on the link.
  ///   - linkType: what it begins with.
  public mutating func add(
    _ bytes: RawSpan, at time: CaptureTimestamp?, originalLength: Int, linkType: LinkType
  ) {
    total.add(originalLength)
    if bytes.byteCount < originalLength { cutCount += 1 }
    if let time { add(time, originalLength) }
    let sketch = FrameSketch(bytes, linkType: linkType)
    protocols[sketch.protocolName, default: Volume()].add(originalLength)
    if let source = sketch.source { add(source, originalLength, isSent: true) }
    if let destination = sketch.destination { add(destination, originalLength, isSent: false) }
    for claim in sketch.claims { owners.add(claim, at: time) }
  }

  private mutating func add(_ time: CaptureTimestamp, _ byteCount: Int) {
    if let previous, time < previous { backwardCount += 1 }
    previous = time
    start = start.map { min($0, time) } ?? time
    end = end.map { max($0, time) } ?? time
    rate.add(byteCount, at: time)
  }

  private mutating func add(_ talker: Talker, _ byteCount: Int, isSent: Bool) {
    guard talkers.count < Self.talkerLimit || talkers[talker] != nil else {
      return untold.add(byteCount)
    }
    if isSent {
      talkers[talker, default: Talk()].sent.add(byteCount)
    } else {
      talkers[talker, default: Talk()].received.add(byteCount)
    }
  }

  /// The talkers by what they sent and received, the busiest first, at most so many.
  public func busiest(_ count: Int) -> [(talker: Talker, talk: Talk)] {
    let sorted = talkers.sorted { left, right in
      let (one, other) = (left.value, right.value)
      let (bytes, others) = (
        one.sent.bytes &+ one.received.bytes, other.sent.bytes &+ other.received.bytes
      )
      return bytes == others ? left.key.description < right.key.description : bytes > others
    }
    return sorted.prefix(max(count, 0)).map { ($0.key, $0.value) }
  }
}

extension CaptureSummary.Talker: CustomStringConvertible {
  /// The address.
  public var description: String {
    switch self {
    case .host(let address): address.description
    case .station(let address): address.description
    }
  }
}
