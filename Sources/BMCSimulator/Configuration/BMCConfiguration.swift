public import IPMI

/// What a simulated controller is like. One configuration serves any number of controllers.
public struct BMCConfiguration: Sendable {
  /// Where the machine's serial line goes.
  public enum SerialLine: Hashable, Sendable {
    /// There is none: the payload cannot be activated.
    case none
    /// What is typed comes back.
    case echo
    /// To whoever runs the simulation, such as a pseudo-terminal.
    case external
  }

  /// The users from number 2 on; at most 9.
  public var users: [UserAccount] = []
  /// The null user's password; nil when the null user may not log in.
  public var nullUserPassword: Secret?
  /// The controller's key Kg, for a login with two keys: up to 20 bytes.
  public var key: Secret?
  /// The cipher suites that are accepted.
  public var suites = CipherSuite.supported
  /// The authentications of IPMI 1.5 that are accepted; none for no session of that version.
  public var authenticationTypes: AuthenticationTypes = [.none, .md2, .md5, .straightPassword]
  /// Whether packets of a 1.5 session need no authentication code once it is active.
  public var isMessageAuthenticationDisabled = false
  /// How many sessions there can be at a time, half-open ones included.
  public var slots = 4
  /// After how long without a packet a session ends. IPMI 2.0, section 6.12.15: 60 s, give or take 3.
  public var sessionTimeout = Duration.seconds(60)
  /// Whether the machine is on.
  public var isHostOn = true
  /// How long changes of its power take.
  public var powerDelays = HostPower.Delays()
  /// Where the machine's serial line goes.
  public var serialLine = SerialLine.echo
  /// The machine's sensors.
  public var sensors = SimulatedSensor.standard
  /// Sensor data records of other things than sensors, by their type and behind their header: places of
  /// devices, associations of parts, a manufacturer's.
  public var otherRecords: [(type: UInt8, bytes: [UInt8])] = []
  /// Whether sensors stay at their nominal readings, and do not wander.
  public var hasSteadyReadings = false
  /// How many records the system event log has room for.
  public var eventLogCapacity = 512
  /// The controller's name, as its own record tells it.
  public var controllerName = "Crimp BMC"
  /// The time of the controllers' clocks at `Instant.origin`, in seconds since 1970.
  public var clockAtOrigin: Int64 = 1_767_225_600
  /// What happens to datagrams on their way.
  public var conditions = NetworkConditions()
  /// What the controller does wrong.
  public var misbehaviors: Set<Misbehavior> = []

  /// A controller without users, on a perfect network.
  public init() {}
}
