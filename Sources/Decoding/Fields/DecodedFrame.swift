import LinkLayer

/// A frame taken apart: its layers from the link up, each with its fields.
public struct DecodedFrame: Hashable, Sendable {
  /// The layers, outermost first.
  public var layers: [DecodedLayer] = []

  /// The first field of this name, in any layer.
  public func first(_ name: String) -> DecodedField? {
    for layer in layers {
      if let field = layer.fields.first(where: { $0.name == name }) { return field }
    }
    return nil
  }

  /// All fields of this name, in the order of the frame.
  public func all(_ name: String) -> [DecodedField] {
    layers.flatMap { $0.fields.filter { $0.name == name } }
  }
}

/// A protocol's part of a frame.
public struct DecodedLayer: Hashable, Sendable {
  /// Wireshark's short name of the protocol: `arp`.
  public var name: String
  /// The protocol's name: `Address Resolution Protocol`.
  public var title: String
  /// Where it is in the frame.
  public var range: Range<Int>
  /// Its fields, in the order of the frame.
  public var fields: [DecodedField] = []
  /// What is wrong with it, in words; empty when nothing is.
  public var problems: [String] = []
}

/// A field of a frame.
public struct DecodedField: Hashable, Sendable {
  /// The name that Wireshark's filters know the field by: `arp.opcode`. Names that begin with
  /// `crimp.` are ours.
  public var name: String
  /// What it holds.
  public var value: FieldValue
  /// What that means, where the value is a number with a name: `reply`.
  public var meaning: String?
  /// Where its bytes are in the frame; empty for what was worked out.
  public var range: Range<Int>
  /// Which bits of these bytes it is, as they stand in a number of network order; nil for all.
  public var mask: UInt64?
}
