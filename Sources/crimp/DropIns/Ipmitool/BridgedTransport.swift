import Drivers
import EventLoop
import IPMI
import Machines

/// A controller behind another one: every call goes by the same bridge.
final class BridgedTransport: BMCTransport {
  private let base: any BMCTransport
  private let bridge: MessageBridge

  /// Calls over `base`, to the controller that `bridge` leads to.
  init(over base: any BMCTransport, _ bridge: MessageBridge) {
    self.base = base
    self.bridge = bridge
  }

  var loop: EventLoop { base.loop }

  func call(_ call: BMCCall) async throws(BMCFailure) -> BMCAnswer {
    var call = call
    call.bridge = bridge
    // Send Message needs it. IPMI 2.0, appendix G.
    call.privilege = .administrator
    return try await base.call(call)
  }

  func close() { base.close() }
}
