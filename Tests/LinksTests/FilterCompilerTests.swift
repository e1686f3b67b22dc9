import CaptureFile
import LinkLayer
import Support
import Testing

@testable import Links

@Suite("The filter compiler (needs libpcap0.8)")
struct FilterCompilerTests {
  @Test("compiles libpcap's language into a program that does what it says")
  func compiles() throws {
    let filter = try FilterCompiler.compile("arp or icmp6")
    #expect(filter.accepts(SocketFilterTests.arp))
    #expect(filter.accepts(SocketFilterTests.icmpv6(135)))
    #expect(!filter.accepts(SocketFilterTests.ipv4))
  }

  @Test("compiles VLANs for files, where the tag stands in the bytes")
  func fileVLAN() throws {
    let filter = try FilterCompiler.compile("vlan 5 and arp")
    let tagged = frame(tags: [tag(5)], type: 0x0806, payload: arpPayload())
    #expect(filter.accepts(tagged, untagging: false))
    #expect(!filter.accepts(SocketFilterTests.arp, untagging: false))
  }

  @Test("passes on the compiler's words for what it does not understand")
  func refuses() {
    #expect {
      try FilterCompiler.compile("arp and and")
    } throws: { error in
      guard case .badFilter("arp and and", let message) = error as? LinkError else { return false }
      return message.contains("syntax error")
    }
  }

  @Test("names the Debian package of a library that is missing, and an unsuitable one")
  func missing() {
    #expect(
      throws: LinkError.libraryMissing(library: "libabsent.so.9", package: "libpcap0.8")
    ) {
      try Libpcap("libabsent.so.9")
    }
    #expect(throws: LinkError.libraryMissing(library: "libabsent.so.9", package: "libnet1")) {
      try Libnet("libabsent.so.9")
    }
    #expect(
      throws: LinkError.libraryUnsuitable(library: "libc.so.6", symbol: "pcap_create")
    ) {
      try Libpcap("libc.so.6")
    }
  }
}
