internal import IPMI

extension CommandTable {
  /// The Data Center Manageability Interface: power, names, temperatures. DCMI 1.5, section 6.
  static let dcmiCommands = [
    on(GetDCMICapabilities.self) { _, request, _ throws(CompletionCode) in
      guard let data = SimulatedBMC.dcmiCapabilities[request.parameter] else {
        throw .parameterOutOfRange
      }
      return GetDCMICapabilities.Response(
        versionMajor: 1, versionMinor: 5, revision: 2, parameterData: data)
    },
    on(GetPowerReading.self) { bmc, request, context throws(CompletionCode) in
      try bmc.answer(request, context)
    },
    Entry(identity: GetPowerLimit.identity) { bmc, _, _ in
      let response = GetPowerLimit.Response(bmc.dcmi.limit)
      // A limit that is not active is told all the same, behind a code that says so.
      let code = bmc.dcmi.isLimitActive ? .completed : CompletionCode(rawValue: 0x80)
      return (code, response.data)
    },
    on(SetPowerLimit.self) { bmc, request, _ in
      bmc.dcmi.limit = request.limit
      return SetPowerLimit.Response()
    },
    on(ActivatePowerLimit.self) { bmc, request, _ in
      bmc.dcmi.isLimitActive = request.isActive
      return ActivatePowerLimit.Response()
    },
    on(GetAssetTag.self) { bmc, request, _ throws(CompletionCode) in
      let text = bmc.dcmi.assetTag
      return GetAssetTag.Response(
        totalCount: UInt8(text.count),
        text: try SimulatedBMC.part(of: text, at: request.offset, request.count))
    },
    on(SetAssetTag.self) { bmc, request, _ throws(CompletionCode) in
      try SimulatedBMC.replace(in: &bmc.dcmi.assetTag, at: request.offset, with: request.text)
      return SetAssetTag.Response(totalCount: UInt8(bmc.dcmi.assetTag.count))
    },
    on(GetManagementControllerID.self) { bmc, request, _ throws(CompletionCode) in
      let text = bmc.dcmi.controllerName
      return GetManagementControllerID.Response(
        totalCount: UInt8(text.count),
        text: try SimulatedBMC.part(of: text, at: request.offset, request.count))
    },
    on(SetManagementControllerID.self) { bmc, request, _ throws(CompletionCode) in
      try SimulatedBMC.replace(
        in: &bmc.dcmi.controllerName, at: request.offset, with: request.text)
      return SetManagementControllerID.Response(
        totalCount: UInt8(bmc.dcmi.controllerName.count))
    },
    on(GetDCMISensorInfo.self) { bmc, request, _ in
      let records = bmc.records(of: request.entity)
      // 8 of them at most in an answer, from the one that is asked for.
      let part = records.dropFirst(max(0, Int(request.start) - 1)).prefix(8)
      return GetDCMISensorInfo.Response(
        total: UInt8(clamping: records.count), records: Array(part))
    },
    on(GetTemperatureReadings.self) { bmc, request, context in
      bmc.answer(request, context)
    },
  ]
}

extension SimulatedBMC {
  /// What is possible, by parameter. DCMI 1.5, table 6-3.
  fileprivate static let dcmiCapabilities: [UInt8: [UInt8]] = [
    // Power management; the in-band channel beside the LAN.
    1: [0x00, 0x01, 0x01],
    // 512 log entries without roll-over; every kind of name; temperatures of inlet, processors and board.
    2: [0x00, 0x02, 0x07, 0x07, 0x00],
    // Power is managed by the controller itself.
    3: [0x20, 0x00],
    // The LAN channel; no second one, and no serial one.
    4: [0x01, 0xff, 0xff],
    // Statistics of 5 seconds and of a minute.
    5: [0x02, 0x05, 0x41],
  ]

  /// The sensor that says what power the machine draws.
  private static let powerSensor: UInt8 = 0x30

  fileprivate func answer(
    _ request: GetPowerReading, _ context: CommandContext
  ) throws(CompletionCode) -> GetPowerReading.Response {
    let (sensor, _) = try sensors.sensor(Self.powerSensor)
    let reading = try sensors.reading(of: Self.powerSensor, isHostOn: power.isOn, at: context.now)
    guard case .analog(let analog) = sensor.kind else { throw .notPresent }
    let factor = Int(analog.scale.multiplier)
    func watts(_ raw: Int) -> UInt16 { UInt16(clamping: factor * raw) }
    let (nominal, spread) = (Int(analog.nominal), Int(analog.spread))
    let current = watts(Int(reading.raw))
    let isOn = power.isOn
    return GetPowerReading.Response(
      current: current, minimum: isOn ? watts(nominal - spread) : current,
      maximum: isOn ? watts(nominal + spread) : current, average: isOn ? watts(nominal) : current,
      time: clock(at: context.now), periodMilliseconds: 60_000, isActive: true)
  }

  /// A part of a text of at most 16 bytes.
  fileprivate static func part(
    of text: [UInt8], at offset: UInt8, _ count: UInt8
  ) throws(CompletionCode) -> [UInt8] {
    guard Int(offset) <= text.count, count <= 16 else { throw .parameterOutOfRange }
    return Array(text.dropFirst(Int(offset)).prefix(Int(count)))
  }

  /// Overwrites a text from `offset` on: it ends where the new bytes end.
  fileprivate static func replace(
    in text: inout [UInt8], at offset: UInt8, with bytes: [UInt8]
  ) throws(CompletionCode) {
    guard Int(offset) <= text.count, Int(offset) + bytes.count <= DCMIState.textLimit else {
      throw .parameterOutOfRange
    }
    text = Array(text.prefix(Int(offset)) + bytes.prefix { $0 != 0 })
  }

  // MARK: Temperatures

  /// The sensors of a kind of part: DCMI has numbers of its own for air inlet, processors and board.
  private func temperatures(of kind: UInt8) -> [SimulatedSensor] {
    let own: UInt8? =
      switch kind {
      case 0x40, 0x37: 0x37
      case 0x41, 0x03: 0x03
      case 0x42, 0x07: 0x07
      default: nil
      }
    return sensors.sensors.filter { $0.sensorType == 0x01 && $0.entity.identifier == own }
  }

  /// The sensor data records of a kind of part's temperatures.
  fileprivate func records(of entity: EntityID) -> [UInt16] {
    let numbers = temperatures(of: entity.kind).map(\.number)
    return sensorRecords.records.compactMap { record in
      // Type 1, and the sensor's number behind its owner.
      guard record.count > 7, record[3] == 0x01, numbers.contains(record[7]) else { return nil }
      return UInt16(record[0]) | UInt16(record[1]) << 8
    }
  }

  fileprivate func answer(
    _ request: GetTemperatureReadings, _ context: CommandContext
  ) -> GetTemperatureReadings.Response {
    let all = temperatures(of: request.entity.kind)
    var temperatures: [GetTemperatureReadings.Temperature] = []
    for sensor in all.dropFirst(max(0, Int(request.start) - 1)).prefix(8) {
      do throws(CompletionCode) {
        let reading = try sensors.reading(
          of: sensor.number, isHostOn: power.isOn, at: context.now)
        guard !reading.isUnavailable else { continue }
        temperatures.append(
          GetTemperatureReadings.Temperature(
            celsius: Int(reading.raw), instance: sensor.entity.instance))
      } catch {
        continue
      }
    }
    return GetTemperatureReadings.Response(
      total: UInt8(clamping: all.count), temperatures: temperatures)
  }
}
