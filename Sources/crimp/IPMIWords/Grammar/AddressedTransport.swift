import Drivers
import EventLoop
import IPMI
import Machines
import Sockets

/// Whom commands are for: the session's controller itself, or one behind it.
struct Route: Hashable, Sendable {
  /// The way to a controller behind the session's; nil for the session's.
  var bridge: MessageBridge?
  /// The logical unit that raw commands are for.
  var lun: UInt8 = 0

  /// The channel that the controller is behind, as ipmitool tells it.
  var channel: UInt8 { bridge?.target.channel.rawValue ?? 0 }
}

/// Another transport, by which all calls take one route.
final class AddressedTransport: BMCTransport {
  let route: Route
  /// Where sensor data records come from.
  let recordSource: SensorRecordSource
  private let base: any BMCTransport

  /// Calls over `base`, by `route`.
  init(
    over base: any BMCTransport, by route: Route, records: SensorRecordSource = .controller
  ) {
    self.base = base
    self.route = route
    recordSource = records
  }

  /// What tells the controller from all others; nil for one behind another, and for one of this machine.
  var controllerIdentity: ControllerIdentity? {
    guard route.bridge == nil, let client = base as? BMCClient else { return nil }
    return ControllerIdentity(address: client.address, guid: client.facts?.controllerGUID)
  }

  /// The UDP port that the controller is spoken to at; nil for one of this machine.
  var port: UInt16? { (base as? BMCClient)?.address.port }

  var loop: EventLoop { base.loop }

  func call(_ call: BMCCall) async throws(BMCFailure) -> BMCAnswer {
    // A call that has a way of its own keeps it.
    guard let bridge = route.bridge, call.bridge == nil else { return try await base.call(call) }
    var call = call
    call.bridge = bridge
    // Send Message needs it. IPMI 2.0, appendix G.
    call.privilege = .administrator
    return try await base.call(call)
  }

  func close() { base.close() }
}
