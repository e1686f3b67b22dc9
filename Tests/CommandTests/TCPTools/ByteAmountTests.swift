import Testing

@testable import crimp

@Suite struct `Amounts of bytes` {
  @Test(
    arguments: [
      (0, "0 B"), (1023, "1023 B"), (1024, "1.00 KiB"), (1535, "1.49 KiB"), (10_240, "10.0 KiB"),
      (102_399, "99.9 KiB"), (102_400, "100 KiB"), (1_048_575, "1023 KiB"), (3_000_000, "2.86 MiB"),
      (1 << 30, "1.00 GiB"), (1 << 40, "1.00 TiB"), (1 << 60, "1.00 EiB"), (.max, "15.9 EiB"),
    ] as [(UInt64, String)])
  func `are written in binary units, never as more than there is`(_ count: UInt64, _ text: String) {
    #expect(ByteAmount(count).description == text)
  }

  @Test func `have a rate`() {
    let throughput = Throughput(byteCount: 3 << 20, duration: .seconds(2))
    #expect(throughput.description == "3.00 MiB, 1.50 MiB/s")
    #expect(Throughput(byteCount: 7, duration: .zero).bytesPerSecond == 7)
  }
}
