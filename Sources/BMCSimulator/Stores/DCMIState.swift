internal import IPMI

/// What a controller keeps for DCMI. DCMI 1.5, section 6.
struct DCMIState: Sendable {
  /// How many bytes the texts may have.
  static let textLimit = 64

  /// The machine's name in an inventory.
  var assetTag = Array("CRIMP-LAB".utf8)
  /// The controller's name.
  var controllerName = Array("crimp-bmc".utf8)
  /// The limit of the machine's power that was set last; a simulated machine does not heed it.
  var limit = PowerLimit(watts: 0, correctionMilliseconds: 0, samplingSeconds: 0)
  /// Whether the limit is to be heeded.
  var isLimitActive = false
  /// What is done when a place gets too warm, where somebody has set it; nothing is, in truth.
  var thermalLimits: [EntityID: ThermalLimit] = [:]
  /// How the controller looks for its server, where somebody has set it: by the parameter's number.
  var parameters: [UInt8: [UInt8]] = [:]
}
