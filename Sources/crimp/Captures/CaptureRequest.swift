import Drivers
import Links

/// What is asked of a live capture: by `crimp capture`, and by `crimp decode --interface`.
struct CaptureRequest {
  /// The interfaces by name; the one that is up, if none is named.
  var interfaces: [String] = []
  /// A network namespace, by its name in /run/netns or by a path.
  var namespace: String?
  /// What is taken on each interface.
  var source = CaptureSource.Options()
  /// The file, or the files.
  var output: CaptureFileSeries.Options?
  /// How frames are shown as they come; nil for not at all.
  var display: FrameDisplay?
  /// Whether to tell at the end who spoke.
  var showsSummary = false
  /// After how many frames to end.
  var frameLimit: Int?
  /// After how many bytes of file to end.
  var byteLimit: Int?
  /// After how long to end.
  var duration: Duration?
  /// Events as JSON on standard output.
  var isJSON = false
  /// Whether JSON tells of files and figures beside frames; else they are told on standard error.
  var tellsEvents = true
  /// No progress and no figures.
  var isQuiet = false
}
