internal import IPMI

extension CommandTable {
  /// Sensor data records, the event log, inventories. IPMI 2.0, sections 31, 33 and 34.
  static let storageCommands = [
    on(GetSDRRepositoryInfo.self) { bmc, _, _ in
      GetSDRRepositoryInfo.Response(
        version: 0x51, records: UInt16(clamping: bmc.sensorRecords.records.count), freeBytes: 0,
        lastAddition: UInt32(clamping: bmc.configuration.clockAtOrigin), lastErase: 0,
        support: .reserve)
    },
    on(ReserveSDRRepository.self) { bmc, _, _ in
      ReserveSDRRepository.Response(reservation: bmc.sensorRecords.reserve())
    },
    on(GetSDR.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.answer(request)
    },
    on(GetFRUInventoryAreaInfo.self) { bmc, request, _ throws(CompletionCode) in
      GetFRUInventoryAreaInfo.Response(byteCount: try bmc.fru.byteCount(of: request.device))
    },
    on(ReadFRUData.self) { bmc, request, _ throws(CompletionCode) in
      ReadFRUData.Response(
        inventoryData: try bmc.fru.read(
          request.device, at: request.offset, count: request.count))
    },
    on(WriteFRUData.self) { bmc, request, _ throws(CompletionCode) in
      WriteFRUData.Response(
        count: try bmc.fru.write(request.device, at: request.offset, request.inventoryData))
    },
  ]

  /// The event log. IPMI 2.0, section 31.
  static let eventLogCommands = [
    on(GetSELInfo.self) { bmc, _, _ in
      var support: SELSupport = [.reserve, .delete, .allocationInfo]
      if bmc.eventLog.hasOverflowed { support.insert(.overflow) }
      return GetSELInfo.Response(
        version: 0x51, entries: UInt16(clamping: bmc.eventLog.records.count),
        freeBytes: bmc.eventLog.freeBytes, lastAddition: bmc.eventLog.lastAddition,
        lastErase: bmc.eventLog.lastErasure, support: support)
    },
    on(GetSELAllocationInfo.self) { bmc, _, _ in
      let (size, capacity) = (SystemEventLog.recordLength, bmc.eventLog.capacity)
      let free = UInt16(clamping: capacity - bmc.eventLog.records.count)
      return GetSELAllocationInfo.Response(
        units: UInt16(clamping: capacity), unitBytes: UInt16(size), freeUnits: free,
        largestFree: free, largestRecord: 1)
    },
    on(ReserveSEL.self) { bmc, _, _ in
      ReserveSEL.Response(reservation: bmc.eventLog.reserve())
    },
    on(GetSELEntry.self) { bmc, request, _ throws(CompletionCode) in
      try bmc.eventLog.check(reservation: request.reservation, isNeeded: request.offset > 0)
      let (record, next) = try bmc.eventLog.record(request.recordID)
      guard Int(request.offset) < record.count else { throw .parameterOutOfRange }
      let piece = record.dropFirst(Int(request.offset)).prefix(Int(request.count))
      return GetSELEntry.Response(nextRecordID: next, recordData: Array(piece))
    },
    on(AddSELEntry.self) { bmc, request, context throws(CompletionCode) in
      AddSELEntry.Response(
        recordID: try bmc.eventLog.append(
          request.recordData, time: bmc.clock(at: context.now)))
    },
    on(DeleteSELEntry.self) { bmc, request, context throws(CompletionCode) in
      try bmc.eventLog.check(reservation: request.reservation, isNeeded: false)
      return DeleteSELEntry.Response(
        recordID: try bmc.eventLog.delete(
          request.recordID, time: bmc.clock(at: context.now)))
    },
    on(ClearSEL.self) { bmc, request, context throws(CompletionCode) in
      try bmc.eventLog.check(reservation: request.reservation, isNeeded: true)
      if request.erases { bmc.clearEventLog(at: context.now) }
      return ClearSEL.Response(isErased: true)
    },
    on(GetSELTime.self) { bmc, _, context in
      GetSELTime.Response(time: bmc.clock(at: context.now))
    },
    on(SetSELTime.self) { bmc, request, context in
      bmc.clockOffset += Int64(request.time) - Int64(bmc.clock(at: context.now))
      return EmptyResponse()
    },
  ]
}

extension SimulatedBMC {
  /// How many bytes of a record a controller that can give few gives at once.
  private static let smallPiece: UInt8 = 16
  /// Which piece of a record finds its reservation lost.
  private static let unluckyPiece = 7

  fileprivate mutating func answer(
    _ request: GetSDR
  ) throws(CompletionCode) -> GetSDR.Response {
    if misbehaves(.smallRecordReads), request.count > Self.smallPiece { throw .cannotReturnBytes }
    if misbehaves(.lostReservations), request.offset > 0 {
      sensorRecords.piecesRead += 1
      if sensorRecords.piecesRead.isMultiple(of: Self.unluckyPiece) { _ = sensorRecords.reserve() }
    }
    let isCut = misbehaves(.cutRecordReads) && request.count == 0xff
    let (bytes, next) = try sensorRecords.read(
      request.recordID, at: request.offset, count: isCut ? Self.smallPiece : request.count,
      reservation: request.reservation)
    return GetSDR.Response(nextRecordID: next, recordData: bytes)
  }
}
