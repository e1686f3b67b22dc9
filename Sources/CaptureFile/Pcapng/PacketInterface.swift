/// What a packet block's meaning depends on, of its interface: no text, so that taking it for every
/// packet costs nothing.
struct PacketInterface {
  let linkType: LinkType
  let snapLength: UInt32
  let clock: TickClock

  init(_ interface: CaptureInterface) {
    linkType = interface.linkType
    snapLength = interface.snapLength
    clock = TickClock(interface.timestampResolution, offset: interface.timestampOffset)
  }
}
