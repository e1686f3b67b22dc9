import Sockets

/// The proxy that `-x` names: a host, or an IPv6 address in brackets, and perhaps a port.
struct NetcatProxy {
  var host: String
  /// A number or a service's name.
  var port: String

  init(
    _ text: String, _ protocolName: NetcatOptions.ProxyProtocol, _ messages: NetcatMessages
  ) throws(Exit) {
    let usual = protocolName == .connect ? "3128" : "1080"
    guard text.first == "[" else {
      let colon = text.lastIndex(of: ":")
      host = String(text[..<(colon ?? text.endIndex)])
      port = colon.map { String(text[text.index(after: $0)...]) } ?? usual
      return
    }
    guard let end = text.firstIndex(of: "]") else {
      throw messages.fail("missing closing bracket in proxy")
    }
    host = String(text[..<end].dropFirst())
    let rest = text[text.index(after: end)...]
    guard rest.isEmpty || rest.first == ":" else {
      throw messages.fail("garbage proxy port delimiter")
    }
    port = rest.isEmpty ? usual : String(rest.dropFirst())
  }
}
