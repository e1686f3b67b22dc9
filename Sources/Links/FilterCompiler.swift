internal import CLibpcap
public import CaptureFile
internal import LinkLayer

/// Compiles libpcap's filter language (pcap-filter(7)) into programs for any link.
///
/// Loads libpcap at first use.
public enum FilterCompiler {
  /// Compiles `expression` for frames as a capture file holds them: a tag stands in the bytes.
  ///
  /// - Throws: `badFilter` with the compiler's words, or `libraryMissing`.
  public static func compile(
    _ expression: String, forFilesOf linkType: LinkType = .ethernet
  ) throws(LinkError) -> SocketFilter {
    let handle = try LibpcapHandle(compilingFor: linkType.rawValue)
    return try compile(expression, handle)
  }

  /// Compiles `expression` for frames as the kernel shows them to a socket on `interface`: the
  /// outer tag stands beside the bytes.
  ///
  /// Only libpcap's live handles know that, so an expression that speaks of VLANs, directions or
  /// interfaces opens one for the time of compiling, which costs some 10 ms and needs
  /// `CAP_NET_RAW`. Others are compiled without.
  public static func compile(
    _ expression: String, forInterface interface: LinkProperties
  ) throws(LinkError) -> SocketFilter {
    guard needsLiveHandle(expression) else {
      return try compile(expression, forFilesOf: interface.linkType)
    }
    let handle = try LibpcapHandle(
      capturingOn: interface.name, snapLength: 262_144, isPromiscuous: false)
    return try compile(expression, handle)
  }

  /// Words whose code differs between files and live interfaces.
  private static let liveWords: Set<Substring> = ["vlan", "inbound", "outbound", "ifindex"]

  private static func needsLiveHandle(_ expression: String) -> Bool {
    expression.split { !$0.isLetter }.contains { liveWords.contains($0) }
  }

  private static func compile(
    _ expression: String, _ handle: LibpcapHandle
  ) throws(LinkError) -> SocketFilter {
    unsafe try handle.withProgram(expression) { (program) throws(LinkError) in
      let code = unsafe UnsafeBufferPointer(
        start: program.pointee.instructions, count: Int(program.pointee.count))
      return SocketFilter(
        instructions: unsafe code.map {
          SocketFilter.Instruction(
            code: $0.code, jumpTrue: $0.jump_true, jumpFalse: $0.jump_false, operand: $0.operand)
        })
    }
  }
}

extension LinkProperties {
  /// What frames of this link begin with, as capture files number it.
  public var linkType: LinkType {
    framing == .ipoib ? .ipOverInfiniBand : .ethernet
  }
}
