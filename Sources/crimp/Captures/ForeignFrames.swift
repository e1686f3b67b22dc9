import CaptureFile

/// The frames of a capture that a command cannot hear, because they are none of Ethernet's.
struct ForeignFrames {
  private var counts: [LinkType: Int] = [:]
  private var ownCount = 0

  /// Counts a frame, and says whether it is Ethernet's.
  mutating func isOwn(_ linkType: LinkType) -> Bool {
    guard linkType == .ethernet else {
      counts[linkType, default: 0] += 1
      return false
    }
    ownCount += 1
    return true
  }

  /// Tells of them; it is a failure when there are no others.
  func tell(of path: String) throws(CommandFailure) {
    guard !counts.isEmpty else { return }
    let kinds = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { type, count in
      "\(count) frame\(count == 1 ? "" : "s") of link type \(type.rawValue)"
    }
    let words = "\(path): expected frames of Ethernet, not \(kinds.joined(separator: ", "))"
    guard ownCount > 0 else { throw CommandFailure(.noInput, words) }
    StandardStream.error.writeLine("crimp: \(words): passed over")
  }
}
