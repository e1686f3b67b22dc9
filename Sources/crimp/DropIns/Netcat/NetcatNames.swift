import Glibc
import LinkLayer
import Sockets

/// Names and addresses as the system's resolver has them, with its words for what it does not know.
///
/// It is asked at once and waited for: `nc` has nothing else to do.
enum NetcatNames {
  /// Why the resolver has no answer.
  struct Failure: Error {
    var reason: String
  }

  /// What is looked for.
  struct Question {
    var family = NetcatOptions.Family.any
    var usesDatagrams = false
    /// Numbers alone.
    var isNumeric = false
    /// To listen or to send from, not to connect to.
    var isPassive = false
  }

  /// The addresses of `host`, or of this host, with the port that `service` has.
  static func addresses(
    _ host: String?, service: String?, _ question: Question
  ) throws(Failure) -> [InternetAddress] {
    var hints = unsafe addrinfo()
    if case .internet(let family) = question.family {
      unsafe hints.ai_family = family == .v4 ? AF_INET : AF_INET6
    }
    let kind = question.usesDatagrams ? SOCK_DGRAM : SOCK_STREAM
    unsafe hints.ai_socktype = Int32(kind.rawValue)
    unsafe hints.ai_flags =
      (question.isNumeric ? AI_NUMERICHOST : 0) | (question.isPassive ? AI_PASSIVE : 0)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(host, service, &hints, &list)
    guard status == 0 else { throw Failure(reason: reason(status)) }
    defer { unsafe freeaddrinfo(list) }
    var result: [InternetAddress] = []
    var each = unsafe list
    while let entry = unsafe each {
      if let address = unsafe internetAddress(entry.pointee.ai_addr) { result.append(address) }
      unsafe each = entry.pointee.ai_next
    }
    return result
  }

  /// The name of an address; the address itself when it has none, or numbers alone are wanted.
  static func name(of address: InternetAddress, isNumeric: Bool) throws(Failure) -> String {
    var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
    let flags = NI_NUMERICSERV | (isNumeric ? NI_NUMERICHOST : 0)
    let status =
      switch address.address {
      case .v4(let v4):
        unsafe name(of: socketAddress(v4, address), &text, flags)
      case .v6(let v6):
        unsafe name(of: socketAddress(v6, address), &text, flags)
      }
    guard status == 0, let end = text.firstIndex(of: 0) else {
      throw Failure(reason: reason(status))
    }
    return String(decoding: text[..<end].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// The name of the service that has the port; nil for none.
  static func service(at port: UInt16, _ protocolName: String) -> String? {
    guard let entry = unsafe getservbyport(Int32(port.bigEndian), protocolName) else { return nil }
    return unsafe String(cString: entry.pointee.s_name)
  }

  /// The port of the service of this name; nil when there is none.
  static func port(ofService name: String, _ protocolName: String) -> UInt16? {
    guard let entry = unsafe getservbyname(name, protocolName) else { return nil }
    return UInt16(bigEndian: UInt16(truncatingIfNeeded: unsafe entry.pointee.s_port))
  }

  // MARK: The C library's forms

  private static func reason(_ status: Int32) -> String {
    if status == EAI_SYSTEM { return unsafe String(cString: strerror(errno)) }
    return unsafe String(cString: gai_strerror(status))
  }

  @unsafe private static func internetAddress(
    _ address: UnsafeMutablePointer<sockaddr>?
  ) -> InternetAddress? {
    guard let address = unsafe address else { return nil }
    switch unsafe Int32(address.pointee.sa_family) {
    case AF_INET:
      return unsafe address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { v4 in
        unsafe InternetAddress(
          .v4(IPv4Address(rawValue: UInt32(bigEndian: v4.pointee.sin_addr.s_addr))),
          port: UInt16(bigEndian: v4.pointee.sin_port))
      }
    case AF_INET6:
      return unsafe address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { v6 in
        let bytes = unsafe withUnsafeBytes(of: v6.pointee.sin6_addr) { unsafe Array($0) }
        guard let address = IPv6Address(bytes: bytes) else { return nil }
        return unsafe InternetAddress(
          .v6(address), port: UInt16(bigEndian: v6.pointee.sin6_port),
          scope: v6.pointee.sin6_scope_id)
      }
    default: return nil
    }
  }

  private static func socketAddress(
    _ address: IPv4Address, _ end: InternetAddress
  ) -> sockaddr_in {
    var result = sockaddr_in()
    result.sin_family = sa_family_t(AF_INET)
    result.sin_port = end.port.bigEndian
    result.sin_addr.s_addr = address.rawValue.bigEndian
    return result
  }

  private static func socketAddress(
    _ address: IPv6Address, _ end: InternetAddress
  ) -> sockaddr_in6 {
    var result = sockaddr_in6()
    result.sin6_family = sa_family_t(AF_INET6)
    result.sin6_port = end.port.bigEndian
    result.sin6_scope_id = end.scope
    unsafe withUnsafeMutableBytes(of: &result.sin6_addr) {
      unsafe $0.copyBytes(from: address.bytes)
    }
    return result
  }

  @unsafe private static func name<Address>(
    of address: Address, _ text: inout [CChar], _ flags: Int32
  ) -> Int32 {
    unsafe withUnsafeBytes(of: address) { bytes in
      let form = unsafe bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self)
      return unsafe getnameinfo(
        form, socklen_t(bytes.count), &text, socklen_t(text.count), nil, 0, flags)
    }
  }
}
