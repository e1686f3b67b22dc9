internal import Glibc

/// A shared library that is loaded at first use, so that commands that do not need it do not pay
/// for it, and Crimp runs where it is not installed.
@safe struct LoadedLibrary {
  private let handle: UnsafeMutableRawPointer
  private let name: String

  /// Loads the library `name`, such as "libpcap.so.0.8", from the Debian package `package`.
  init(_ name: String, package: String) throws(LinkError) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw .libraryMissing(library: name, package: package)
    }
    unsafe self.handle = handle
    self.name = name
  }

  /// The function `symbol` as the C function type that the caller expects.
  ///
  /// - Precondition: `Function` is the `@convention(c)` type of the library's documentation.
  func function<Function>(
    _ symbol: String, as type: Function.Type = Function.self
  ) throws(LinkError) -> Function {
    guard let address = unsafe dlsym(handle, symbol) else {
      throw .libraryUnsuitable(library: name, symbol: symbol)
    }
    return unsafe unsafeBitCast(address, to: Function.self)
  }
}
