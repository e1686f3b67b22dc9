internal import CaptureFile
public import EventLoop
public import LinkLayer
public import Links

/// Hears magic packets on a link, whatever carries them.
public final class MagicPacketListener {
  /// The link that is heard.
  public let link: any Link
  private let onSighting: (MagicPacketSighting, FrameInformation) -> Void
  private let onFailure: (LinkError) -> Void

  /// What a link must take for a listener: EtherType 0842h, and UDP to `ports`.
  public static func filter(
    ports: [UInt16], tag: TagChoice = .untagged, framing: LinkFraming = .ethernet
  ) -> SocketFilter {
    .accepting(
      anyOf: [.etherType(.wakeOnLAN)] + ports.map { .udpPort($0) }, tag: tag, framing: framing)
  }

  /// Listens on `link` from now on. What this host sends itself is passed over.
  ///
  /// - Parameters:
  ///   - onSighting: is told of each magic packet, with what the link knows of its frame.
  ///   - onFailure: is told when the link fails; nothing is heard then.
  /// - Throws: `LinkError` when the link cannot be watched.
  public init(
    _ link: any Link, on loop: EventLoop,
    _ onSighting: @escaping (MagicPacketSighting, FrameInformation) -> Void,
    onFailure: @escaping (LinkError) -> Void
  ) throws(LinkError) {
    self.link = link
    self.onSighting = onSighting
    self.onFailure = onFailure
    try link.start(on: loop) { [weak self] in self?.hear() }
  }

  private func hear() {
    var heard: [(MagicPacketSighting, FrameInformation)] = []
    do throws(LinkError) {
      let framing = link.properties.framing
      _ = try link.receive(limit: 64) { bytes, information in
        guard information.direction != .outbound,
          let sighting = MagicPacketSighting(in: bytes, framing: framing)
        else { return }
        heard.append((sighting, information))
      }
    } catch {
      return onFailure(error)
    }
    for (sighting, information) in heard { onSighting(sighting, information) }
  }
}
