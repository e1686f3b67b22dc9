import BMCSimulator
import IPMI
import LinkLayer
import MonotonicTime
import OpenSSL
import Sockets

/// Reads the bytes as what consoles do to a controller: datagrams of any kind, and, in a session of an
/// administrator, commands and serial payloads with any data, while time goes by.
///
/// Nothing may trap, answers must be datagrams of RMCP, and a stranger's bytes must not log anybody in.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzSimulatedBMC(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  var rest = unsafe Array(UnsafeBufferPointer(start: start, count: count))[...]
  var run = FuzzedController()
  while let kind = rest.popFirst(), let length = rest.popFirst() {
    let bytes = Array(rest.prefix(Int(length)))
    rest = rest.dropFirst(Int(length))
    run.step(kind, bytes)
  }
  return 0
}

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
  configuration.serialLine = .echo
  return SimulatedBMC(
    configuration, identity: LANConfiguration.Identity(), seed: 1, cryptography: cryptography)
}()

private struct FuzzedController {
  private static let friend = InternetAddress(.v4(IPv4Address(rawValue: 0x7f00_0001)), port: 1)
  private static let stranger = InternetAddress(.v4(IPv4Address(rawValue: 0x7f00_0002)), port: 2)

  private var bmc = prototype
  private var now = Instant.origin
  private var session: UInt32 = 0
  private var sequence: UInt32 = 0

  init() {
    // Suite 0 proves nothing: the administrator is in without a code.
    let open = OpenSessionRequest(
      messageTag: 0, role: RequestedRole(.administrator), consoleSessionID: 1, suite: .suite0)
    session = openedSession(in: send(open.datagram))
    let first = RAKPMessage1(
      messageTag: 0, controllerSessionID: session, consoleRandom: .zero,
      role: RequestedRole(.administrator), userName: Array("admin".utf8))
    send(first.datagram())
    let third = RAKPMessage3(messageTag: 0, controllerSessionID: session, keyExchangeCode: .empty)
    send(third.datagram)
    precondition(bmc.activeSessionCount == 1, "the administrator is not let in")
    sendInSession(.ipmi, message(.application, 0x3b, [0x04]))
  }

  mutating func step(_ kind: UInt8, _ bytes: [UInt8]) {
    switch kind % 8 {
    case 0:
      let before = bmc.activeSessionCount
      send(bytes, from: Self.stranger)
      precondition(bmc.activeSessionCount <= before, "a stranger is let in")
    case 1: sendInSession(.serialOverLAN, bytes)
    case 2:
      now = now + .milliseconds(100 * bytes.count)
      check(bmc.fire(at: now))
    case 3: check(bmc.serialInput(bytes, at: now))
    default:
      guard bytes.count >= 2 else { return }
      let function = NetworkFunction(rawValue: bytes[0] & 0x3e)
      sendInSession(.ipmi, message(function, bytes[1], Array(bytes.dropFirst(2))))
    }
  }

  private func message(
    _ function: NetworkFunction, _ command: UInt8, _ data: [UInt8]
  ) -> [UInt8] {
    IPMIMessage(networkFunction: function, sequenceNumber: 1, command: command, data: data).bytes
  }

  private mutating func sendInSession(_ type: PayloadType, _ payload: [UInt8]) {
    sequence &+= 1
    send(
      RMCPPlusPacket.unprotected(
        type, sessionID: session, sequenceNumber: sequence, payload: payload))
  }

  @discardableResult
  private mutating func send(
    _ datagram: [UInt8], from peer: InternetAddress = friend
  ) -> [SimulatedBMC.Action] {
    let actions = bmc.receive(datagram.messageBytes, from: peer, at: now)
    check(actions)
    return actions
  }

  private func check(_ actions: [SimulatedBMC.Action]) {
    for case .send(let bytes, _, _) in actions {
      precondition((try? RMCPHeader(parsing: bytes.messageBytes)) != nil, "not RMCP")
    }
  }

  /// The session that the answer to Open Session names: the 4 bytes behind the console's.
  private func openedSession(in actions: [SimulatedBMC.Action]) -> UInt32 {
    for case .send(let bytes, _, _) in actions where bytes.count >= 28 {
      return (0..<4).reduce(0) { $0 | UInt32(bytes[24 + $1]) << UInt32(8 * $1) }
    }
    return 0
  }
}
