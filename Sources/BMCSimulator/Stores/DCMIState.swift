/// What a controller keeps for DCMI. DCMI 1.5, section 6.
struct DCMIState: Sendable {
  /// A limit of the machine's power, which a simulated machine does not heed.
  struct PowerLimit: Sendable {
    var exceptionAction: UInt8 = 0
    var watts: UInt16 = 0
    var correctionMilliseconds: UInt32 = 0
    var samplingSeconds: UInt16 = 0
  }

  /// How many bytes the texts may have.
  static let textLimit = 64

  /// The machine's name in an inventory.
  var assetTag = Array("CRIMP-LAB".utf8)
  /// The controller's name.
  var controllerName = Array("crimp-bmc".utf8)
  /// The limit that was set last.
  var limit = PowerLimit()
  /// Whether the limit is to be heeded.
  var isLimitActive = false
}
