// One power status of each of many controllers: wall time, processor time, memory, results.
//
// usage: fleet-status FIRST-ADDRESS PORT COUNT SUITE [WINDOW [LATENCY-INDEPENDENT-DEADLINE-SECONDS]]
// The controllers have consecutive IPv4 addresses; user admin, password in CRIMP_BMC_PASSWORD or
// simulated-secret.
import Drivers
import EventLoop
import Glibc
import IPMI
import LinkLayer
import Machines
import MonotonicTime
import OpenSSL
import Sockets

struct Usage: Error {}

func run(_ arguments: [String]) throws {
  guard arguments.count >= 5, case .v4(let first)? = IPAddress(arguments[1]),
    let port = UInt16(arguments[2]), let count = Int(arguments[3]),
    let suite = UInt8(arguments[4]).flatMap({ CipherSuite(id: $0) })
  else { throw Usage() }
  let password =
    getenv("CRIMP_BMC_PASSWORD").map { String(cString: $0) } ?? "simulated-secret"
  guard let user = UserName("admin") else { throw Usage() }
  let credentials = BMCCredentials(userName: user, password: try Secret(password, atMost: 20))
  var options = SessionOptions()
  options.suites = [suite]
  let loop = try EventLoop()
  let begin = loop.readClock()
  let sockets = BMCSockets(on: loop, cryptography: try OpenSSLCryptography())
  let hosts = (0..<count).map { index in
    let address = IPv4Address(rawValue: first.rawValue + UInt32(index))
    return BMCHost(
      name: "\(index)", address: InternetAddress(.v4(address), port: port),
      credentials: credentials, options: options)
  }
  var answered = 0
  var failures: [BMCFailure: Int] = [:]
  let fleet = BMCFleet(
    on: sockets, window: arguments.count > 5 ? Int(arguments[5]) : nil)
  try loop.run {
    try await fleet.run(hosts) { _, client async throws(BMCFailure) in
      _ = try await client.request(GetChassisStatus())
    } onResult: { _, result in
      switch result {
      case .success: answered += 1
      case .failure(let failure): failures[failure, default: 0] += 1
      }
    }
  }
  let wall = loop.readClock() - begin
  sockets.close()
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  let userMicroseconds = usage.ru_utime.tv_sec * 1_000_000 + Int(usage.ru_utime.tv_usec)
  let systemMicroseconds = usage.ru_stime.tv_sec * 1_000_000 + Int(usage.ru_stime.tv_usec)
  print(
    "\(count) hosts, suite \(suite), window \(fleet.window): \(wall.wholeNanoseconds / 1000) us wall,",
    "\(userMicroseconds) us user, \(systemMicroseconds) us system, \(usage.ru_maxrss) KiB,",
    "\(sockets.sentCount) sent, \(sockets.receivedCount) received, \(answered) answered", failures)
}

do {
  try run(CommandLine.arguments)
} catch {
  print("fleet-status: \(error)")
  exit(1)
}
