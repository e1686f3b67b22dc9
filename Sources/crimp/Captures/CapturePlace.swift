import Drivers
import EventLoop
import Links

/// Finds and opens the interfaces of a capture.
enum CapturePlace {
  /// Opens what `request` names, in its namespace.
  static func open(_ request: CaptureRequest) throws(CommandFailure) -> [CaptureSource] {
    if let namespace = request.namespace { try Station.enter(namespace) }
    var names = request.interfaces
    if names.isEmpty { names = [try onlyInterface()] }
    for (index, name) in names.enumerated() where names[..<index].contains(name) {
      throw CommandFailure(.usage, "--interface \(name): expected each interface once")
    }
    var sources: [CaptureSource] = []
    for name in names { sources.append(try open(name, request.source)) }
    return sources
  }

  private static func open(
    _ name: String, _ options: CaptureSource.Options
  ) throws(CommandFailure) -> CaptureSource {
    do throws(LinkError) {
      guard let interface = try known(name) else {
        return try CaptureSource(device: name, options)
      }
      guard interface.isUp else { throw .interfaceDown(name) }
      return try CaptureSource(interface, options)
    } catch {
      guard case .permission = error, options.usesHardwareTimestamps else {
        throw CommandFailure(error)
      }
      throw CommandFailure(
        .noPermission,
        "--timestamps hardware: switching the adapter's stamps on needs CAP_NET_ADMIN; run it as root"
      )
    }
  }

  /// The interface of this name; nil when the kernel has none, and only libpcap may know it.
  private static func known(_ name: String) throws(LinkError) -> Interface? {
    if let interface = Interface(ethernet: name) { return interface }
    do throws(NetlinkError) {
      return try KernelTables().interface(named: name)
    } catch {
      guard case .system(let error) = error else { return nil }
      throw .system(error)
    }
  }

  /// The one interface that is up and is not the loopback.
  private static func onlyInterface() throws(CommandFailure) -> String {
    let interfaces = try worded { () throws(NetlinkError) in try KernelTables().interfaces() }
    let candidates = interfaces.filter { $0.isUp && $0.hasCarrier && !$0.isLoopback }
    guard let first = candidates.first, candidates.count == 1 else {
      let names = candidates.map(\.name).joined(separator: ", ")
      throw CommandFailure(
        .usage,
        names.isEmpty
          ? "--interface: expected a name; no interface but the loopback is up"
          : "--interface: expected one or more of \(names)")
    }
    return first.name
  }
}
