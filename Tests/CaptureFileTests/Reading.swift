import CaptureFile

/// All that a capture says, and the error that it ended with.
struct ReadCapture: Equatable {
  var format: CaptureFormat?
  var frames: [CapturedFrame] = []
  var interfaces: [CaptureInterface] = []
  var sections: [SectionInformation] = []
  var statistics: [InterfaceStatistics?] = []
  var error: CaptureFileError?
}

/// Reads bytes that are there as a whole.
func readWhole(_ bytes: [UInt8]) throws -> ReadCapture {
  var read = ReadCapture()
  var capture = CaptureFileView(bytes.span.bytes)
  do throws(CaptureFileError) {
    while let frame = try capture.next() { read.frames.append(CapturedFrame(frame)) }
  } catch {
    read.error = error
  }
  read.format = capture.format
  read.interfaces = capture.interfaces
  read.sections = capture.sections
  for index in read.interfaces.indices {
    read.statistics.append(capture.statistics(ofInterface: index))
  }
  return read
}

/// Reads bytes that come in pieces of `size`.
func readPushed(_ bytes: [UInt8], by size: Int) throws -> ReadCapture {
  var read = ReadCapture()
  var reader = CaptureReader()
  var position = 0
  do throws(CaptureFileError) {
    while position < bytes.count {
      let end = min(position + size, bytes.count)
      reader.append(bytes.span.bytes.extracting(position..<end))
      position = end
      while let frame = try reader.next() { read.frames.append(CapturedFrame(frame)) }
    }
    reader.finish()
    while let frame = try reader.next() { read.frames.append(CapturedFrame(frame)) }
  } catch {
    read.error = error
  }
  read.format = reader.format
  read.interfaces = reader.interfaces
  read.sections = reader.sections
  for index in read.interfaces.indices {
    read.statistics.append(reader.statistics(ofInterface: index))
  }
  return read
}
