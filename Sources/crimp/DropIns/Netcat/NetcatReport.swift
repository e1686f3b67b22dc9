import LinkLayer
import Sockets

/// What `nc -v` tells of the ports that it tried.
struct NetcatReport {
  private let session: NetcatSession
  private var options: NetcatOptions { session.options }

  init(_ session: NetcatSession) {
    self.session = session
  }

  /// Somebody serves the port.
  func succeeded(_ address: InternetAddress) {
    tell("\(connection(address)) succeeded!")
  }

  /// Nothing came back from a UDP port, which proves nothing.
  func silent(_ address: InternetAddress) {
    tell("\(connection(address)): no answer, open or filtered")
  }

  /// The port could not be reached: `how` is `failed` or `timed out`.
  func failed(_ address: InternetAddress, _ how: String, _ reason: String) {
    guard options.isVerbose else { return }
    let place = "\(host(address, isHidden: options.isNumeric)) port \(address.port)"
    session.messages.warn("connect to \(place) (\(options.protocolName)) \(how): \(reason)")
  }

  private func tell(_ text: String) {
    guard options.isVerbose else { return }
    session.messages.tell(text)
  }

  private func connection(_ address: InternetAddress) -> String {
    let service =
      options.isNumeric ? nil : NetcatNames.service(at: address.port, options.protocolName)
    let isHidden = options.isNumeric || options.proxy != nil
    return "Connection to \(host(address, isHidden: isHidden)) \(address.port) port "
      + "[\(options.protocolName)/\(service ?? "*")]"
  }

  /// The host as it was written, and its address where that says more.
  private func host(_ address: InternetAddress, isHidden: Bool) -> String {
    let name = options.host ?? ""
    return isHidden || name == address.host ? name : "\(name) (\(address.host))"
  }
}
