import LinkLayer
import Machines

/// What `crimp wake` was asked to do with the hosts that it wakes.
struct WakeRequest: Sendable {
  /// How it is proved that a host is awake.
  struct Proof: Equatable, Sendable {
    /// Where the only host answers, if the command line says it.
    var address: IPAddress?
    /// The port of TCP that is asked; nil asks by ARP or Neighbor Discovery.
    var port: UInt16?
    /// Seconds until whoever is silent counts as asleep.
    var deadline = 120.0
    /// Seconds from the first packets to the next, which double each time.
    var retry = 5.0
  }

  var link = LinkSettings()
  var targets: [WakeTarget] = []
  var password: SecureOnPassword?
  /// Where the datagrams go.
  var destinations: [IPAddress] = [.v4(.broadcast)]
  var ports = [MagicPacket.customaryPort]
  /// EtherType 0842h in place of UDP.
  var isRaw = false
  /// Raw frames to the station alone, in place of all.
  var isUnicast = false
  /// How often each packet is sent.
  var repetitions = 3
  /// Seconds between these.
  var interval = 0.1
  /// Packets a second at most, over all hosts.
  var rate = 1000
  var proof: Proof?

  /// Whether frames of our own making leave by a packet socket: raw ones, and all that is recorded or
  /// tagged.
  var sendsFrames: Bool {
    isRaw || link.recordPath != nil || link.replayPath != nil || link.tag != nil
  }

  /// What each target's packet is.
  var packets: [MagicPacket] {
    targets.map { MagicPacket(target: $0.station, password: password) }
  }

  /// How the machine is to go about it.
  var options: WakingOptions {
    var options = WakingOptions()
    options.repetitions = repetitions
    options.interval = Duration(seconds: interval)
    options.pace = .framesPerSecond(Double(rate))
    guard let proof else { return options }
    var patience = WakingOptions.Patience()
    patience.deadline = Duration(seconds: proof.deadline)
    patience.firstPause = Duration(seconds: proof.retry)
    patience.longestPause = max(patience.longestPause, patience.firstPause)
    options.patience = patience
    return options
  }
}
