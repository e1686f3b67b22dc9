import Glibc
import Support
import Testing

/// Memory of this process that is no file's.
func residentBytes() throws -> Int {
  let status = String(decoding: try readFile("/proc/self/status"), as: UTF8.self)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") })
  return 1024 * (try #require(Int(line.filter(\.isNumber))))
}

/// Sockets and pipes that are open. Timers and epoll sets come and go with the language's own threads.
func openDescriptors() -> Int {
  var count = 0
  var target = [CChar](repeating: 0, count: 16)
  guard let directory = opendir("/proc/self/fd") else { return -1 }
  while let entry = readdir(directory) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    let length = readlink("/proc/self/fd/\(name)", &target, target.count)
    let kind = target.prefix(max(0, length)).map(UInt8.init(bitPattern:)).prefix { $0 != 0x3a }
    let text = String(decoding: kind, as: UTF8.self)
    if text == "socket" || text == "pipe" { count += 1 }
  }
  closedir(directory)
  return count
}
