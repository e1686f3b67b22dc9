import Glibc

/// Makes an empty directory, lends its path, and removes it with the files in it afterwards.
///
/// - Parameter body: gets the directory's path, without a slash at its end. It may write files
///   there, but no directories.
public func withTemporaryDirectory<Result>(
  _ body: (_ path: String) throws -> Result
) throws -> Result {
  var template = Array("/tmp/crimp-test-XXXXXX".utf8CString)
  guard mkdtemp(&template) != nil else {
    throw ToolError.system(operation: "mkdtemp", errno: errno)
  }
  let path = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  defer { removeDirectory(path) }
  return try body(path)
}

/// Reads a whole file.
public func readFile(_ path: String) throws(ToolError) -> [UInt8] {
  let descriptor = open(path, O_RDONLY | O_CLOEXEC)
  guard descriptor >= 0 else { throw .system(operation: "open", errno: errno) }
  defer { close(descriptor) }
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 65536)
  while true {
    let count = read(descriptor, &chunk, chunk.count)
    guard count >= 0 else { throw .system(operation: "read", errno: errno) }
    guard count > 0 else { return bytes }
    bytes += chunk[..<count]
  }
}

/// Writes a whole file, in place of one that is there.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws(ToolError) {
  let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
  guard descriptor >= 0 else { throw .system(operation: "open", errno: errno) }
  defer { close(descriptor) }
  guard write(descriptor, bytes, bytes.count) == bytes.count else {
    throw .system(operation: "write", errno: errno)
  }
}

private func removeDirectory(_ path: String) {
  if let directory = opendir(path) {
    while let entry = readdir(directory) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      unlink("\(path)/\(name)")
    }
    closedir(directory)
  }
  rmdir(path)
}
