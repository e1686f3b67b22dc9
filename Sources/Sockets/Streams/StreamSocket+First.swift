public import EventLoop

extension StreamSocket {
  /// Connects to the first of several addresses that takes the connection, tried in their order.
  ///
  /// - Parameters:
  ///   - addresses: at least one.
  ///   - source: which of this host's addresses the connection to an address comes from; nil for the kernel's
  ///     choice.
  ///   - timeout: how long each has to answer.
  /// - Throws: the failure at the last address; `ECANCELED` when the task was cancelled.
  public static func connect(
    toFirstOf addresses: [SocketAddress],
    from source: (SocketAddress) -> SocketAddress? = { _ in nil },
    _ options: StreamOptions = StreamOptions(), timeout: Duration? = nil, on loop: EventLoop
  ) async throws(ConnectionError) -> StreamSocket {
    precondition(!addresses.isEmpty, "A connection needs an address.")
    for address in addresses.dropLast() where !Task.isCancelled {
      do throws(ConnectionError) {
        return try await connect(
          to: address, from: source(address), options, timeout: timeout, on: loop)
      } catch {
        // The next one may be better.
      }
    }
    let last = addresses[addresses.count - 1]
    return try await connect(to: last, from: source(last), options, timeout: timeout, on: loop)
  }
}
