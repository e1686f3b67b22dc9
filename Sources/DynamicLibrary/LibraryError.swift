/// Why a library cannot be used.
public enum LibraryError: Error, Hashable, Sendable {
  /// A library is not installed; `package` is Debian's name for it.
  case missing(library: String, package: String)
  /// A library is installed and lacks what Crimp needs of it: it is too old, or built or configured
  /// without it. `symbol` is the function's name, or the algorithm's.
  case unsuitable(library: String, symbol: String)
}
