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
    let question = NameQuestion(host: host, port: port, family: family)
    let answer: Result<[InternetAddress], NameError>
    do throws(SystemError) {
      answer = try await elsewhere { question.answer() }
    } catch {
      throw .failed(name: host, reason: "no thread to ask it on")
    }
    return try answer.get()
  }
}

/// What the system's resolver is asked, which takes its time.
private struct NameQuestion: Sendable {
  let host: String
  let port: UInt16
  let family: InternetFamily?

  func answer() -> Result<[InternetAddress], NameError> {
    var addresses = Array(repeating: crimp_internet_address(), count: 32)
    var systemError: Int32 = 0
    let count = unsafe crimp_resolve(
      host, port, family?.rawValue ?? 0, &addresses, Int32(addresses.count), &systemError)
    guard count > 0 else { return .failure(error(count, systemError)) }
    return .success(addresses.prefix(Int(count)).compactMap(InternetAddress.init))
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
