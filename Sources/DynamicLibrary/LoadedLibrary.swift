internal import Glibc

/// A shared library that is loaded at first use, so that commands that do not need it do not pay
/// for it, and Crimp runs where it is not installed. It stays loaded.
@safe public struct LoadedLibrary {
  private let handle: UnsafeMutableRawPointer
  private let name: String

  /// Loads a library.
  ///
  /// - Parameters:
  ///   - name: the library's file, such as `libpcap.so.0.8`.
  ///   - package: the Debian package that has it, for who has to install it.
  /// - Throws: `LibraryError.missing`.
  public init(_ name: String, package: String) throws(LibraryError) {
    guard let handle = unsafe dlopen(name, RTLD_NOW | RTLD_LOCAL) else {
      throw .missing(library: name, package: package)
    }
    unsafe self.handle = handle
    self.name = name
  }

  /// The function `symbol` as the C function type that the caller expects.
  ///
  /// - Precondition: `Function` is the `@convention(c)` type of the library's documentation.
  /// - Throws: `LibraryError.unsuitable` when the library has no such function.
  @unsafe public func function<Function>(
    _ symbol: String, as type: Function.Type = Function.self
  ) throws(LibraryError) -> Function {
    guard let address = unsafe dlsym(handle, symbol) else {
      throw .unsuitable(library: name, symbol: symbol)
    }
    return unsafe unsafeBitCast(address, to: Function.self)
  }
}
