import LinkLayer

/// A host that is to be woken.
struct WakeTarget: Equatable, Sendable {
  /// What the operator calls it.
  var name: String
  /// The station that wakes.
  var station: MACAddress
  /// Where it answers when it is awake, if that was said or is in the file of stations.
  var address: IPAddress?

  /// The name, and the station's address if that is not the name.
  var description: String {
    MACAddress(name) == nil ? "\(name) (\(station))" : "\(station)"
  }

  /// Reads `MAC`, `NAME`, `MAC=ADDRESS` or `NAME=ADDRESS`; names are those of `ethers`.
  init(
    _ text: String, in ethers: Ethers, at path: String
  ) throws(CommandFailure) {
    let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    name = String(parts[0])
    if parts.count == 2 {
      guard let given = IPAddress(String(parts[1])), given.namesOneHost else {
        throw CommandFailure(.usage, "\(text): expected the address of one host after \"=\"")
      }
      address = given
    }
    station = try Self.station(name, in: ethers, at: path)
    guard MagicPacket.canWake(station) else {
      throw CommandFailure(.usage, "\(name): expected the address of one station")
    }
    address = address ?? IPAddress(name) ?? ethers.address(of: station)
  }

  private static func station(
    _ name: String, in ethers: Ethers, at path: String
  ) throws(CommandFailure) -> MACAddress {
    if let station = MACAddress(name) { return station }
    if let entry = ethers.entry(for: name) { return entry.station }
    guard !looksLikeMAC(name) else {
      throw CommandFailure(
        .usage, "\(name): expected a hardware address of 6 bytes, as 00:11:22:33:44:55")
    }
    throw CommandFailure(
      .noInput, "\(name): not in \(path); expected a hardware address or a name that is")
  }

  /// A name has no colon, and not the groups of a hardware address.
  private static func looksLikeMAC(_ text: String) -> Bool {
    if text.contains(":"), IPAddress(text) == nil { return true }
    let groups = text.split(separator: "-", omittingEmptySubsequences: false)
    return groups.count >= 5
      && groups.allSatisfy { (1...2).contains($0.count) && $0.allSatisfy(\.isHexDigit) }
  }
}

extension WakeTarget {
  /// The targets of the command line and, a line each, of the file at `hostsPath`, in which `#` begins
  /// a comment and a second word is the host's address. A station that is named twice is one target.
  static func all(
    _ arguments: [String], hostsPath: String?, ethersPath: String
  ) throws(CommandFailure) -> [WakeTarget] {
    var texts: [String] = []
    for argument in arguments { texts += try expanded(argument) }
    if let hostsPath {
      let text = String(decoding: try WholeFile.bytes(at: hostsPath), as: UTF8.self)
      for line in text.split(whereSeparator: \.isNewline) {
        let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
        guard !words.isEmpty else { continue }
        guard words.count <= 2 else {
          throw CommandFailure(
            .usage, "\(hostsPath): \(line): expected a hardware address or name, and an IP address")
        }
        texts.append(words.joined(separator: "="))
      }
    }
    guard !texts.isEmpty else {
      throw CommandFailure(.usage, "no host to wake: expected a hardware address or a name")
    }
    let needsNames = texts.contains { MACAddress(String($0.prefix { $0 != "=" })) == nil }
    let ethers = needsNames ? try Ethers(path: ethersPath) : Ethers(text: "")
    return try unique(texts, in: ethers, at: ethersPath)
  }

  /// `node[1-3]` is three names.
  private static func expanded(_ text: String) throws(CommandFailure) -> [String] {
    guard text.contains("["), !text.contains("=") else { return [text] }
    do throws(HostRangeError) {
      return try HostRange.hosts(in: text).map(\.name)
    } catch {
      throw CommandFailure(.usage, error.words)
    }
  }

  private static func unique(
    _ texts: [String], in ethers: Ethers, at ethersPath: String
  ) throws(CommandFailure) -> [WakeTarget] {
    var targets: [WakeTarget] = []
    var known: Set<MACAddress> = []
    for text in texts {
      let target = try WakeTarget(text, in: ethers, at: ethersPath)
      if known.insert(target.station).inserted { targets.append(target) }
    }
    return targets
  }
}
