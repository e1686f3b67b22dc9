import LinkLayer
import Machines

/// What `crimp replay` was asked for.
struct ReplayRequest {
  /// What becomes of frames that the capture has cut.
  enum CutPolicy: String, CaseIterable, Sendable {
    /// They go as they are.
    case send
    /// They get zeros up to the length that they had.
    case pad
    /// They are left out.
    case skip
  }

  /// The capture's path; `-` is standard input.
  var file: String
  /// Which frames, in libpcap's language; all if empty.
  var filter = ""
  /// The interfaces: the clients' and, when there are two, the servers'.
  var interfaces: [String] = []
  var namespace: String?
  /// The capture to which frames go in place of a link.
  var path: String?
  /// Whose frames go by the first of two interfaces; without any, a pass through the capture finds out.
  var clientNetworks: [IPPrefix] = []
  var clientStations: Set<MACAddress> = []
  var options = FrameReplay.Options()
  var rewrite = FrameRewrite()
  var cutPolicy = CutPolicy.send
  /// Whether all frames are read before the first one goes.
  var isPreloaded = false
  var bypassesQueueingDiscipline = false
  /// Whether the processor is left to others until a frame's time.
  var sleeps = false
  var isJSON = false
  var isQuiet = false

  /// Whether frames go two ways.
  var isTwoSided: Bool { interfaces.count > 1 }
}
