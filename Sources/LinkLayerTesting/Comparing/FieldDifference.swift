/// A field of a frame that holds something else than it was recorded with.
public struct FieldDifference: Hashable, Sendable {
  /// The field's name in Wireshark's filters; `frame.len`, `frame.protocols`, or `byte N` of the frame,
  /// from 0, for what is in no field.
  public var name: String
  /// The layer that the field is of: `arp`.
  public var layer: String
  /// What was recorded, as people read it; nil when the recorded frame has no such field.
  public var recorded: String?
  /// What was said; nil when the frame said has no such field.
  public var said: String?

  /// A difference.
  public init(name: String, layer: String, recorded: String?, said: String?) {
    self.name = name
    self.layer = layer
    self.recorded = recorded
    self.said = said
  }
}
