internal import CLinux
internal import EventLoop
internal import Glibc

/// What the kernel's error numbers mean on a link.
extension LinkError {
  /// Runs `body`, and says of which interface its failure speaks.
  static func of<Value: ~Copyable>(
    _ properties: LinkProperties, _ body: () throws(SystemError) -> Value
  ) throws(LinkError) -> Value {
    do throws(SystemError) {
      return try body()
    } catch {
      throw LinkError(error, properties)
    }
  }

  /// What `error` means on this interface.
  init(_ error: SystemError, _ properties: LinkProperties) {
    switch error.errno {
    case EPERM, EACCES: self = .permission(error)
    case ENETDOWN: self = .interfaceDown(properties.name)
    case ENODEV, ENXIO: self = .noSuchInterface(properties.name)
    default: self = .system(error)
    }
  }

  /// What `error` means for the sending of `frame`.
  static func sending(
    _ frame: RawSpan, _ properties: LinkProperties, _ error: SystemError
  ) -> LinkError {
    switch error.errno {
    case EMSGSIZE:
      let limit = properties.longestFrame(tagged: frame.hasVLANTag(properties.framing))
      return .frameTooLong(byteCount: frame.byteCount, limit: limit)
    case EINVAL where frame.byteCount < properties.headerLength:
      return .frameTooShort(byteCount: frame.byteCount, minimum: properties.headerLength)
    case ENOBUFS, EAGAIN:
      return .transmitQueueFull(properties.name)
    default:
      return LinkError(error, properties)
    }
  }

  /// Refuses an interface that is down or has no carrier, asked through any socket.
  static func checkCarrier(_ descriptor: Int32, _ properties: LinkProperties) throws(LinkError) {
    let flags = try of(properties) { () throws(SystemError) in
      try Syscalls.retrying("ioctl SIOCGIFFLAGS") {
        crimp_interface_flags(descriptor, properties.interfaceIndex)
      }
    }
    guard flags & Int32(IFF_UP) != 0 else { throw .interfaceDown(properties.name) }
    guard flags & Int32(IFF_RUNNING) != 0 else { throw .noCarrier(properties.name) }
  }
}
