import Drivers
import IPMI
import Machines

/// Where sensor data records come from.
enum SensorRecordSource: Sendable {
  /// From the controller, each time.
  case controller
  /// From a file of this user's, as long as the controller says that nothing has changed.
  case cache(SensorRecordCache)
  /// From a file that somebody made.
  case file([StoredRecord])
}

extension BMCTransport {
  /// The controller's sensor data records, from wherever they are to come.
  func sensorRecords() async throws(OperationFailure) -> [StoredRecord] {
    let addressed = self as? AddressedTransport
    switch addressed?.recordSource ?? .controller {
    case .file(let records): return records
    case .controller: return try await readSensorRecords(from: try await repository())
    case .cache(let cache):
      let repository = try await repository()
      // Only now there is a session, and with it the controller's GUID.
      guard case .repository(let state) = repository, let identity = addressed?.controllerIdentity
      else { return try await readSensorRecords(from: repository) }
      if let records = cache.records(of: identity, state) { return records }
      let records = try await readSensorRecords(from: repository)
      cache.keep(records, of: identity, state)
      return records
    }
  }

  /// Where the records are: what the repository says of itself, or that there is none.
  private func repository() async throws(OperationFailure) -> Repository {
    let complaint = Complaint(
      silence: "Error obtaining SDR info\nUnable to open SDR for reading",
      beforeCode: "Error obtaining SDR info: ", afterCode: "\nUnable to open SDR for reading")
    do throws(BMCFailure) {
      let state = try await request(GetSDRRepositoryInfo())
      if state.records == 0, try await hasDeviceRecordsOnly() { return .device }
      return .repository(state)
    } catch {
      guard case .completion(let code, _, _) = error, Self.meansNoRepository.contains(code) else {
        throw OperationFailure(error, complaint)
      }
      do throws(BMCFailure) {
        if try await hasDeviceRecordsOnly() { return .device }
      } catch {
        throw OperationFailure(error, complaint)
      }
      throw OperationFailure(error, complaint)
    }
  }

  private static var meansNoRepository: Set<CompletionCode> {
    [.invalidCommand, .invalidForLUN, .notPresent, .notSupportedInState, .subfunctionUnavailable]
  }

  /// Whether the controller has records of its own sensors, and no repository. IPMI 2.0, table 20-2.
  private func hasDeviceRecordsOnly() async throws(BMCFailure) -> Bool {
    let device = try await request(GetDeviceID())
    return device.providesDeviceSDRs && device.support.contains(.sensors)
      && !device.support.contains(.sdrRepository)
  }

  private func readSensorRecords(
    from repository: Repository
  ) async throws(OperationFailure) -> [StoredRecord] {
    let isBridged = (self as? AddressedTransport)?.route.bridge != nil
    var reader: SensorRecordReader
    switch repository {
    case .repository(let state):
      guard state.records > 0 else { return [] }
      reader = SensorRecordReader(over: self, at: .repository, isBridged: isBridged)
    case .device: reader = SensorRecordReader(over: self, at: .device, isBridged: isBridged)
    }
    do throws(SensorRecordReader.Failure) {
      return try await reader.records().compactMap(StoredRecord.init)
    } catch {
      throw OperationFailure(error.failure, Self.complaint(of: error.step))
    }
  }

  private static func complaint(of step: SensorRecordReader.Step) -> Complaint {
    switch step {
    case .reservation: Complaint("Unable to renew SDR reservation")
    case .record(let number):
      Complaint("Get SDR \(number.hexadecimal(digits: 4)) command failed")
    }
  }
}

/// Where a controller keeps its records, and how they are.
private enum Repository {
  case repository(GetSDRRepositoryInfo.Response)
  case device
}
