/// A frame of a capture, lent: its bytes stay where the reader has them.
public struct CapturedFrameView: ~Escapable {
  /// What was kept of the frame.
  public let bytes: RawSpan
  /// When it was seen; nil in a simple packet block, which does not say.
  public let timestamp: CaptureTimestamp?
  /// How long the frame was on the link; more than `bytes` has when it was cut.
  public let originalLength: Int
  /// Where its interface is in the reader's `interfaces`.
  public let interfaceIndex: Int
  /// What the frame begins with.
  public let linkType: LinkType
  /// Direction and the like.
  public let flags: FrameFlags
  /// How many frames were lost between the one before and this one; nil when the file does not say.
  public let dropCount: UInt64?

  private let options: RawSpan
  private let order: ByteOrder

  @_lifetime(copy bytes)
  init(_ layout: FrameLayout, in bytes: RawSpan) {
    self.bytes = bytes.extracting(layout.data)
    self.options = bytes.extracting(layout.options)
    timestamp = layout.timestamp
    originalLength = layout.originalLength
    interfaceIndex = layout.interfaceIndex
    linkType = layout.linkType
    flags = layout.flags
    dropCount = layout.dropCount
    order = layout.order
  }

  /// Which way the frame went.
  public var direction: FrameDirection { flags.direction }

  /// What people or programs noted on it. Read from the file at each call.
  public var comments: [String] {
    guard options.byteCount > 0 else { return [] }
    var found: [String] = []
    var cursor = OptionCursor(0..<options.byteCount, order: order)
    while let option = cursor.next(in: options) {
      if option.code == .comment { found.append(options.text(option.value)) }
    }
    return found
  }
}

/// A frame of a capture, owned.
public struct CapturedFrame: Hashable, Sendable {
  /// What was kept of the frame.
  public var bytes: [UInt8]
  /// When it was seen; nil in a simple packet block, which does not say.
  public var timestamp: CaptureTimestamp?
  /// How long the frame was on the link.
  public var originalLength: Int
  /// Where its interface is in the reader's `interfaces`, or in the order that a writer was given them.
  public var interfaceIndex: Int
  /// Direction and the like.
  public var flags: FrameFlags
  /// How many frames were lost between the one before and this one.
  public var dropCount: UInt64?
  /// What people or programs noted on it.
  public var comments: [String]

  /// A frame; its original length is that of its bytes if not given.
  public init(
    bytes: [UInt8], timestamp: CaptureTimestamp?, originalLength: Int? = nil,
    interfaceIndex: Int = 0, flags: FrameFlags = FrameFlags(), dropCount: UInt64? = nil,
    comments: [String] = []
  ) {
    self.bytes = bytes
    self.timestamp = timestamp
    self.originalLength = originalLength ?? bytes.count
    self.interfaceIndex = interfaceIndex
    self.flags = flags
    self.dropCount = dropCount
    self.comments = comments
  }

  /// A copy of a lent frame.
  public init(_ view: borrowing CapturedFrameView) {
    bytes = view.bytes.copy(0..<view.bytes.byteCount)
    timestamp = view.timestamp
    originalLength = view.originalLength
    interfaceIndex = view.interfaceIndex
    flags = view.flags
    dropCount = view.dropCount
    comments = view.comments
  }

  /// Which way the frame went.
  public var direction: FrameDirection { flags.direction }
}

/// Where a frame is in the bytes of its record or block, and what that says of it.
struct FrameLayout {
  var data: Range<Int>
  var options: Range<Int> = 0..<0
  var timestamp: CaptureTimestamp?
  var originalLength: Int
  var interfaceIndex: Int
  var linkType: LinkType
  var flags = FrameFlags()
  var dropCount: UInt64?
  var order: ByteOrder
}
