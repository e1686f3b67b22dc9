import BMCSimulator
import IPMI
import LinkLayer
import Machines
import MonotonicTime
import OpenSSL
import Sockets

private let cryptography: OpenSSLCryptography = {
  guard let cryptography = try? OpenSSLCryptography() else { fatalError("libssl3 is missing") }
  return cryptography
}()

private let prototype: SimulatedBMC = {
  guard let name = UserName("admin") else { fatalError() }
  var configuration = BMCConfiguration()
  configuration.users = [
    UserAccount(
      name, password: Secret(copying: Array("password".utf8).messageBytes),
      limit: PrivilegeLimit(.administrator))
  ]
  configuration.slots = 63
  configuration.sensors = []
  return SimulatedBMC(
    configuration, identity: LANConfiguration.Identity(), seed: 1, cryptography: cryptography)
}()

/// A console, the controller that it speaks to, and whoever is between them.
struct FuzzedSession {
  private static let peer = InternetAddress(.v4(IPv4Address(rawValue: 0x7f00_0001)), port: 1)

  private var console: BMCSession
  private var controller = prototype
  private var now = Instant.origin
  /// What the controller has sent and nobody has delivered.
  private var waiting: [[UInt8]] = []
  /// What the controller has ever sent, behind the RMCP header, which no code covers.
  private var genuine: Set<[UInt8]> = []
  /// The last bytes of that: RAKP message 4 has its code there, which covers none of its other fields.
  private var codes: Set<[UInt8]> = []
  /// Whether the session's packets have codes that nobody else can make.
  private let isProtected: Bool
  private var open: Set<UInt64> = []
  private var lastCall: UInt64 = 0
  /// The console's own number of the session, from its first request.
  private var consoleSessionID: UInt32 = 0

  init(_ kind: UInt8) {
    var options = SessionOptions()
    options.deadline = .seconds(20)
    switch kind % 6 {
    case 0: options.suites = [.suite0]
    case 1: options.suites = [.suite17]
    case 2: options.suites = [.suite17, .suite3, .suite0]
    case 3:
      options.version = .version15
      options.authenticationTypes = [.none]
    case 4:
      options.version = .version15
      options.authenticationTypes = [.md5]
    default: options.quirks = Set(SessionQuirk.allCases)
    }
    isProtected = [1, 4].contains(kind % 6)
    guard let user = UserName("admin") else { fatalError() }
    let password = Secret(copying: Array("password".utf8).messageBytes)
    console = BMCSession(
      credentials: BMCCredentials(userName: user, password: password), options: options,
      random: SessionRandom(key: password, cryptography: cryptography), cryptography: cryptography)
    submit(BMCCall(GetChassisStatus()))
  }

  // MARK: Steps

  mutating func step(_ step: UInt8, _ bytes: [UInt8]) {
    switch step % 10 {
    case 0: receive(bytes)
    case 1: receive([6, 0, 0xff, 7] + bytes)
    case 2: if let datagram = takeWaiting(bytes) { receive(datagram) }
    case 3: if let datagram = takeWaiting(bytes) { receive(changed(datagram, by: bytes)) }
    case 4:
      // Once now, and once more.
      if let datagram = waiting.first { receive(datagram) }
    case 5: pass(.milliseconds(20 * bytes.count))
    case 6: receive(inSession(bytes))
    case 7: submit(call(bytes))
    case 8: carryOut(console.send(bytes, as: .serialOverLAN, at: now))
    default: wish(bytes)
    }
    precondition(waiting.count < 1 << 16, "no end of datagrams")
  }

  /// Time ends all that is open.
  mutating func end() {
    pass(.seconds(60))
    precondition(open.isEmpty, "a call without an end")
    carryOut(console.close(at: now))
    precondition(console.deadline == nil, "a closed session waits")
  }

  private mutating func wish(_ bytes: [UInt8]) {
    switch bytes.first {
    case 0: carryOut(console.close(at: now))
    case 1: console.suspect(.portClosed, at: now)
    case 2: if let id = open.min() { cancel(id) }
    case 3: if let id = open.max() { cancel(id) }
    default: waiting = []
    }
    if bytes.first == 0 { precondition(open.isEmpty, "a closed session has calls") }
  }

  private mutating func cancel(_ id: UInt64) {
    open.remove(id)
    carryOut(console.cancel(id, at: now))
  }

  private mutating func submit(_ call: BMCCall) {
    guard open.count < 8 else { return }
    lastCall += 1
    open.insert(lastCall)
    carryOut(console.submit(call, as: lastCall, at: now))
  }

  private func call(_ bytes: [UInt8]) -> BMCCall {
    guard bytes.count >= 3 else { return BMCCall(GetDeviceID()) }
    var call = BMCCall(
      networkFunction: NetworkFunction(rawValue: bytes[0] & 0x3e), command: bytes[1],
      data: Array(bytes.dropFirst(3)), lun: bytes[2] & 3)
    if bytes[2] & 0x10 != 0 { call.privilege = .user }
    if bytes[2] & 0x20 != 0 {
      call.bridge = MessageBridge(
        to: MessageBridge.Hop(channel: .primaryIPMB, address: bytes[2]))
    }
    call.isRepeatable = bytes[2] & 0x40 == 0
    return call
  }

  // MARK: Datagrams

  private mutating func takeWaiting(_ bytes: [UInt8]) -> [UInt8]? {
    guard !waiting.isEmpty else { return nil }
    return waiting.remove(at: Int(bytes.last ?? 0) % waiting.count)
  }

  /// Pairs of a place and what it is changed by.
  private func changed(_ datagram: [UInt8], by bytes: [UInt8]) -> [UInt8] {
    var changed = datagram
    for index in stride(from: 0, to: bytes.count - 1, by: 2) where !changed.isEmpty {
      changed[Int(bytes[index]) % changed.count] ^= bytes[index + 1]
    }
    return changed
  }

  /// A message in the console's session, without protection: two bytes of its numbers, then its data.
  private func inSession(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 4 else { return [] }
    let message = IPMIMessage(
      networkFunction: NetworkFunction(rawValue: bytes[0] | 1), sequenceNumber: bytes[1] & 0x3f,
      command: bytes[2], data: Array(bytes.dropFirst(4)))
    let type = PayloadType(rawValue: bytes[3] & 0x3f)
    return RMCPPlusPacket.unprotected(
      type, sessionID: consoleSessionID, sequenceNumber: UInt32(bytes[3] >> 4),
      payload: message.bytes)
  }

  private mutating func receive(_ datagram: [UInt8]) {
    let actions = console.receive(datagram.messageBytes, at: now)
    if isProtected, !genuine.contains(Array(datagram.dropFirst(4))) {
      for action in actions {
        switch action {
        case .answered, .received: preconditionFailure("a stranger is believed")
        case .established:
          precondition(codes.contains(Array(datagram.suffix(16))), "a stranger opens a session")
        case .send, .failed: break
        }
      }
    }
    carryOut(actions)
  }

  private mutating func pass(_ duration: Duration) {
    let end = now + duration
    while let deadline = console.deadline, deadline <= end {
      now = max(now, deadline)
      carryOut(console.fire(at: now))
      if let next = console.deadline { precondition(next > now, "what was due is due again") }
    }
    now = end
    take(controller.fire(at: now))
  }

  private mutating func carryOut(_ actions: [BMCSession.Action]) {
    precondition(actions.count < 64, "too much at once")
    for action in actions {
      switch action {
      case .send(let datagram):
        if datagram.count >= 24, datagram[4] == 6, datagram[5] == 0x10 {
          consoleSessionID = (0..<4).reduce(0) {
            $0 | UInt32(datagram[20 + $1]) << UInt32(8 * $1)
          }
        }
        take(controller.receive(datagram.messageBytes, from: Self.peer, at: now))
      case .answered(let id, _), .failed(let id, _):
        precondition(open.remove(id) != nil, "a call ends twice")
      case .established, .received: break
      }
    }
  }

  private mutating func take(_ actions: [SimulatedBMC.Action]) {
    for case .send(let bytes, _, _) in actions {
      waiting.append(bytes)
      genuine.insert(Array(bytes.dropFirst(4)))
      codes.insert(Array(bytes.suffix(16)))
    }
  }
}
