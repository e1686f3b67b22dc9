/// What `crimp craft` was asked for.
struct CraftRequest {
  /// A frame as text, from the command line.
  var text = ""
  /// A file of frames as text, a line each; `-` is standard input.
  var textFile: String?
  /// A file of frames in hexadecimal.
  var hexFile: String?
  /// The interface that frames are sent on.
  var interface: String?
  /// Its network namespace.
  var namespace: String?
  /// The capture that frames are written to.
  var path: String?
  /// How often the frames are sent, one round after the other.
  var rounds = 1
  /// Between two frames.
  var interval = Duration.seconds(1)
  /// Whether frames are filled up to the least length of Ethernet.
  var isPadded = false
  /// Whether each frame is shown as a line, as the decoder reads it.
  var isDecoded = false
  /// One JSON object a frame.
  var isJSON = false
  /// Say nothing but errors.
  var isQuiet = false
}
