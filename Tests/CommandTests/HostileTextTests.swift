import CaptureFile
import Drivers
import LinkLayer
import Links
import Machines
import MonotonicTime
import Support
import Testing

@testable import crimp

/// The files and lists that the commands read beside packets: whatever stands in them, they are read or
/// refused. (Formats and protocols have fuzz targets; these readers live in the program itself.)
@Suite("Hostile text") struct HostileTextTests {
  struct Reader: CustomTestStringConvertible, Sendable {
    var testDescription: String
    /// Texts as they should be.
    var samples: [String]
    var read: @Sendable ([UInt8]) throws -> Void

    init(
      _ name: String, _ samples: String..., read: @escaping @Sendable ([UInt8]) throws -> Void
    ) {
      (testDescription, self.samples, self.read) = (name, samples, read)
    }
  }

  static let readers: [Reader] = [
    Reader("lists of hosts", "n[1-9,12]x[08-11]", "[2001:db8::1]:623,a b", "192.0.2.[1-9]:9001") {
      _ = try HostRange.hosts(in: string($0))
      _ = try HostSweep.hosts(in: string($0))
    },
    Reader("sweeps", "192.0.2.0/28,198.51.100.[1-3]") { _ = try HostSweep.hosts(in: string($0)) },
    Reader("bmc.conf", "[*]\nuser = a\n[n[1-3],b]\npassword-file = /x # y\n") {
      let file = try HostConfiguration(parsing: string($0), keys: ["user", "password-file"])
      _ = file.hosts
    },
    Reader("ethers", "00:11:22:33:44:55 node1\n0:1:2:3:4:5 192.0.2.1 # one\n") {
      _ = Ethers(text: string($0)).entry(for: "node1")
    },
    Reader("files of addresses", "192.0.2.1, 2001:db8::1\n# none\nfe80::1%eth0\n") {
      _ = try AddressFile.values(in: $0, of: "list") as [Scoped<IPAddress>]
      _ = try AddressFile.values(in: $0, of: "list") as [Scoped<PingTarget>]
    },
    Reader("services", "ssh 22/tcp # shell\ndomain 53/udp dns\n") {
      _ = ServiceNames(parsing: string($0)).port(named: "dns", preferring: .tcp)
    },
    Reader("lists of ports", "22,80-90,u:53,https/tcp,161/udp") {
      _ = try PortList.ports(in: [string($0)], .tcp, ServiceNames(parsing: "https 443/tcp"))
    },
    Reader("hexadecimal frames", "0000  ff ff 00 11  ..\n0010  22\n\nff00 # two\n") {
      _ = try HexFrames.frames(of: string($0))
    },
    Reader("relay's configuration", "8080 \"web example:80\" # one\n--policy least-bytes\n") {
      _ = try RelayConfigurationFile.words(of: $0)
    },
    Reader("ipmitool's scripts", "power status \"a b\" 'c' # d\n") {
      _ = IpmitoolScript.words(string($0)[...])
    },
    Reader("states of a watch", "192.0.2.1 00:11:22:33:44:55 1700000000 1700000009 heard node\n") {
      let clock = WatchClock(CaptureTimestamp(seconds: 1_700_000_000, nanoseconds: 0), at: .origin)
      let heading = Array("crimp watch 1\n".utf8)
      for record in try WatchJournal.records(in: heading + $0, of: "state", clock) {
        _ = clock.time(of: record.lastSeen)
      }
    },
    Reader(
      "surroundings",
      #"crimp surroundings: {"gateways":[{"address":"192.0.2.1","mac":"00:11:22:33:44:55"}],"neighbors":[],"#
        + #""own_macs":["00:11:22:33:44:55"],"forwards_ipv6":false}"#
    ) {
      _ = Surroundings(comments: [string($0)])
      _ = RecordedSeed(in: ["crimp seed \(string($0))", string($0)])
    },
  ]

  @Test("is read, or refused in one line", arguments: readers)
  func text(_ reader: Reader) throws {
    var random = SeededGenerator(seed: 11)
    for sample in reader.samples {
      try reader.read(Array(sample.utf8))
      for _ in 0..<400 {
        let text = Self.changed(Array(sample.utf8), using: &random)
        do {
          try reader.read(text)
        } catch let failure as CommandFailure {
          #expect(!failure.message.isEmpty && !failure.message.contains { $0.isNewline })
        } catch {
          #expect(!"\(error)".isEmpty)
        }
      }
    }
  }

  /// Files that `--replay` is given.
  @Test("in recordings is no recording, or one that says less")
  func recordings() throws {
    var random = SeededGenerator(seed: 12)
    let link = try Fixture.file("Fixtures/sessions/recorded-ping-arp.pcapng")
    let controller = try Fixture.file("captures/machines/crimp-power-2.0.pcapng")
    let frames = try Recording(reading: link.rawBytes).frames.count
    let datagrams = try BMCRecording(reading: controller.rawBytes).entries.count
    #expect(frames > 0 && datagrams > 0)
    for _ in 0..<400 {
      let changedLink = Self.changed(link, using: &random)
      let changedController = Self.changed(controller, using: &random)
      do throws(LinkError) {
        // A part may come twice.
        let recording = try Recording(reading: changedLink.rawBytes)
        #expect(recording.frames.count <= 2 * frames)
      } catch {
        #expect(CommandFailure(error).status == .noInput)
      }
      do throws(BMCRecording.Fault) {
        let recording = try BMCRecording(reading: changedController.rawBytes)
        #expect(recording.entries.count <= 2 * datagrams)
      } catch {
        #expect(!"\(error)".isEmpty)
      }
    }
  }

  private static func string(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  /// Bytes after some of what goes wrong with files: bits, parts that are missing or come twice, numbers
  /// that are too large, characters of other scripts, and the file's end.
  private static func changed(
    _ bytes: [UInt8], using random: inout SeededGenerator
  ) -> [UInt8] {
    var bytes = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0...bytes.count, using: &random)
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      case 1: bytes.removeSubrange(place..<min(bytes.count, place + 7))
      case 2: bytes.insert(contentsOf: bytes.prefix(place).suffix(9), at: place)
      case 3: bytes.insert(contentsOf: Array("18446744073709551616".utf8), at: place)
      case 4:
        bytes.insert(
          contentsOf: [[0xff, 0xfe], [0], Array("é:[]-,\u{1F980}".utf8)][place % 3], at: place)
      default: bytes.removeSubrange(place...)
      }
    }
    return bytes
  }
}
