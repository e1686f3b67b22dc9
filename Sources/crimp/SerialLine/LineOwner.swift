import Drivers
import IPMI
import Machines

/// Who has a serial line that somebody else wants.
struct LineOwner {
  /// What is known of the owner, in words.
  let words: String

  /// Asks the controller; nil when it does not tell.
  init?(of instance: UInt8, at bmc: any BMCTransport) async {
    do throws(BMCFailure) {
      let line = PayloadInstance(
        type: PayloadInstance.serialOverLAN.type, number: instance)
      let owner = try await bmc.request(GetPayloadInstanceInfo(line)).sessionID
      guard owner != 0 else { return nil }
      let number = "session 0x" + owner.hexadecimal(digits: 8)
      words = await Self.console(of: owner, at: bmc).map { "\(number), \($0)" } ?? number
    } catch {
      return nil
    }
  }

  private static func console(of session: UInt32, at bmc: any BMCTransport) async -> String? {
    do throws(BMCFailure) {
      let information = try await bmc.request(GetSessionInfo(.sessionID(session)))
      guard let found = information.session, let console = found.lanConsole else { return nil }
      let address = console.address.map { String($0) }.joined(separator: ".")
      return "user \(found.userID) from \(address)"
    } catch {
      return nil
    }
  }
}
