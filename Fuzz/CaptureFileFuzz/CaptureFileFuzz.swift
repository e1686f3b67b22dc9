import CaptureFile

/// Reads the bytes as a capture in both ways, and writes again what was read.
///
/// Nothing may trap; both readers must agree; and what the pcapng writer makes of the frames must
/// read back as the same frames.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzCaptureFile(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  let bytes = unsafe Array(UnsafeBufferPointer(start: start, count: count))
  let whole = readWhole(bytes)
  let pushed = readPushed(bytes, by: 1 + count / 3)
  precondition(whole == pushed, "the readers disagree")
  checkRoundTrip(whole)
  return 0
}

private struct Reading: Equatable {
  var frames: [CapturedFrame] = []
  var interfaces: [CaptureInterface] = []
  var error: CaptureFileError?
}

private func readWhole(_ bytes: [UInt8]) -> Reading {
  var reading = Reading()
  var capture = CaptureFileView(unsafe bytes.span.bytes)
  do throws(CaptureFileError) {
    while let frame = try capture.next() { reading.frames.append(CapturedFrame(frame)) }
  } catch {
    reading.error = error
  }
  reading.interfaces = capture.interfaces
  return reading
}

private func readPushed(_ bytes: [UInt8], by size: Int) -> Reading {
  var reading = Reading()
  var reader = CaptureReader()
  var position = 0
  do throws(CaptureFileError) {
    repeat {
      let end = min(position + size, bytes.count)
      reader.append(unsafe bytes.span.bytes.extracting(position..<end))
      position = end
      if position == bytes.count { reader.finish() }
      while let frame = try reader.next() { reading.frames.append(CapturedFrame(frame)) }
    } while position < bytes.count
  } catch {
    reading.error = error
  }
  reading.interfaces = reader.interfaces
  return reading
}

/// Writes all frames and interfaces as one section and compares what that reads as. What cannot be
/// written, such as a time that 64 bits of ticks do not hold, is left out.
private func checkRoundTrip(_ reading: Reading) {
  var writer = PcapngWriter(byteOrder: .big)
  var file: [UInt8] = []
  guard (try? writer.appendSection(to: &file)) != nil else { return }
  for interface in reading.interfaces {
    guard (try? writer.appendInterface(interface, to: &file)) != nil else { return }
  }
  var written: [CapturedFrame] = []
  for frame in reading.frames where (try? writer.append(frame, to: &file)) != nil {
    var frame = frame
    let snapLength = Int(reading.interfaces[frame.interfaceIndex].snapLength)
    if snapLength > 0 { frame.bytes = Array(frame.bytes.prefix(snapLength)) }
    written.append(frame)
  }
  let again = readWhole(file)
  precondition(again.error == nil, "what was written does not read")
  precondition(again.interfaces == reading.interfaces, "an interface has changed")
  precondition(again.frames.count == written.count, "a frame is lost")
  for (before, after) in zip(written, again.frames) {
    precondition(before.bytes == after.bytes && before.comments == after.comments)
    precondition(before.originalLength == after.originalLength && before.flags == after.flags)
  }
}
