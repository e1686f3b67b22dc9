import EventLoop

/// An end that was opened once and that each session of a forking address gets anew: as with processes, all
/// read from it and write to it, and none closes it for the others.
struct SharedEndpoint {
  private let endpoint: SocatEndpoint

  init(_ endpoint: SocatEndpoint) throws(SocatFailure) {
    guard endpoint.stream.canBeShared, endpoint.children.isEmpty else {
      throw SocatFailure("fork on the second address is not available with this first address")
    }
    self.endpoint = endpoint
  }

  /// The end for one more session.
  func copy(_ opener: SocatOpener) throws(SocatFailure) -> SocatEndpoint {
    do throws(SystemError) {
      let copy = SocatEndpoint(try endpoint.stream.copy())
      copy.byteLimit = endpoint.byteLimit
      return copy
    } catch {
      throw SocatFailure("dup()", error)
    }
  }
}
