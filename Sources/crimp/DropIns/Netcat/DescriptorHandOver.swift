import EventLoop
import Glibc
import Sockets

/// `nc -F`: hands a connected socket over to whoever has the other end of standard output.
struct DescriptorHandOver {
  private let messages: NetcatMessages

  init(_ messages: NetcatMessages) {
    self.messages = messages
  }

  func pass(_ descriptor: Int32) throws(Exit) {
    guard isatty(1) == 0 else { throw messages.fail("Cannot pass file descriptor to tty") }
    do throws(SystemError) {
      let output = StreamSocket(
        owning: try OwnedDescriptor("fcntl") { fcntl(1, F_DUPFD_CLOEXEC, 3) }, .unix)
      defer { output.close() }
      while true {
        do throws(SystemError) {
          _ = try output.send([0], passing: [descriptor])
          return
        } catch {
          guard error.errno == EAGAIN else { throw error }
          waitForRoom()
        }
      }
    } catch {
      throw messages.fail("sendmsg", error)
    }
  }

  private func waitForRoom() {
    var output = pollfd(fd: 1, events: Int16(POLLOUT), revents: 0)
    unsafe poll(&output, 1, -1)
  }
}
