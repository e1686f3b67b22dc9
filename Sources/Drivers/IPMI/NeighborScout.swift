public import EventLoop
internal import IPMI
internal import LinkLayer
internal import Links
internal import Machines
internal import MonotonicTime
public import Sockets

/// Finds out quickly whether a silent controller is a neighbour on a link of this host that nobody
/// answers for: by an ARP request or a Neighbor Solicitation of its own, a few times in tenths of a
/// second, where the kernel takes three seconds to say so.
///
/// It needs `CAP_NET_RAW`; without it, or where there is no link, it knows nothing and does no harm.
public final class NeighborScout {
  private let loop: EventLoop
  private let options: PingOptions
  private var tables: KernelTables?
  private var isBlind = false
  private var conversations: [Int32: Conversation] = [:]
  private var asked: Set<IPAddress> = []

  /// A scout that asks `count` times, `interval` apart.
  public init(on loop: EventLoop, count: Int = 4, interval: Duration = .milliseconds(60)) {
    self.loop = loop
    var options = PingOptions()
    options.count = count
    options.interval = interval
    options.timeout = interval
    options.replyLimit = 1
    self.options = options
  }

  /// Asks for the owner of `address` on its link, once for each address, and calls `isDead` when there
  /// is none. Nothing is called when somebody answers, or when it cannot be found out.
  public func examine(_ address: InternetAddress, isDead: @escaping () -> Void) {
    guard !isBlind, asked.insert(address.address).inserted else { return }
    do throws(NetlinkError) {
      let tables = try openTables()
      let scope = address.scope == 0 ? nil : Int32(bitPattern: address.scope)
      guard let route = try tables.route(to: address.address, over: scope),
        route.gateway == nil, route.kind == .unicast, let index = route.interfaceIndex
      else { return }
      let interface = try tables.interface(at: index)
      guard interface.usesNeighborDiscovery else { return }
      ask(address.address, from: route.preferredSource, on: LinkProperties(interface), isDead)
    } catch {
      isBlind = true
    }
  }

  private func openTables() throws(NetlinkError) -> KernelTables {
    if let tables { return tables }
    let opened = try KernelTables()
    tables = opened
    return opened
  }

  private func ask(
    _ target: IPAddress, from source: IPAddress?, on properties: LinkProperties,
    _ isDead: @escaping () -> Void
  ) {
    let identity = LinkIdentity(
      hardwareType: properties.hardwareType, hardwareAddress: properties.hardwareAddress,
      broadcastAddress: properties.broadcastAddress)
    let ping: NeighborPing
    switch (target, source) {
    case (.v4(let target), .v4(let source)):
      ping = NeighborPing(target: target, source: source, identity: identity, options: options)
    case (.v6(let target), .v6(let source)):
      ping = NeighborPing(target: target, source: source, identity: identity, options: options)
    default: return
    }
    guard let conversation = conversation(on: properties) else { return }
    let running = conversation.begin(ping)
    loop.spawn { [weak self] in
      do throws(ConversationFailure) {
        if try await running.outcome().received == 0 { isDead() }
      } catch {
        self?.isBlind = true
      }
    }
  }

  private func conversation(on properties: LinkProperties) -> Conversation? {
    if let known = conversations[properties.interfaceIndex] { return known }
    do throws(LinkError) {
      let filter = SocketFilter.addressResolution(tag: .untagged, framing: properties.framing)
      let link = try PacketSocketLink(properties, .sendAndReceive(filter))
      let conversation = try Conversation(link: link, loop: loop)
      conversations[properties.interfaceIndex] = conversation
      return conversation
    } catch {
      isBlind = true
      return nil
    }
  }
}
