import AddressSpecifications

extension SocatOpener {
  /// `READ!!WRITE`: opens both, or none.
  func openDual(
    _ reading: SingleAddress, _ writing: SingleAddress, _ access: SocatAccess, peer: SocatEndpoint?
  ) async throws(SocatFailure) -> SocatEndpoint {
    if access != .both { log.warning("unidirectional open of dual address") }
    let reader = try await open(reading, .reading, peer: peer)
    do throws(SocatFailure) {
      return joined(reader, try await open(writing, .writing, peer: peer))
    } catch {
      reader.abandon()
      throw error
    }
  }

  /// One end of two, which has all that opening either gave.
  private func joined(_ reader: SocatEndpoint, _ writer: SocatEndpoint) -> SocatEndpoint {
    let dual = SocatEndpoint(
      SocatStream(
        DualStream(reading: reader.stream, writing: writer.stream), SocatStream.Terms()))
    dual.byteLimit = reader.byteLimit
    dual.children = reader.children + writer.children
    dual.environment = reader.environment + writer.environment
    dual.onClose = reader.onClose + writer.onClose
    let lingers = [reader.linger, writer.linger].compactMap(\.self)
    dual.linger = { patience in
      for linger in lingers { await linger(patience) }
    }
    dual.stream.receiver = writer.stream.receiver
    reader.stream.onEnd = { [weak stream = dual.stream] in stream?.onEnd() }
    reader.stream.onIgnoredEnd = { [weak stream = dual.stream] in stream?.onIgnoredEnd() }
    reader.stream.onLoss = { [weak stream = dual.stream] in stream?.onLoss($0) }
    writer.stream.onUntoldWait = { [weak stream = dual.stream] in stream?.onUntoldWait($0) }
    return dual
  }
}
