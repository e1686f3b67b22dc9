/// What targets have moved, for those who choose by it.
extension RelayService {
  /// Counts for the targets what connections that go on have moved; of those that ended it is counted.
  public func creditTargets() {
    for session in activeSessions { session.credit() }
  }

  /// Brings up to date what a target of the group is chosen by.
  func willChoose(of group: UpstreamGroup) {
    if group.policy == .leastBytes { creditTargets() }
    onChoice()
  }
}
