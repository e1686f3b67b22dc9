import Drivers
import EventLoop
import LinkLayer
import Links
import Machines
import MonotonicTime
import Support
import Testing

@Suite("A conversation")
struct ConversationTests {
  private func outcome<Protocol: Machine>(
    of machine: Protocol, in conversation: Conversation
  ) throws -> Protocol.Outcome {
    try conversation.loop.run { () async throws(ConversationFailure) in
      try await conversation.run(machine)
    }
  }

  @Test("runs several machines on one link, each of which hears what is its own")
  func several() throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let (arp, ndp, probe) = try cable.loop.run { () async throws(ConversationFailure) in
      let arp = conversation.begin(cable.ping())
      let ndp = conversation.begin(cable.ping(isIPv6: true) { $0.count = 2 })
      let probe = conversation.begin(
        AddressProbe(
          address: Cable.peerAddress, identity: cable.identity, timing: .rfc5227,
          random: MachineRandom(seed: 1)))
      return (try await arp.outcome(), try await ndp.outcome(), try await probe.outcome())
    }
    #expect(arp.received == 3)
    #expect(ndp.received == 2)
    #expect(arp.minimum == .microseconds(500) && arp.maximum == .microseconds(500))
    #expect(arp.owners == [cable.far.station])
    guard case .conflict(let conflict) = probe else {
      Issue.record("\(probe)")
      return
    }
    #expect(conflict.owner == cable.far.station)
  }

  @Test("runs thousands of machines on one link, and shows each what concerns it")
  func thousands() throws {
    let cable = try Cable()
    cable.far.answer = { [unowned far = cable.far] frame in
      guard case .arp(let packet) = frame.payload, packet.operation == .request,
        // Every third host is not there.
        !packet.targetProtocolAddress.rawValue.isMultiple(of: 3)
      else { return [] }
      return [far.arpReply(packet.targetProtocolAddress, by: far.station, to: packet)]
    }
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let targets = (0..<3000).map { IPv4Address(rawValue: 0x0A00_0000 + $0) }
    // Twice for some: both hear the answers.
    let all = targets + targets.prefix(30)
    let answered = try cable.loop.run { () async throws(ConversationFailure) in
      var options = PingOptions()
      options.count = 1
      let pings = all.map {
        conversation.begin(
          NeighborPing(
            target: $0, source: Cable.address, identity: cable.identity, options: options))
      }
      var answered: [Bool] = []
      for ping in pings { answered.append(try await ping.outcome().received == 1) }
      return answered
    }
    #expect(answered == all.map { !$0.rawValue.isMultiple(of: 3) })
  }

  struct Tags: Sendable, CustomTestStringConvertible {
    let ours: UInt16?
    let theirs: UInt16?
    var theirProtocol = EtherType.vlan
    let isHeard: Bool

    var testDescription: String {
      "\(ours.map(String.init) ?? "untagged") \(theirs.map(String.init) ?? "untagged") \(theirProtocol)"
    }
  }

  @Test(
    "hears its own VLAN alone",
    arguments: [
      Tags(ours: nil, theirs: nil, isHeard: true),
      Tags(ours: nil, theirs: 5, isHeard: false),
      Tags(ours: nil, theirs: 0, isHeard: true),
      Tags(ours: 0, theirs: nil, isHeard: true),
      Tags(ours: 5, theirs: 5, isHeard: true),
      Tags(ours: 5, theirs: 6, isHeard: false),
      Tags(ours: 5, theirs: nil, isHeard: false),
      Tags(ours: 5, theirs: 0, isHeard: false),
      Tags(ours: 5, theirs: 5, theirProtocol: .serviceVLAN, isHeard: false),
    ])
  func tags(_ tags: Tags) throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    cable.far.tag = tags.theirs.map {
      VLANTag(tpid: tags.theirProtocol, priority: 3, identifier: $0)
    }
    let conversation = try Conversation(
      link: cable.near, loop: cable.loop,
      tag: tags.ours.map { VLANTag(priority: 0, identifier: $0) })
    let statistics = try outcome(of: cable.ping(), in: conversation)
    #expect(statistics.sent == 3)
    #expect(statistics.received == (tags.isHeard ? 3 : 0))
  }

  @Test("counts frames that cannot be parsed, and is not moved by them")
  func malformed() throws {
    let cable = try Cable()
    let hardware = cable.near.properties.hardwareAddress
    var generator = SeededGenerator(seed: 7)
    cable.far.answer = { frame in
      guard let reply = cable.far.reply(to: frame) else { return [] }
      let bytes = reply.bytes(framing: .ethernet)
      // Whole Ethernet headers, and an ARP packet or a solicitation that ends too early.
      for length in 14..<bytes.count { cable.far.send(Array(bytes[..<length])) }
      for type: [UInt8] in [[0x08, 0x06], [0x86, 0xdd], [0x08, 0x00], [0x81, 0x00]] {
        let noise = (0..<60).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        cable.far.send(hardware.bytes + cable.far.station.bytes + type + noise)
      }
      return [reply]
    }
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let statistics = try outcome(of: cable.ping(), in: conversation)
    #expect(statistics.received == 3)
    #expect(statistics.extra == 0)
    #expect(conversation.malformedFrames >= 3 * 28)
  }

  @Test("hands a machine nothing that came before the machine began")
  func stale() throws {
    let cable = try Cable(latency: .zero)
    let conversation = try Conversation(
      link: TardyLink(cable.near, delay: .milliseconds(100)), loop: cable.loop)
    let answered = try cable.loop.run { () async throws(ConversationFailure) in
      let question = ARPPacket(
        operation: .request, senderHardwareAddress: cable.near.properties.hardwareAddress,
        senderProtocolAddress: Cable.address,
        targetHardwareAddress: HardwareAddress(MACAddress.zero),
        targetProtocolAddress: Cable.peerAddress)
      cable.far.send(cable.far.arpReply(Cable.peerAddress, by: cable.far.station, to: question))
      try? await cable.loop.sleep(for: .milliseconds(50))
      return try await conversation.run(cable.ping()).received
    }
    #expect(answered == 0)
  }

  @Test("takes off a round trip how long its answer lay unnoticed")
  func age() throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(
      link: TardyLink(cable.near, delay: .milliseconds(40)), loop: cable.loop)
    let statistics = try outcome(of: cable.ping(), in: conversation)
    #expect(statistics.received == 3)
    #expect(statistics.minimum == .microseconds(500))
    #expect(statistics.maximum == .microseconds(500))
  }

  @Test("tries again what a full queue refused, and keeps the order")
  func congestion() throws {
    let cable = try Cable(latency: .zero)
    let link = CongestedLink(cable.near, room: 7, on: cable.loop)
    let conversation = try Conversation(link: link, loop: cable.loop)
    let addresses = (0..<100).map { IPAddress.v4(IPv4Address(rawValue: 0xc000_0200 + $0)) }
    let plan = AnnouncementPlan(
      addresses: addresses, forms: .gratuitousRequest, schedule: .once)
    let outcome = try cable.loop.run { () async throws(ConversationFailure) in
      let announcement = AddressAnnouncement(plan, identity: cable.identity)
      let outcome = try await conversation.run(announcement)
      // What the machine was told that it sent has left the link: it may be closed now.
      try? link.close()
      try? await cable.loop.sleep(for: .seconds(1))
      return outcome
    }
    let told = cable.far.heard.compactMap { heard -> IPAddress? in
      guard case .arp(let packet) = heard.frame.payload else { return nil }
      return .v4(packet.senderProtocolAddress)
    }
    #expect(outcome.frames == 100)
    #expect(link.refusals > 0)
    #expect(told == addresses)
  }

  @Test("lets a scan wait for a full queue: frames are made when there is room")
  func backPressure() throws {
    let cable = try Cable(latency: .zero)
    let link = CongestedLink(cable.near, room: 50, on: cable.loop)
    let conversation = try Conversation(link: link, loop: cable.loop)
    let first = IPAddress.v4(IPv4Address(rawValue: 0x0a00_0000))
    let last = IPAddress.v4(IPv4Address(rawValue: 0x0a00_1fff))
    let targets = try ScanTargets([AddressRange(from: first, through: last)].compactMap { $0 })
    var options = ScanOptions()
    options.attempts = 1
    let scan = AddressScan(
      targets, request: .resolution(from: []), identity: cable.identity, options: options)
    var mostWaiting = 0
    func look() {
      mostWaiting = max(mostWaiting, conversation.waitingFrames)
      cable.loop.schedule(after: .microseconds(500)) { look() }
    }
    let outcome = try cable.loop.run { () async throws(ConversationFailure) in
      look()
      return try await conversation.run(scan)
    }
    #expect(outcome.questions == 8192 && cable.far.heard.count == 8192)
    #expect(mostWaiting >= 64 && mostWaiting < 1024 + 128)
  }

  @Test("gives up on a queue that stays full")
  func stuck() throws {
    let cable = try Cable()
    let link = CongestedLink(cable.near, room: 1, on: cable.loop)
    link.isStuck = true
    let conversation = try Conversation(link: link, loop: cable.loop)
    #expect(throws: ConversationFailure.link(.transmitQueueFull("left"))) {
      try outcome(of: cable.ping { $0.count = nil }, in: conversation)
    }
  }

  @Test("ends every machine when the link fails, those too that only listen")
  func failure() throws {
    let cable = try Cable()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let ping = conversation.begin(cable.ping { $0.count = nil })
    let listener = conversation.begin(
      AddressDefense(
        addresses: [.v4(Cable.address)], policy: .once, identity: cable.identity))
    cable.loop.schedule(after: .milliseconds(1500)) { cable.near.close() }
    for failing in [true, false] {
      #expect(throws: ConversationFailure.link(.closed)) {
        try cable.loop.run { () async throws(ConversationFailure) in
          if failing { _ = try await ping.outcome() } else { _ = try await listener.outcome() }
        }
      }
    }
    #expect(cable.loop.now == .origin + .seconds(2))
  }

  @Test("takes a machine off the link when its task is cancelled, and that one alone")
  func cancellation() throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    var failure: ConversationFailure?
    let other = try cable.loop.run { () async throws(ConversationFailure) in
      let cancelled = cable.loop.spawn {
        do throws(ConversationFailure) {
          _ = try await conversation.run(cable.ping(isIPv6: true) { $0.count = nil })
        } catch {
          failure = error
        }
      }
      cable.loop.schedule(after: .milliseconds(2500)) { cancelled.cancel() }
      return try await conversation.run(cable.ping { $0.count = 10 })
    }
    #expect(failure == .cancelled)
    #expect(other.received == 10)
    let solicitations = cable.far.heard.filter { heard in
      if case .ndp = heard.frame.payload { true } else { false }
    }
    #expect(solicitations.count == 3)
  }

  @Test("carries out what a machine answers to being stopped, and nothing after its end")
  func stop() throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let ping = conversation.begin(cable.ping { $0.count = nil })
    cable.loop.schedule(after: .milliseconds(4500)) {
      ping.perform { machine, now in machine.stop(at: now) }
    }
    let statistics = try cable.loop.run { () async throws(ConversationFailure) in
      try await ping.outcome()
    }
    #expect(statistics.sent == 5 && statistics.received == 5)
    #expect(cable.loop.now == .origin + .milliseconds(4500))
    ping.perform { machine, now in machine.stop(at: now) }
    cable.loop.run { try? await cable.loop.sleep(for: .seconds(5)) }
    #expect(cable.far.heard.count == 5)
  }

  @Test("lets an announcement that has ended be made again, until its link fails")
  func again() throws {
    let cable = try Cable(latency: .zero)
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    let plan = AnnouncementPlan(
      addresses: [.v4(Cable.address)], forms: .gratuitousRequest, schedule: .once)
    let announcement = conversation.begin(AddressAnnouncement(plan, identity: cable.identity))
    let again = {
      announcement.perform { $0.announceAgain(.v4(Cable.address), at: $1) }
      cable.loop.run { try? await cable.loop.sleep(for: .milliseconds(1)) }
    }
    cable.loop.run { _ = try? await announcement.outcome() }
    again()
    #expect(cable.far.heard.count == 2)
    cable.near.close()
    again()
    again()
    #expect(cable.far.heard.count == 2)
  }

  @Test("tells reports before the outcome, and in order")
  func reports() throws {
    let cable = try Cable()
    cable.far.answersAsOwner()
    let conversation = try Conversation(link: cable.near, loop: cable.loop)
    var told: [String] = []
    _ = try cable.loop.run { () async throws(ConversationFailure) in
      try await conversation.run(cable.ping { $0.count = 2 }) { report in
        switch report {
        case .requestSent(let number): told.append("sent \(number)")
        case .reply(let reply): told.append("reply \(reply.sequence)")
        default: told.append("\(report)")
        }
      }
    }
    #expect(told == ["sent 0", "reply 0", "sent 1", "reply 1"])
  }
}
