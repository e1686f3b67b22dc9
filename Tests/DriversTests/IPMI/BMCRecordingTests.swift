import CaptureFile
import Drivers
import LinkLayer
import Support
import Testing

/// Recordings of conversations with controllers, as captures hold them.
@Suite("Recordings of conversations with controllers") struct BMCRecordingTests {
  @Test(
    "are refused with the frame's number when any byte of a datagram was changed",
    arguments: ["crimp-power-2.0", "crimp-power-1.5", "crimp-console"])
  func changed(name: String) throws {
    let bytes = try Fixture.file("captures/machines/\(name).pcapng")
    let recording = try BMCRecording(reading: bytes.rawBytes)
    var frames: [[UInt8]] = []
    var capture = CaptureFileView(bytes.rawBytes)
    while let frame = try capture.next() { frames.append(CapturedFrame(frame).bytes) }
    #expect(recording.entries.count == frames.count && frames.count > 8)
    var from = 0
    for (index, frame) in frames.enumerated() {
      let place = try #require(
        (from...(bytes.count - frame.count)).first {
          bytes[$0..<$0 + frame.count].elementsEqual(frame)
        })
      from = place + frame.count
      // Behind the header of IPv4, the ports, and UDP's length and checksum.
      for offset in 28..<frame.count {
        var changed = bytes
        changed[place + offset] ^= 0x10
        #expect(throws: BMCRecording.Fault.changedFrame(index + 1), "byte \(offset)") {
          _ = try BMCRecording(reading: changed.rawBytes)
        }
      }
    }
  }
}
