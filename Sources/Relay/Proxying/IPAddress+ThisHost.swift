internal import LinkLayer
internal import Links

extension IPAddress {
  /// Whether what is sent to the address stays on this host, or goes to several hosts at once.
  ///
  /// The kernel's routes say so of each address that an interface has, of secondary ones too, and of networks
  /// that no interface has (`ip route add local`). `bind(2)` says it of any address where
  /// `net.ipv4.ip_nonlocal_bind` is set. When the kernel cannot be asked, the address counts as this host's.
  func staysOnThisHost() -> Bool {
    do throws(NetlinkError) {
      // What no route leads to nobody reaches: whoever connects there hears so.
      guard let route = try KernelTables().route(to: self) else { return false }
      return Self.kindsWithin.contains(route.kind)
    } catch {
      return true
    }
  }

  private static let kindsWithin: Set<RouteKind> = [.local, .broadcast, .anycast, .multicast]
}
