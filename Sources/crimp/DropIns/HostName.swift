internal import Glibc
internal import LinkLayer

/// IPv4 addresses in the forms that the originals take.
enum HostName {
  /// Why a name has no address, in the resolver's words.
  struct Failure: Error {
    var reason: String
  }

  /// inet_aton(3): dotted numbers, also octal, hexadecimal, and fewer than four.
  static func numeric(_ text: String) -> IPv4Address? {
    var address = in_addr()
    guard unsafe inet_aton(text, &address) == 1 else { return nil }
    return IPv4Address(rawValue: UInt32(bigEndian: address.s_addr))
  }

  /// A number, or what the resolver knows of a name. The resolver is asked for names only: it
  /// may take seconds.
  static func resolve(_ text: String) throws(Failure) -> IPv4Address {
    if let address = numeric(text) { return address }
    var hints = unsafe addrinfo()
    unsafe hints.ai_family = AF_INET
    unsafe hints.ai_socktype = Int32(SOCK_RAW.rawValue)
    var list: UnsafeMutablePointer<addrinfo>?
    let status = unsafe getaddrinfo(text, nil, &hints, &list)
    defer { unsafe freeaddrinfo(list) }
    guard status == 0, let first = unsafe list?.pointee.ai_addr else {
      throw Failure(reason: unsafe String(cString: gai_strerror(status)))
    }
    return unsafe first.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
      unsafe IPv4Address(rawValue: UInt32(bigEndian: address.pointee.sin_addr.s_addr))
    }
  }
}
