import LinkLayer

/// A file of hardware addresses and the names of their hosts: ethers(5).
struct Ethers: Equatable, Sendable {
  /// A line: a station, and the name or IP address of its host.
  struct Entry: Equatable, Sendable {
    var station: MACAddress
    var host: String
  }

  /// Where the system keeps its own.
  static let systemPath = "/etc/ethers"

  /// The entries in the file's order.
  var entries: [Entry] = []

  /// Reads the file at `path`; a system without its own has no entries.
  init(path: String) throws(CommandFailure) {
    do throws(CommandFailure) {
      self.init(text: String(decoding: try WholeFile.bytes(at: path), as: UTF8.self))
    } catch {
      guard path == Self.systemPath else { throw error }
      self.init(text: "")
    }
  }

  /// Reads what a file says. Lines that are no entry are passed over, as the C library does.
  init(text: String) {
    for line in text.split(whereSeparator: \.isNewline) {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard words.count >= 2, let station = MACAddress(String(words[0])) else { continue }
      entries.append(Entry(station: station, host: String(words[1])))
    }
  }

  /// The first entry for the host of this name, whatever its case, or of this address.
  func entry(for host: String) -> Entry? {
    let name = host.lowercased()
    return entries.first { $0.host.lowercased() == name }
  }

  /// The first address that the file has for `station`.
  func address(of station: MACAddress) -> IPAddress? {
    entries.lazy.filter { $0.station == station }.compactMap { IPAddress($0.host) }.first
  }
}
