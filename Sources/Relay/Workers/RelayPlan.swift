public import EventLoop

/// What the workers of a relay do with connections that are accepted from now on.
public struct RelayPlan: Sendable {
  /// The targets, which all workers share.
  public var group: UpstreamGroup
  /// Makes the rules of one worker, on its loop: limits that all workers share are made of one `SharedRate`.
  public var options: @Sendable (EventLoop) -> RelayServiceOptions

  /// A plan.
  public init(
    to group: UpstreamGroup,
    _ options: @escaping @Sendable (EventLoop) -> RelayServiceOptions = { _ in
      RelayServiceOptions()
    }
  ) {
    self.group = group
    self.options = options
  }
}
