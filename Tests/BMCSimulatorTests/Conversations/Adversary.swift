import IPMI
import Support

/// Somebody on the way between a console and a controller who reads, keeps back, repeats, changes and
/// invents datagrams, and has no key.
///
/// Everything follows from the seed.
final class Adversary {
  /// How much is done to the true datagrams.
  struct Power {
    /// How likely one is lost: 0 to 1.
    var loss: Double
    /// How long one is kept back at most, in milliseconds.
    var delay: Int
    /// Whether all are kept back for as long, so that none overtakes another.
    var isInOrder = false
    /// How many of its own the adversary sends before each true one, at most.
    var forgeries: Int
  }

  private var random: SeededGenerator
  private var seen: [Bool: [[UInt8]]] = [false: [], true: []]
  private let foreign: [[UInt8]]

  /// - Parameter foreign: what was said in another conversation.
  init(seed: UInt64, foreign: [[UInt8]] = []) {
    random = SeededGenerator(seed: seed)
    self.foreign = foreign
  }

  /// What arrives for a datagram, and after how long.
  func take(
    _ datagram: [UInt8], toConsole: Bool, _ power: Power
  ) -> [(Duration, [UInt8])] {
    let least = power.isInOrder ? power.delay : 0
    let delay = Duration.milliseconds(number(max(1, least)...max(1, power.delay)))
    var copies: [(Duration, [UInt8])] = []
    for _ in 0..<number(0...power.forgeries) {
      copies.append((.milliseconds(least), forgery(like: datagram, toConsole)))
    }
    let isLost = Double.random(in: 0..<1, using: &random) < power.loss
    // A request that was never let through, or later than the next, is new to the controller: nothing in
    // the protocol tells it from one that was ordered so.
    if toConsole || !isLost { seen[toConsole, default: []].append(datagram) }
    guard !isLost else { return copies }
    copies.append((delay, datagram))
    if chance(3) { copies.append((delay, datagram)) }
    // What is repeated late is old: numbers and tags have gone on.
    if chance(4) { copies.append((delay + .milliseconds(number(1...5000)), datagram)) }
    return copies
  }

  // MARK: Forgeries

  private func forgery(like datagram: [UInt8], _ toConsole: Bool) -> [UInt8] {
    switch number(0...9) {
    case 0: return flipped(datagram)
    case 1: return Array(datagram.prefix(number(0...datagram.count)))
    case 2: return datagram + (0..<number(1...40)).map { _ in UInt8(number(0...255)) }
    case 3: return seen[toConsole]?.randomElement(using: &random) ?? datagram
    case 4: return seen[!toConsole]?.randomElement(using: &random) ?? datagram
    case 5: return foreign.randomElement(using: &random) ?? datagram
    case 6: return unprotected(datagram)
    case 7: return toConsole ? refusal(like: datagram) : flipped(datagram)
    case 8: return toConsole ? other(than: datagram) : unprotected(datagram)
    default: return noise()
    }
  }

  private func flipped(_ datagram: [UInt8]) -> [UInt8] {
    var bytes = datagram
    for _ in 0..<number(1...3) where !bytes.isEmpty {
      bytes[number(0...bytes.count - 1)] ^= 1 << UInt8(number(0...7))
    }
    return bytes
  }

  private func noise() -> [UInt8] {
    [6, 0, 0xff, 7, [0, 2, 6].randomElement(using: &random) ?? 6]
      + (0..<number(0...60)).map { _ in UInt8(number(0...255)) }
  }

  /// The packet's own session, with a message of the adversary's that says the contrary, and without
  /// protection.
  private func unprotected(_ datagram: [UInt8]) -> [UInt8] {
    let isRMCPPlus = datagram.count > 12 && datagram[4] == 6
    guard datagram.count > 14 else { return noise() }
    let identifier = little32(datagram, isRMCPPlus ? 6 : 9)
    let sequence = little32(datagram, isRMCPPlus ? 10 : 5) &+ UInt32(number(0...2))
    let lie = lie().bytes
    guard isRMCPPlus else {
      return SessionPacket(sequenceNumber: sequence, sessionID: identifier, message: lie).datagram
    }
    let type: PayloadType = chance(4) ? .serialOverLAN : .ipmi
    return RMCPPlusPacket.unprotected(
      type, sessionID: identifier, sequenceNumber: sequence, payload: lie)
  }

  private func lie() -> IPMIMessage {
    let isResponse = chance(2)
    let function: NetworkFunction = chance(4) ? .application : .chassis
    return IPMIMessage(
      networkFunction: isResponse ? function.response : function,
      sequenceNumber: UInt8(number(0...63)), command: UInt8([1, 2, 0x3b, 0x3c][number(0...3)]),
      data: isResponse ? [UInt8(chance(2) ? 0 : 0xd4), UInt8(number(0...1)), 0, 0] : [0])
  }

  /// A step's answer, as a refusal.
  private func refusal(like datagram: [UInt8]) -> [UInt8] {
    guard datagram.count > 24, datagram[4] == 6 else { return flipped(datagram) }
    let (tag, console) = (datagram[16], little32(datagram, 20))
    let status = RMCPPlusStatus(rawValue: UInt8(number(1...0x13)))
    switch datagram[5] & 0x3f {
    case 0x11:
      return OpenSessionResponse(
        messageTag: tag, consoleSessionID: console, outcome: .refused(status)
      ).datagram
    case 0x13:
      return RAKPMessage2(
        messageTag: tag, consoleSessionID: console, outcome: .refused(status)
      ).datagram
    default:
      return RAKPMessage4(
        messageTag: tag, status: status, consoleSessionID: console, integrityCheckValue: .empty
      ).datagram
    }
  }

  /// Another session than the one that the controller opened, or a weaker one.
  private func other(than datagram: [UInt8]) -> [UInt8] {
    guard datagram.count > 24, datagram[4] == 6, datagram[5] == 0x11 else {
      return flipped(datagram)
    }
    let identifier =
      chance(2) && datagram.count >= 28
      ? little32(datagram, 24) : UInt32(number(1...0xffff_ffff))
    return OpenSessionResponse(
      messageTag: datagram[16], consoleSessionID: little32(datagram, 20),
      outcome: .opened(
        OpenSessionResponse.Opened(
          role: RequestedRole(.administrator), controllerSessionID: identifier,
          suite: CipherSuite.supported.randomElement(using: &random) ?? .suite0))
    ).datagram
  }

  // MARK: Chance

  private func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &random) }

  /// True once in so many times.
  private func chance(_ times: Int) -> Bool { number(1...times) == 1 }

  private func little32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
    (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
  }
}
