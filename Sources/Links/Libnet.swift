internal import CLibnet
internal import DynamicLibrary

/// The functions of libnet that Crimp calls, loaded at first use.
@safe struct Libnet {
  typealias Context = OpaquePointer

  let open: @convention(c) (CInt, UnsafePointer<CChar>, UnsafeMutablePointer<CChar>) -> Context?
  let write: @convention(c) (Context, UnsafePointer<UInt8>?, UInt32) -> CInt
  let descriptor: @convention(c) (Context) -> CInt
  let errorText: @convention(c) (Context) -> UnsafePointer<CChar>?
  let destroy: @convention(c) (Context) -> Void

  /// Debian's name of the library's file.
  static let fileName = "libnet.so.1"
  /// The Debian package that has the library.
  static let package = "libnet1"

  private static let shared: Result<Libnet, LinkError> = {
    do throws(LinkError) {
      return .success(try Libnet(fileName))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, loaded by the first caller.
  static func loaded() throws(LinkError) -> Libnet {
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
    unsafe open = try library.function("libnet_init")
    unsafe write = try library.function("libnet_adv_write_link")
    unsafe descriptor = try library.function("libnet_getfd")
    unsafe errorText = try library.function("libnet_geterror")
    unsafe destroy = try library.function("libnet_destroy")
  }
}
