public import EventLoop
public import LinkLayer
public import Sockets

/// Sends magic packets as UDP datagrams, by the kernel's own way and without a privilege.
public final class MagicPacketSender {
  /// Where each packet goes: broadcast addresses, groups, hosts.
  public let destinations: [InternetAddress]
  private var sockets: [InternetFamily: DatagramSocket] = [:]

  /// Opens what it takes to send to `destinations`.
  ///
  /// - Parameter interface: the name of the only interface that packets leave by; without it the
  ///   routes decide, and 255.255.255.255 goes the way of the default route.
  /// - Throws: `ENODEV` when there is no such interface, and what keeps a socket from being opened.
  public init(to destinations: [InternetAddress], interface: String? = nil) throws(SystemError) {
    self.destinations = destinations
    var options = DatagramOptions()
    options.allowsBroadcast = true
    options.interface = interface
    // A port that nobody listens at says nothing of whether the packet woke the host.
    options.reportsFailures = false
    for family in Set(destinations.map(\.family)) {
      sockets[family] = try DatagramSocket(family, options)
    }
  }

  /// Sends `packet` to every destination, also where an earlier one could not be sent to.
  ///
  /// - Throws: why the first of those that this host did not send failed: `ENETUNREACH` without a
  ///   route, `EACCES` where a policy forbids it.
  public func send(_ packet: MagicPacket) throws(SystemError) {
    let bytes = packet.bytes
    var failure: SystemError?
    for destination in destinations {
      do throws(SystemError) {
        try sockets[destination.family]?.send(bytes, to: destination)
      } catch {
        failure = failure ?? error
      }
    }
    if let failure { throw failure }
  }
}
