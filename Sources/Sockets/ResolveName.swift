internal import CLinux
public import EventLoop
internal import Glibc

/// Why a name has no address.
public enum NameError: Error, Hashable, Sendable {
  /// Nobody knows the name, or it has no address of the version of IP that was asked for.
  case unknown(name: String)
  /// The name servers do not answer now.
  case temporary(name: String)
  /// The text can be no name.
  case malformed(name: String)
  /// The system's resolver failed in its own words.
  case failed(name: String, reason: String)
}

extension NameError: CustomStringConvertible {
  /// One sentence.
  public var description: String {
    switch self {
    case .unknown(let name): "\(name): no such host"
    case .temporary(let name): "\(name): the name servers do not answer"
    case .malformed(let name): "\(name): not a host name or address"
    case .failed(let name, let reason): "\(name): \(reason)"
    }
  }
}

extension EventLoop {
  /// The addresses of `host` with `port`, the best first: read at once when `host` is an address
  /// (perhaps with a zone), else asked of the system's resolver (`getaddrinfo(3)`) on a thread of its
  /// own while the loop turns on.
  ///
  /// - Parameter family: only addresses of this version of IP; nil for both.
  /// - Throws: `NameError`. A cancelled task waits all the same: the resolver cannot be interrupted.
  public func resolve(
    _ host: String, port: UInt16, family: InternetFamily? = nil
  ) async throws(NameError) -> [InternetAddress] {
    if let address = InternetAddress(host: host[...], port: port) {
      guard family == nil || family == address.family else { throw .unknown(name: host) }
      return [address]
    }
    guard !host.isEmpty, !host.utf8.contains(0) else { throw .malformed(name: host) }
    let completion = Completion<Result<[InternetAddress], NameError>>(on: self)
    let question = Question(self, host, port, family, completion)
    guard question.start() else { throw .failed(name: host, reason: "no thread to ask it on") }
    return try await completion.valueThroughCancellation.get()
  }
}

/// A name on its way through the resolver, and who waits for it.
///
/// Only the strings and numbers are read on the other thread; the completion is the loop's.
private final class Question: @unchecked Sendable {
  let loop: EventLoop
  let host: String
  let port: UInt16
  let family: InternetFamily?
  let completion: Completion<Result<[InternetAddress], NameError>>

  init(
    _ loop: EventLoop, _ host: String, _ port: UInt16, _ family: InternetFamily?,
    _ completion: Completion<Result<[InternetAddress], NameError>>
  ) {
    self.loop = loop
    self.host = host
    self.port = port
    self.family = family
    self.completion = completion
  }

  /// Asks on a thread of its own; false when there can be no more threads.
  func start() -> Bool {
    var thread = pthread_t()
    let handedOver = unsafe Unmanaged.passRetained(self)
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let argument = unsafe argument else { return nil }
        unsafe Unmanaged<Question>.fromOpaque(argument).takeRetainedValue().ask()
        return nil
      }, handedOver.toOpaque())
    guard status == 0 else {
      unsafe handedOver.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private func ask() {
    var addresses = Array(repeating: crimp_internet_address(), count: 32)
    var systemError: Int32 = 0
    let count = unsafe crimp_resolve(
      host, port, family?.rawValue ?? 0, &addresses, Int32(addresses.count), &systemError)
    let result: Result<[InternetAddress], NameError> =
      count > 0
      ? .success(addresses.prefix(Int(count)).compactMap(InternetAddress.init))
      : .failure(error(count, systemError))
    loop.post { self.completion.fulfil(result) }
  }

  private func error(_ status: Int32, _ systemError: Int32) -> NameError {
    switch status {
    case 0, EAI_NONAME, -5: .unknown(name: host)  // -5 is EAI_NODATA, behind _GNU_SOURCE.
    case EAI_AGAIN: .temporary(name: host)
    case EAI_SYSTEM:
      .failed(
        name: host, reason: SystemError(errno: systemError, operation: "getaddrinfo").reason)
    default: .failed(name: host, reason: unsafe String(cString: gai_strerror(status)))
    }
  }
}
