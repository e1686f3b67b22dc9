internal import IPMI
internal import Machines

extension BMCConsole {
  /// Does what the person did who sat at the console when it was recorded. What was typed stands in the
  /// packets, encrypted as the session was: who has the password has it.
  ///
  /// - Parameters:
  ///   - datagram: what is to be sent next, if the same is done as then.
  ///   - isDue: whether its time has come; else what triggered it comes next.
  public func reenact(_ datagram: [UInt8], isDue: Bool) {
    guard let (type, payload) = client.payload(ofOwn: datagram) else { return }
    if type == .serialOverLAN {
      reenactTyping(payload, isDue: isDue)
    } else if type == .ipmi, isDue, isAttached, isDeactivation(payload) {
      stop()
    }
  }

  private func reenactTyping(_ payload: [UInt8], isDue: Bool) {
    let packet: SerialOverLANPacket
    do throws(IPMIError) {
      packet = try SerialOverLANPacket(parsing: payload.messageBytes)
    } catch {
      return
    }
    // What is on its way was typed before; what waits behind it comes first.
    guard packet.sequenceNumber != 0, isDue || pendingCount > 0 else { return }
    guard packet.sequenceNumber != outstandingNumber else { return }
    setLines(packet.operation)
    perform(packet.operation)
    type(Array(packet.characters.dropFirst(waitingCount)))
  }

  private func isDeactivation(_ payload: [UInt8]) -> Bool {
    do throws(IPMIError) {
      let message = try IPMIMessage(parsing: payload.messageBytes, verifyingChecksums: false)
      return message.command == DeactivatePayload.identity.command
        && message.networkFunction == DeactivatePayload.identity.networkFunction
    } catch {
      return false
    }
  }
}
