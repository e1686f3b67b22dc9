import EventLoop
import Glibc
import Sockets

/// Whose an address is that cannot be bound because it is in use: as much as `/proc` tells.
struct PortOwner: Hashable {
  /// What holds it: the names of programs and their process numbers.
  var processes: [Process]

  /// A process that has a socket open.
  struct Process: Hashable {
    var number: Int32
    var name: String
  }

  /// Whose the address is, as a part of a sentence.
  var words: String {
    guard !processes.isEmpty else {
      return "in use by a process of another user: `sudo ss -lptnux` tells which"
    }
    let names = processes.map { "\($0.name) (process \($0.number))" }
    return "in use by " + names.joined(separator: ", ")
  }

  /// Looks who is bound to the address.
  static func of(_ address: SocketAddress, usesDatagrams: Bool) -> PortOwner {
    let sockets = sockets(at: address, usesDatagrams: usesDatagrams)
    guard !sockets.isEmpty else { return PortOwner(processes: []) }
    var processes: [Process] = []
    for number in Directory.names(in: "/proc").compactMap({ Int32($0) }).sorted() {
      let links = Directory.names(in: "/proc/\(number)/fd").compactMap { name in
        Directory.target(of: "/proc/\(number)/fd/\(name)")
      }
      guard links.contains(where: { sockets.contains($0) }) else { continue }
      processes.append(Process(number: number, name: name(of: number)))
    }
    return PortOwner(processes: processes)
  }

  /// The links that descriptors of such sockets are: `socket:[number]`.
  private static func sockets(at address: SocketAddress, usesDatagrams: Bool) -> Set<String> {
    let tables: [String]
    switch address {
    case .internet: tables = usesDatagrams ? ["udp", "udp6"] : ["tcp", "tcp6"]
    case .unix: tables = ["unix"]
    }
    var result: Set<String> = []
    for table in tables {
      guard let bytes = try? WholeFile.bytes(at: "/proc/net/\(table)") else { continue }
      let text = String(decoding: bytes, as: UTF8.self)
      result.formUnion(SocketTable.inodes(in: text, boundTo: address).map { "socket:[\($0)]" })
    }
    return result
  }

  private static func name(of process: Int32) -> String {
    guard let bytes = try? WholeFile.bytes(at: "/proc/\(process)/comm") else { return "a program" }
    return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
  }
}

/// The kernel's tables of sockets, as text. proc(5), `/proc/net/tcp`, `udp` and `unix`.
enum SocketTable {
  /// The numbers of the sockets that are bound to the address's port, or its path, and have no peer.
  static func inodes(in text: String, boundTo address: SocketAddress) -> [String] {
    let lines = text.split(separator: "\n").dropFirst()
    return lines.compactMap { line in
      let fields = line.split(separator: " ", omittingEmptySubsequences: true)
      switch address {
      case .internet(let internet):
        guard fields.count > 9, port(fields[1]) == internet.port, port(fields[2]) == 0 else {
          return nil
        }
        return String(fields[9])
      case .unix(let path):
        guard fields.count > 7, fields[7] == path else { return nil }
        return String(fields[6])
      }
    }
  }

  /// The port behind the last colon, in hexadecimal digits.
  private static func port(_ field: Substring) -> UInt16? {
    field.lastIndex(of: ":").flatMap { UInt16(field[field.index(after: $0)...], radix: 16) }
  }
}

/// Names in a directory, and what links point at.
private enum Directory {
  /// The names; none when it may not be read.
  static func names(in path: String) -> [String] {
    guard let stream = unsafe opendir(path) else { return [] }
    defer { unsafe closedir(stream) }
    var result: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { result.append(name) }
    }
    return result
  }

  /// Where the link points; nil when it may not be read.
  static func target(of path: String) -> String? {
    var text = [CChar](repeating: 0, count: 256)
    let count = unsafe readlink(path, &text, text.count)
    guard count > 0 else { return nil }
    return String(decoding: text[..<count].lazy.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}
