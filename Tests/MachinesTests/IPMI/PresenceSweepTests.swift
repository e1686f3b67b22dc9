import IPMI
import MonotonicTime
import Support
import Testing

@testable import Machines

@Suite struct `A presence sweep` {
  /// What kinds of hosts there are, by number modulo 4.
  private enum Kind: Int {
    case pings, quiet, old, absent
  }

  private func answer(_ datagram: [UInt8], _ kind: Kind) throws -> [UInt8]? {
    let message = try RMCPMessage(datagram.messageBytes)
    if message.kind == .asf {
      guard kind == .pings,
        let ping = PresencePing(try ASFMessage(parsing: message.body))
      else { return nil }
      return PresencePong(tag: ping.tag).datagram
    }
    let request = try IPMIMessage(parsing: try SessionPacketView(message.body).message)
    let isExtended = request.data[0] & 0x80 != 0
    guard kind != .absent else { return nil }
    if kind == .old, isExtended {
      return SessionPacket(
        message: IPMIMessage(answering: request, .invalidDataField).bytes
      ).datagram
    }
    let offer = GetChannelAuthenticationCapabilities.Response(
      channel: .init(rawValue: 1), authenticationTypes: .md5, status: .userNames,
      versions: isExtended ? [.version15, .version20] : nil)
    return SessionPacket(
      message: IPMIMessage(answering: request, .completed, body: offer.data).bytes
    ).datagram
  }

  private func sweep(
    _ count: Int, _ options: PresenceSweep.Options = .init(),
    tamper: (Int, [UInt8]) -> [[UInt8]] = { _, datagram in [datagram] }
  ) throws -> (results: [Int: PresenceSweep.Presence], most: Int, sent: Int) {
    var random = SeededGenerator(seed: 3)
    var machine = PresenceSweep(count: count, options: options, random: &random)
    var results: [Int: PresenceSweep.Presence] = [:]
    var open: Set<Int> = []
    var most = 0
    var sent = 0
    var hasFinished = false
    var actions = machine.start(at: .origin)
    while true {
      while !actions.isEmpty {
        switch actions.removeFirst() {
        case .send(let datagram, let index):
          sent += 1
          open.insert(index)
          most = max(most, open.count)
          guard let kind = Kind(rawValue: index % 4), let answer = try answer(datagram, kind) else {
            continue
          }
          for copy in tamper(index, answer) {
            actions += machine.receive(copy.messageBytes, from: index, at: .origin)
          }
        case .result(let index, let presence):
          #expect(results[index] == nil)
          results[index] = presence
          open.remove(index)
        case .finish:
          #expect(!hasFinished)
          hasFinished = true
        }
      }
      guard let deadline = machine.deadline else { break }
      actions = machine.fire(at: deadline)
    }
    #expect(hasFinished)
    return (results, most, sent)
  }

  @Test func `finds those that answer pings, those that do not, and the old ones`() throws {
    let (results, _, _) = try sweep(8)
    #expect(results.count == 8)
    for (index, presence) in results {
      #expect(presence.isPresent == (index % 4 != 3))
      #expect((presence.pong != nil) == (index % 4 == 0))
      #expect(presence.capabilities?.offersVersion20 ?? false == (index % 4 < 2))
    }
  }

  @Test func `asks no more hosts at once than the window has`() throws {
    var options = PresenceSweep.Options()
    options.window = 5
    let (results, most, _) = try sweep(100, options)
    #expect(results.count == 100)
    #expect(most <= 5)
  }

  /// The pong comes after the other answer, or the first ping is lost: nothing is said of pings before.
  @Test(arguments: [1, 2]) func `waits for the pong where that is wanted`(_ answered: Int) throws {
    for awaits in [true, false] {
      var options = PresenceSweep.Options()
      options.awaitsPong = awaits
      var random = SeededGenerator(seed: 3)
      var machine = PresenceSweep(count: 2, options: options, random: &random)
      var presence: [Int: PresenceSweep.Presence] = [:]
      var (pings, questions) = (0, 0)
      func note(_ actions: [PresenceSweep.Action]) {
        for case .result(let index, let result) in actions { presence[index] = result }
      }
      var actions = machine.start(at: .origin)
      while true {
        var pongs: [(datagram: [UInt8], index: Int)] = []
        note(actions)
        for case .send(let datagram, let index) in actions {
          guard let answer = try answer(datagram, index == 0 ? .pings : .quiet) else { continue }
          if answer[3] == 6 {
            pings += 1
            pongs.append((answer, index))
          } else {
            questions += 1
            note(machine.receive(answer.messageBytes, from: index, at: .origin))
          }
        }
        if pings >= answered {
          for pong in pongs {
            note(machine.receive(pong.datagram.messageBytes, from: pong.index, at: .origin))
          }
        }
        guard let deadline = machine.deadline else { break }
        actions = machine.fire(at: deadline)
      }
      #expect(questions == 2 && presence.count == 2)
      #expect(presence[0]?.capabilities != nil && presence[1]?.capabilities != nil)
      if awaits { #expect(presence[0]?.pong != nil && presence[1]?.pong == nil) }
    }
  }

  @Test func `pings nobody when it must not`() throws {
    var options = PresenceSweep.Options()
    options.pings = false
    options.attempts = 1
    let (results, _, sent) = try sweep(4, options)
    #expect(sent == 4)
    #expect(results[0]?.isPresent == true && results[0]?.pong == nil)
  }

  @Test func `answers of others, cut, foreign or damaged, find nobody`() throws {
    let (results, _, _) = try sweep(4) { _, datagram in
      var forged = datagram
      // Nothing guards what a pong says, but it must be one.
      forged[forged[3] == 6 ? 8 : forged.count / 2] ^= 0x55
      var tagged = datagram
      if tagged[3] == 6 { tagged[9] ^= 1 } else { tagged[18] ^= 4 }
      return [forged, tagged, Array(datagram.prefix(9)), []]
    }
    #expect(results.values.allSatisfy { !$0.isPresent })
  }

  @Test func `of nobody ends at once`() throws {
    #expect(try sweep(0).results.isEmpty)
  }

  @Test func `an answer outweighs what the network said`() throws {
    var random = SeededGenerator(seed: 3)
    var machine = PresenceSweep(count: 2, random: &random)
    let actions = machine.start(at: .origin)
    machine.suspect(.portClosed, of: 0)
    machine.suspect(.portClosed, of: 1)
    var results: [Int: PresenceSweep.Presence] = [:]
    func note(_ actions: [PresenceSweep.Action]) {
      for case .result(let index, let presence) in actions { results[index] = presence }
    }
    for case .send(let datagram, to: 0) in actions {
      if let answer = try answer(datagram, .pings) {
        note(machine.receive(answer.messageBytes, from: 0, at: .origin))
      }
    }
    while let deadline = machine.deadline { note(machine.fire(at: deadline)) }
    #expect(results[0]?.failure == nil && results[0]?.isPresent == true)
    #expect(results[1]?.failure == .portClosed && results[1]?.isPresent == false)
  }
}
