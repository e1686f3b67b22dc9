/// The format of a capture, as its first bytes tell it.
public enum CaptureFormat: Hashable, Sendable {
  /// pcap, <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html>.
  case pcap(byteOrder: ByteOrder, resolution: TimestampResolution)
  /// pcapng, <https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng-02.html>. The byte order is
  /// that of the section which was read last; sections of one file may differ.
  case pcapng(byteOrder: ByteOrder)
}
