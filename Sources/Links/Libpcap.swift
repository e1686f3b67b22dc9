internal import CLibpcap
internal import DynamicLibrary
internal import Glibc

/// The functions of libpcap that Crimp calls, loaded at first use.
@safe struct Libpcap {
  typealias Handle = OpaquePointer
  typealias ErrorText = UnsafeMutablePointer<CChar>

  let create: @convention(c) (UnsafePointer<CChar>, ErrorText) -> Handle?
  let openDead: @convention(c) (CInt, CInt) -> Handle?
  let setSnapLength: @convention(c) (Handle, CInt) -> CInt
  let setPromiscuous: @convention(c) (Handle, CInt) -> CInt
  let setImmediateMode: @convention(c) (Handle, CInt) -> CInt
  let setTimestampPrecision: @convention(c) (Handle, CInt) -> CInt
  let activate: @convention(c) (Handle) -> CInt
  let setNonBlocking: @convention(c) (Handle, CInt, ErrorText) -> CInt
  let selectableDescriptor: @convention(c) (Handle) -> CInt
  let requiredTimeout: @convention(c) (Handle) -> UnsafePointer<timeval>?
  let linkType: @convention(c) (Handle) -> CInt
  let next:
    @convention(c) (
      Handle, UnsafeMutablePointer<UnsafeMutablePointer<crimp_pcap_header>?>,
      UnsafeMutablePointer<UnsafePointer<UInt8>?>
    ) -> CInt
  let inject: @convention(c) (Handle, UnsafeRawPointer?, Int) -> CInt
  let statistics: @convention(c) (Handle, UnsafeMutablePointer<crimp_pcap_statistics>) -> CInt
  let compile:
    @convention(c) (
      Handle, UnsafeMutablePointer<crimp_pcap_program>, UnsafePointer<CChar>, CInt, UInt32
    ) -> CInt
  let setFilter: @convention(c) (Handle, UnsafeMutablePointer<crimp_pcap_program>) -> CInt
  let freeCode: @convention(c) (UnsafeMutablePointer<crimp_pcap_program>) -> Void
  let errorText: @convention(c) (Handle) -> UnsafePointer<CChar>?
  let close: @convention(c) (Handle) -> Void
  let version: @convention(c) () -> UnsafePointer<CChar>?

  /// Debian's name of the library's file; it has not changed since version 0.8.
  static let fileName = "libpcap.so.0.8"
  /// The Debian package that has the library.
  static let package = "libpcap0.8"

  private static let shared: Result<Libpcap, LinkError> = {
    do throws(LinkError) {
      return .success(try Libpcap(fileName))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, loaded by the first caller.
  static func loaded() throws(LinkError) -> Libpcap {
    try shared.get()
  }

  init(_ name: String) throws(LinkError) {
    do throws(LibraryError) {
      try self.init(loading: name)
    } catch {
      throw LinkError(error)
    }
  }

  private init(loading name: String) throws(LibraryError) {
    let library = try LoadedLibrary(name, package: Self.package)
    unsafe create = try library.function("pcap_create")
    unsafe openDead = try library.function("pcap_open_dead")
    unsafe setSnapLength = try library.function("pcap_set_snaplen")
    unsafe setPromiscuous = try library.function("pcap_set_promisc")
    unsafe setImmediateMode = try library.function("pcap_set_immediate_mode")
    unsafe setTimestampPrecision = try library.function("pcap_set_tstamp_precision")
    unsafe activate = try library.function("pcap_activate")
    unsafe setNonBlocking = try library.function("pcap_setnonblock")
    unsafe selectableDescriptor = try library.function("pcap_get_selectable_fd")
    unsafe requiredTimeout = try library.function("pcap_get_required_select_timeout")
    unsafe linkType = try library.function("pcap_datalink")
    unsafe next = try library.function("pcap_next_ex")
    unsafe inject = try library.function("pcap_inject")
    unsafe statistics = try library.function("pcap_stats")
    unsafe compile = try library.function("pcap_compile")
    unsafe setFilter = try library.function("pcap_setfilter")
    unsafe freeCode = try library.function("pcap_freecode")
    unsafe errorText = try library.function("pcap_geterr")
    unsafe close = try library.function("pcap_close")
    unsafe version = try library.function("pcap_lib_version")
  }

  /// What the library says of the last failure on `handle`.
  func message(_ handle: Handle) -> String {
    guard let text = unsafe errorText(handle) else { return "unknown error" }
    return unsafe String(cString: text)
  }

  /// Runs `body` with room for an error text, and returns what the library wrote there.
  func withErrorText<Value>(
    _ body: (ErrorText) -> Value
  ) -> (value: Value, message: String) {
    unsafe withUnsafeTemporaryAllocation(
      of: CChar.self, capacity: Int(CRIMP_PCAP_ERROR_TEXT_SIZE)
    ) { buffer in
      unsafe buffer.initialize(repeating: 0)
      guard let start = buffer.baseAddress else {
        preconditionFailure("a temporary allocation has an address")
      }
      let value = unsafe body(start)
      return (value, unsafe String(cString: start))
    }
  }

  /// A failure in the library's own words.
  func failure(_ message: String) -> LinkError {
    .libraryFailed(library: Self.fileName, message: message)
  }
}
