/// What a cluster manager has a fence agent do.
enum FenceAction: String, CaseIterable {
  case on, off, reboot, status, list
  case listStatus = "list-status"
  case monitor, metadata
  case validateAll = "validate-all"

  /// Whether it is about the hosts of the configuration file, and not about one.
  var isOfMany: Bool { self == .list || self == .listStatus }

  /// Whether it takes power away.
  var switchesOff: Bool { self == .off || self == .reboot }
}

/// Why the fence agent cannot do what it was asked: one line.
struct FenceFailure: Error {
  var words: String

  init(_ words: String) {
    self.words = words
  }
}
