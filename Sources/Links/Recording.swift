public import CaptureFile
public import LinkLayer

/// What a capture says of one interface: its properties, and what it sent and received in order.
public struct Recording: Hashable, Sendable {
  /// The interface's properties.
  public var properties: LinkProperties
  /// The frames in the order of the capture.
  public var frames: [Frame]
  /// The interface's own addresses, where the capture tells them.
  public var addresses: [IPPrefix] = []
  /// When the recording was closed, where the capture tells it.
  public var end: CaptureTimestamp?
  /// What people and programs noted of the interface.
  public var comments: [String] = []

  /// One frame of a recording.
  public struct Frame: Hashable, Sendable {
    /// What was kept of the frame.
    public var bytes: [UInt8]
    /// How long it was.
    public var originalLength: Int
    /// When it was seen.
    public var timestamp: CaptureTimestamp
    /// Whether this host sent it.
    public var isSent: Bool

    /// Creates a frame that was kept whole.
    public init(bytes: [UInt8], timestamp: CaptureTimestamp, isSent: Bool) {
      self.bytes = bytes
      self.originalLength = bytes.count
      self.timestamp = timestamp
      self.isSent = isSent
    }
  }

  /// How long nothing was sent or heard before the end; an hour at most, and none where the end is
  /// not told.
  var closingSilence: Duration {
    guard let end, let last = frames.last?.timestamp else { return .zero }
    return min(max(end.duration(since: last), .zero), .seconds(3600))
  }

  /// How long the recording took, from its first frame to its end.
  var duration: Duration {
    guard let first = frames.first?.timestamp, let last = frames.last?.timestamp else {
      return .zero
    }
    return last.duration(since: first) + closingSilence
  }

  /// Creates a recording by hand.
  public init(properties: LinkProperties, frames: [Frame]) {
    self.properties = properties
    self.frames = frames
  }

  /// Reads a capture that is in memory as a whole, pcap or pcapng.
  ///
  /// - Parameters:
  ///   - capture: the bytes of the file.
  ///   - interface: the interface to take, by the name that the capture gives it; the first one
  ///     when nil.
  ///   - properties: the interface's properties, for captures that do not tell its address. They
  ///     stand before what the capture says.
  ///
  /// Whether a frame was sent is read from its flags; where they are silent, a frame was sent when
  /// its source is the interface's own address.
  public init(
    reading capture: RawSpan, interface: String? = nil, properties: LinkProperties? = nil
  ) throws(LinkError) {
    let (frames, interfaces, ends) = try Self.read(capture)
    guard !interfaces.isEmpty else { throw .unplayable(.empty) }
    let chosen = interface.map { name in interfaces.firstIndex { $0.name == name } } ?? 0
    guard let chosen else { throw .unplayable(.noSuchInterface(interface ?? "")) }
    let description = interfaces[chosen]
    guard let hardwareType = description.linkType.hardwareType else {
      throw .unplayable(.unsupportedLinkType(description.linkType.rawValue))
    }
    let own = frames.filter { $0.interfaceIndex == chosen }
    let form = CapturedForm(description.linkType)
    let known = properties ?? Self.properties(description, hardwareType, own)
    guard let known else { throw .unplayable(.unknownInterface) }
    self.properties = known
    addresses = description.addresses
    comments = description.comments
    end = ends[chosen]
    var latest = CaptureTimestamp(seconds: 0, nanoseconds: 0)
    self.frames = own.map { frame in
      // A simple packet block has no time: it came no earlier than the one before.
      latest = frame.timestamp ?? latest
      return Frame(frame, at: latest, known, form)
    }
  }

  private static func read(
    _ capture: RawSpan
  ) throws(LinkError) -> ([CapturedFrame], [CaptureInterface], ends: [CaptureTimestamp?]) {
    var file = CaptureFileView(capture)
    var frames: [CapturedFrame] = []
    do throws(CaptureFileError) {
      while let frame = try file.next() { frames.append(CapturedFrame(frame)) }
    } catch {
      throw .unplayable(.unreadable(error))
    }
    var ends: [CaptureTimestamp?] = []
    for index in file.interfaces.indices {
      ends.append(file.statistics(ofInterface: index)?.endTime)
    }
    return (frames, file.interfaces, ends)
  }

  /// The properties that the capture tells: the address by option, or by a frame that was sent.
  private static func properties(
    _ description: CaptureInterface, _ hardwareType: HardwareType, _ frames: [CapturedFrame]
  ) -> LinkProperties? {
    let sent = frames.first { $0.direction == .outbound && $0.bytes.count >= 12 }
    let bytes = description.hardwareAddress ?? sent.map { Array($0.bytes[6..<12]) }
    guard hardwareType == .ethernet, let bytes, let address = MACAddress(bytes: bytes) else {
      return nil
    }
    return LinkProperties(
      name: description.name ?? "replay", hardwareAddress: HardwareAddress(address))
  }
}

extension Recording.Frame {
  fileprivate init(
    _ frame: CapturedFrame, at timestamp: CaptureTimestamp, _ properties: LinkProperties,
    _ form: CapturedForm
  ) {
    let kept = form.linkBytes(of: frame.bytes)
    bytes = kept
    originalLength = max(0, frame.originalLength - form.extraByteCount)
    self.timestamp = timestamp
    isSent =
      switch frame.direction {
      case .outbound: true
      case .inbound: false
      case .unknown: properties.isOwn(kept.rawBytes)
      }
  }
}

extension LinkType {
  /// The hardware of interfaces whose captures have this type, where a link speaks it.
  fileprivate var hardwareType: HardwareType? {
    switch self {
    case .ethernet: .ethernet
    case .ipOverInfiniBand: .infiniBand
    default: nil
    }
  }
}
