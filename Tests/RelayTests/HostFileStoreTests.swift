import EventLoop
import Glibc
import HostFiles
import Relay
import Support
import Testing

@Suite struct `Host files on disk` {
  private func withFile(_ text: String, _ body: (String) throws -> Void) throws {
    try withTemporaryDirectory { directory in
      try writeFile("\(directory)/hosts", Array(text.utf8))
      try body("\(directory)/hosts")
    }
  }

  /// What `body` fails with.
  private func failure(of body: () throws -> Void) -> HostFileFailure? {
    #expect(throws: HostFileFailure.self, performing: body)
  }

  private func text(_ path: String) throws -> String {
    String(decoding: try readFile(path), as: UTF8.self)
  }

  @Test func `a change is a new file with the old one's permissions, and leaves no draft`() throws {
    try withFile("# mine\na 1\n") { path in
      chmod(path, 0o640)
      var before = stat()
      stat(path, &before)
      try HostFileStore(at: path).update { $0.add(41, to: "a") }
      var after = stat()
      stat(path, &after)
      #expect(try text(path) == "# mine\na 42\n")
      #expect(after.st_mode == before.st_mode && after.st_uid == before.st_uid)
      #expect(after.st_ino != before.st_ino)
      #expect(access(path + ".new", F_OK) != 0)
    }
  }

  @Test func `a link to the file stays one`() throws {
    try withFile("a 1\n") { path in
      let link = path + "-link"
      #expect(symlink("hosts", link) == 0)
      try HostFileStore(at: link).update { $0.add(1, to: "a") }
      #expect(try text(path) == "a 2\n")
      var status = stat()
      #expect(lstat(link, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK)
    }
  }

  @Test func `a draft that a killed process left is no obstacle`() throws {
    try withFile("a 1\n") { path in
      try writeFile(path + ".new", Array("half of a fi".utf8))
      try HostFileStore(at: path).update { $0.add(1, to: "a") }
      #expect(try text(path) == "a 2\n")
      #expect(access(path + ".new", F_OK) != 0)
    }
  }

  @Test func `what cannot be read or parsed is told with its path, and stays`() throws {
    try withFile("a x\n") { path in
      let malformed = failure { try HostFileStore(at: path).update { $0.add(1, to: "b") } }
      #expect(malformed?.description == "\(path): line 1, column 3: expected a number of bytes")
      let unchanged = try text(path)
      #expect(unchanged == "a x\n")
      let missing = failure { _ = try HostFileStore(at: path + "-not").read() }
      #expect(missing?.description == "\(path)-not: No such file or directory")
    }
  }

  @Test func `who holds the lock is waited for, and not for ever`() throws {
    try withFile("a 1\n") { path in
      let descriptor = open(path, O_RDONLY | O_CLOEXEC)
      defer { close(descriptor) }
      #expect(flock(descriptor, LOCK_EX) == 0)
      let held = failure {
        try HostFileStore(at: path).update(waitingAtMost: .milliseconds(50)) { $0.add(1, to: "a") }
      }
      #expect(held?.description == "\(path): another process holds its lock")
      flock(descriptor, LOCK_UN)
      try HostFileStore(at: path).update { $0.add(1, to: "a") }
      #expect(try text(path) == "a 2\n")
    }
  }

  @Test func `accounts write each interval, and what others counted stays`() throws {
    try withFile("a 1\nb 1\n") { path in
      let loop = try EventLoop(clock: .virtual)
      let store = HostFileStore(at: path)
      try loop.run {
        var failures = 0
        let accounts = HostAccounts(in: store, every: .seconds(512), on: loop) { _ in
          failures += 1
        }
        accounts.collect = { accounts.add(10, to: "a") }
        try await loop.sleep(for: .seconds(511))
        #expect(try store.read().byteCount(of: "a") == 1)
        #expect(try accounts.current().byteCount(of: "a") == 11)
        try store.update { $0.add(100, to: "a") }
        try await loop.sleep(for: .seconds(2))
        #expect(try store.read().byteCount(of: "a") == 121)
        accounts.collect = {}
        accounts.add(5, to: "b")
        accounts.end()
        #expect(try store.read().byteCount(of: "b") == 6)
        try await loop.sleep(for: .seconds(2000))
        #expect(try store.read().byteCount(of: "b") == 6)
        #expect(failures == 0)
      }
    }
  }

  @Test func `what could not be written is kept for the next time`() throws {
    try withFile("a 1\n") { path in
      let loop = try EventLoop(clock: .virtual)
      var failures: [HostFileFailure] = []
      let accounts = HostAccounts(in: HostFileStore(at: path), every: .seconds(9), on: loop) {
        failures.append($0)
      }
      accounts.add(7, to: "a")
      #expect(rename(path, path + "-away") == 0)
      accounts.write()
      #expect(failures.map(\.path) == [path])
      #expect(rename(path + "-away", path) == 0)
      accounts.end()
      #expect(try text(path) == "a 8\n")
    }
  }
}
