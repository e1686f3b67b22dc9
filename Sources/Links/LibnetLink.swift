internal import CLibnet
public import EventLoop
internal import Glibc
internal import LinkLayer

/// Frames sent by way of libnet: a second, independent way onto the wire. It receives nothing.
///
/// libnet is loaded at first use; when it is missing, opening throws `libraryMissing`. It opens a
/// socket with a receive hook that it never reads, which costs 10 ms and more, and knows Ethernet
/// but not InfiniBand.
@safe public final class LibnetLink: Link {
  /// The interface that the link was opened on.
  public let properties: LinkProperties
  private let library: Libnet
  private var context: Libnet.Context?

  /// Opens libnet on the interface that `properties` describe.
  public init(_ properties: LinkProperties) throws(LinkError) {
    self.properties = properties
    library = try .loaded()
    guard properties.framing == .ethernet else { throw .unsupportedHardware(properties.name) }
    try unsafe withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(CRIMP_LIBNET_ERROR_TEXT_SIZE)
    ) { (text) throws(LinkError) in
      unsafe text.initialize(repeating: 0)
      guard let start = text.baseAddress else { return }
      unsafe context = library.open(CRIMP_LIBNET_LINK_ADVANCED, properties.name, start)
      guard unsafe context == nil else { return }
      throw failure(unsafe String(cString: start))
    }
    guard let context = unsafe context else { throw .closed }
    do throws(LinkError) {
      try LinkError.checkCarrier(unsafe library.descriptor(context), properties)
    } catch {
      close()
      throw error
    }
  }

  deinit {
    close()
  }

  /// Does nothing: no frame will come.
  public func start(
    on loop: EventLoop, _ onReadable: @escaping () -> Void
  ) throws(LinkError) {}

  /// Lends nothing.
  public func receive(
    limit: Int, _ body: (RawSpan, FrameInformation) -> Void
  ) throws(LinkError) -> Int { 0 }

  /// Sends one frame.
  public func send(_ frame: RawSpan) throws(LinkError) {
    guard let context = unsafe context else { throw .closed }
    try LinkError.checkCarrier(unsafe library.descriptor(context), properties)
    // libnet passes the system's number on untouched, and leaves it alone when it has none.
    errno = 0
    let status = unsafe frame.withUnsafeBytes { bytes in
      unsafe library.write(
        context, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count))
    }
    guard status < 0 else { return }
    let code = errno
    guard code == 0 else {
      throw LinkError.sending(
        frame, properties, SystemError(errno: code, operation: "libnet_write_link"))
    }
    throw failure(unsafe library.errorText(context).map { unsafe String(cString: $0) } ?? "")
  }

  /// Closes libnet's context.
  public func close() {
    if let context = unsafe context { unsafe library.destroy(context) }
    unsafe context = nil
  }

  /// What libnet's words mean; of opening it gives no number.
  private func failure(_ message: String) -> LinkError {
    if message.contains("CAP_NET_RAW") || message.contains("not permitted") {
      return .permission(SystemError(errno: EPERM, operation: "libnet_init"))
    }
    if message.contains("No such device") { return .noSuchInterface(properties.name) }
    return .libraryFailed(library: Libnet.fileName, message: message)
  }
}
