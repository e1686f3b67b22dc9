import EventLoop
import Glibc
import LinkLayer
import SocketSupport
import Testing

@testable import Sockets

@Suite struct `Owners of sockets` {
  /// Lines of Linux 6.18: the format of proc(5).
  private let table = """
      sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
       0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
       1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0 100 0 0 10 0
       2: 0100007F:1F90 0100007F:A2C4 01 00000000:00000000 00:00000000 00000000     0        0 99 1 0 20 4 30 10 -1
       3: nonsense
    """

  @Test func `the table of TCP is read`() throws {
    let sockets = WaitingSocket.all(inTable: table)
    #expect(
      sockets == [
        WaitingSocket(address: try #require(InternetAddress("127.0.0.1:8080")), inode: 4711),
        WaitingSocket(address: try #require(InternetAddress("0.0.0.0:22")), inode: 12),
      ])
    let six = """
      0: B80D0120000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 0:0 0:0 0 0 0 5 1
      """
    #expect(
      WaitingSocket.all(inTable: six).map(\.address) == [InternetAddress("[2001:db8::1]:80")])
  }

  @Test func `the table of UNIX sockets is read`() {
    let unix = """
      Num       RefCount Protocol Flags    Type St Inode Path
      0000000000000000: 00000002 00000000 00010000 0001 01 99 /run/a
      0000000000000000: 00000002 00000000 00010000 0001 01 98 @b c
      0000000000000000: 00000003 00000000 00000000 0001 03 97
      """
    #expect(WaitingSocket.inodes(ofPath: "/run/a", inUnixTable: unix) == [99])
    #expect(WaitingSocket.inodes(ofPath: "@b c", inUnixTable: unix) == [98])
    #expect(WaitingSocket.inodes(ofPath: "@b", inUnixTable: unix) == [])
  }

  @Test func `addresses conflict when they are the same, or one of them is all`() throws {
    let cases = [
      ("127.0.0.1:80", "127.0.0.1:80", true), ("127.0.0.1:80", "127.0.0.1:81", false),
      ("0.0.0.0:80", "127.0.0.1:80", true), ("127.0.0.1:80", "0.0.0.0:80", true),
      ("127.0.0.1:80", "127.0.0.2:80", false), ("[::]:80", "127.0.0.1:80", true),
      ("127.0.0.1:80", "[::]:80", false),
    ]
    for (own, other, conflicts) in cases {
      let socket = WaitingSocket(address: try #require(InternetAddress(own)), inode: 1)
      #expect(
        socket.conflicts(with: try #require(InternetAddress(other))) == conflicts, "\(own) \(other)"
      )
    }
  }

  @Test func `this process owns what it listens at`() throws {
    for address in [loopback(.v4), .unix(path: "@crimp-test-\(getpid())-owner")] {
      let listener = try StreamListener(at: address)
      let owners = SocketOwner.waiting(at: listener.address)
      #expect(owners.map(\.process) == [getpid()])
      #expect(owners.allSatisfy { !$0.name.isEmpty })
      // Of TCP, not of UDP.
      if case .internet = address {
        #expect(SocketOwner.waiting(at: listener.address, usesDatagrams: true) == [])
      }
      let there = listener.address
      listener.close()
      #expect(SocketOwner.waiting(at: there) == [])
    }
  }
}
