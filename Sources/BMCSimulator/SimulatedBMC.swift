public import IPMI
internal import Machines
public import MonotonicTime
public import Sockets

/// A baseboard management controller and the machine that it manages, as a value: datagrams and
/// instants go in, datagrams come out.
///
/// It answers IPMI 1.5 and 2.0 as controllers in the field do, on the same formats that Crimp's own
/// client reads; what real controllers do wrong, it does when it is told to (``Misbehavior``). It
/// knows no socket and no clock: ``SimulatedFleet`` runs any number of them.
///
/// Call `receive` for each datagram, and `fire` once `deadline` has come.
public struct SimulatedBMC: Sendable {
  /// What the controller asks of whoever runs it.
  public enum Action: Sendable {
    /// Send these bytes once the delay is over.
    case send([UInt8], to: InternetAddress, after: Duration)
    /// What a console typed on the machine's serial line; only when the configuration says
    /// ``BMCConfiguration/SerialLine/external``.
    case serialOutput([UInt8])
    /// Something happened that a person may want to know.
    case report(BMCEvent)
  }

  /// What the controller is like.
  public let configuration: BMCConfiguration
  /// The controller's place in the network, for its LAN parameters.
  public private(set) var identity: LANConfiguration.Identity
  /// What tells it from all others: 16 bytes.
  public private(set) var guid: GUID

  let cryptography: any Cryptography
  var random: MachineRandom
  var actions: [Action] = []

  var users: UserTable
  var channel: ChannelAccess
  var keptChannel: ChannelAccess
  var key: Secret?
  var sessions: SessionTable
  var challenges = ChallengeTable()
  var serial = SerialConsole()
  var solConfiguration = SOLConfiguration()

  var power: HostPower
  var identification = Identification()
  var bootOptions = BootOptions()
  var watchdog = Watchdog()
  var frontPanel = FrontPanelButtons(rawValue: 0xf0)
  var globalEnables = BMCGlobalEnables.systemEventLogging
  var eventLog: SystemEventLog
  var clockOffset: Int64 = 0
  var sensors: SensorBank
  var sensorRecords: SDRRepository
  var dcmi = DCMIState()
  var systemInformation = SystemInformation()
  private var changedLAN: LANConfiguration?
  private var changedFRU: FRUStorage?

  /// Creates a controller.
  ///
  /// - Parameters:
  ///   - configuration: what it is like.
  ///   - identity: its place in the network.
  ///   - seed: determines its GUID, its serial number, and everything that is random about it.
  ///   - cryptography: the algorithms of its sessions.
  ///   - now: when it is switched on.
  public init(
    _ configuration: BMCConfiguration, identity: LANConfiguration.Identity, seed: UInt64,
    cryptography: any Cryptography, at now: Instant = .origin
  ) {
    self.configuration = configuration
    self.identity = identity
    self.cryptography = cryptography
    random = MachineRandom(seed: seed)
    guid = Self.randomGUID(using: &random)
    users = UserTable(configuration.users, nullUser: configuration.nullUserPassword)
    key = configuration.key
    channel = ChannelAccess(
      mode: .alwaysAvailable,
      authenticatesMessages: !configuration.isMessageAuthenticationDisabled,
      privilegeLimit: PrivilegeLimit(.administrator))
    keptChannel = channel
    solConfiguration.set(port: identity.port)
    sessions = SessionTable(
      slots: configuration.slots, timeout: configuration.sessionTimeout)
    power = HostPower(
      isOn: configuration.isHostOn, delays: configuration.powerDelays, at: now)
    eventLog = SystemEventLog(capacity: configuration.eventLogCapacity)
    sensors = SensorBank(
      configuration.sensors, seed: random.next(), isSteady: configuration.hasSteadyReadings)
    sensorRecords = SDRRepository(records: configuration.sensorDataRecords)
  }

  /// Creates a controller that is like `other` was made, at another place. Thousands share what they
  /// have not changed.
  public init(
    like other: SimulatedBMC, identity: LANConfiguration.Identity, seed: UInt64
  ) {
    self = other
    self.identity = identity
    random = MachineRandom(seed: seed)
    guid = Self.randomGUID(using: &random)
    sensors.seed = random.next()
    solConfiguration.set(port: identity.port)
    changedLAN = nil
    changedFRU = nil
  }

  /// A GUID of version 4, in the order that IPMI has its bytes: the last of RFC 4122's first. IPMI 2.0,
  /// section 20.8.
  private static func randomGUID(using random: inout MachineRandom) -> GUID {
    var bytes = Octets16(using: &random).bytes
    bytes[9] = bytes[9] & 0x0f | 0x40
    bytes[7] = bytes[7] & 0x3f | 0x80
    return GUID(Octets16(padding: bytes.messageBytes))
  }

  /// Whether the machine is on, as of the last event.
  public var isHostOn: Bool { power.isOn }

  /// How many sessions are active.
  public var activeSessionCount: Int { sessions.active.count }

  /// How many of the slots are taken, by sessions that are active or half-open.
  public var occupiedSlotCount: Int { sessions.sessions.count }

  // MARK: Events

  /// Takes a datagram that `peer` sent.
  public mutating func receive(
    _ datagram: RawSpan, from peer: InternetAddress, at now: Instant
  ) -> [Action] {
    advance(to: now)
    if !configuration.conditions.isLost(using: &random) { answer(datagram, from: peer, at: now) }
    // What was commanded without a delay is so now.
    advancePower(to: now)
    return takeActions()
  }

  /// Takes what the machine printed on its serial line.
  public mutating func serialInput(_ bytes: [UInt8], at now: Instant) -> [Action] {
    advance(to: now)
    serialInput(bytes, now: now)
    return takeActions()
  }

  /// Does what was due.
  public mutating func fire(at now: Instant) -> [Action] {
    advance(to: now)
    return takeActions()
  }

  /// When to call `fire`; nil when nothing but a datagram can move the controller. Sessions that end
  /// for want of packets need none: they are gone when the next datagram comes.
  public var deadline: Instant? {
    [power.deadline, watchdog.deadline, serial.deadline].compactMap(\.self).min()
  }

  private mutating func takeActions() -> [Action] {
    defer { actions = [] }
    return actions
  }

  /// The LAN parameters, made when they are asked for first: most of thousands never are.
  var lan: LANConfiguration {
    mutating get {
      if let changedLAN { return changedLAN }
      let made = LANConfiguration(
        identity, authenticationTypes: configuration.authenticationTypes.rawValue,
        suites: configuration.suites.compactMap(\.id))
      changedLAN = made
      return made
    }
    set { changedLAN = newValue }
  }

  /// The inventory, made when it is asked for first.
  var fru: FRUStorage {
    mutating get {
      if let changedFRU { return changedFRU }
      let made = FRUStorage(devices: configuration.inventories(of: guid))
      changedFRU = made
      return made
    }
    set { changedFRU = newValue }
  }

  /// The controller's own clock: seconds since 1970.
  func clock(at now: Instant) -> UInt32 {
    let elapsed = (now - .origin).components.seconds
    return UInt32(clamping: configuration.clockAtOrigin &+ clockOffset &+ elapsed)
  }
}
