import EventLoop
import LinkLayer
import Links
import Machines

/// Where a command speaks: on an interface of the kernel, or against a recording in its place.
struct LinkPlace {
  let settings: LinkSettings
  let properties: LinkProperties
  /// What the kernel knows; nil against a recording, which stands for a host that is not here.
  let station: Station?

  private let replay: ReplayLink?

  /// Finds the place that `settings` name, or the interface that `addresses` belong to.
  ///
  /// Refuses an interface that is down, has no carrier or does not use ARP.
  init(_ settings: LinkSettings, for addresses: [IPAddress]) throws(CommandFailure) {
    self.settings = settings
    guard let path = settings.replayPath else {
      let station = try Station.find(settings, for: addresses)
      try station.requireCarrier()
      self.station = station
      properties = LinkProperties(station.interface)
      replay = nil
      return
    }
    if settings.recordPath != nil {
      throw CommandFailure(.usage, "--record and --replay: expected one of them")
    }
    let bytes = try WholeFile.bytes(at: path)
    do throws(LinkError) {
      let link = try ReplayLink(capture: bytes.rawBytes, interface: settings.interface)
      station = nil
      replay = link
      properties = link.properties
    } catch {
      throw CommandFailure(.noInput, "\(path): \(CommandFailure(error).message)")
    }
  }

  /// Who speaks.
  var identity: LinkIdentity {
    station?.identity
      ?? LinkIdentity(
        hardwareType: properties.hardwareType, hardwareAddress: properties.hardwareAddress,
        broadcastAddress: properties.broadcastAddress)
  }

  /// Whether a recording takes the network's place, so that time need not pass.
  var isReplay: Bool { replay != nil }

  /// ARP and Neighbor Discovery, in the VLAN that is spoken in.
  var neighborProtocols: SocketFilter {
    .addressResolution(
      tag: settings.tag.map { .identifier($0.identifier) } ?? .untagged,
      framing: properties.framing)
  }

  /// A loop whose clock is right for the place.
  func makeLoop() throws(CommandFailure) -> EventLoop {
    do throws(SystemError) {
      return try EventLoop(clock: isReplay ? .virtual : .monotonic)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A link that only sends: it costs no receive hook, which takes the kernel 10 ms to place.
  ///
  /// A recorded or replayed link hears as well.
  func openSending() throws(CommandFailure) -> any Link {
    if replay != nil || settings.recordPath != nil {
      return try openHearing(neighborProtocols)
    }
    do throws(LinkError) {
      return try PacketSocketLink(properties, .sendOnly)
    } catch {
      throw CommandFailure(error)
    }
  }

  /// A link that hears what `filter` takes, of what is for this host and for `address`: a virtual
  /// MAC that the interface does not know.
  func openHearing(
    _ filter: SocketFilter, for address: HardwareAddress? = nil
  ) throws(CommandFailure) -> any Link {
    if let replay { return replay }
    do throws(LinkError) {
      let link = try PacketSocketLink(properties, .sendAndReceive(filter))
      if let address { try link.join(address) }
      guard let path = settings.recordPath else { return link }
      return try RecordingLink(
        wrapping: link, path: path, application: "crimp \(CrimpVersion.text)")
    } catch {
      throw CommandFailure(error)
    }
  }

  /// Closes `link`; a recording gets its name only now.
  func close(_ link: any Link) throws(CommandFailure) {
    do throws(LinkError) {
      try link.close()
    } catch {
      throw CommandFailure(error)
    }
  }
}

/// The version that crimp tells.
enum CrimpVersion {
  static let text = "0.1.0"
}
