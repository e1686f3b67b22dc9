/// The files that `ipmitool`'s options name, and what is to be said of those that cannot be read.
///
/// The original opens them when it has reached the controller: who is not let in hears nothing of them.
final class IpmitoolFiles {
  /// The records of `-S`, as far as the file has them; the controller's own when it has none.
  private(set) var records = SensorRecordSource.controller
  /// What is to be said on standard error, whole lines.
  private var complaints = ""

  /// Reads the files of `options`.
  init(_ options: IpmitoolOptions) {
    if let path = options.sdrCachePath { readRecords(path) }
    if let path = options.eventDescriptionsPath { lookForDescriptions(path) }
  }

  /// Says once what is to be said: a controller was reached.
  func tell(_ console: Console) {
    guard !complaints.isEmpty else { return }
    console.complain(complaints)
    complaints = ""
  }

  private func readRecords(_ path: String) {
    do throws(CommandFailure) {
      let (records, fault) = SensorRecordFile.records(in: try WholeFile.bytes(at: path))
      if let fault { complaints += fault.words + "\n" }
      self.records = .file(records)
    } catch {
      complaints +=
        "\(EventFile.unreadable(path, error))\nUnable to open SDR cache \(path) for reading\n"
    }
  }

  /// What makers' events mean is not read from files here; that one cannot be read is said all the same.
  private func lookForDescriptions(_ path: String) {
    do throws(CommandFailure) {
      _ = try WholeFile.bytes(at: path)
    } catch {
      complaints += "\(EventFile.unreadable(path, error))\nCould not open \(path) file\n"
    }
  }
}
