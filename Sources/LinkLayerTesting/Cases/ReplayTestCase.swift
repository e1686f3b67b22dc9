public import CaptureFile
internal import EventLoop
internal import Glibc
internal import LinkLayer
internal import Links

/// A capture as a test case: its file, and the terms that it or the file beside it tells.
///
/// With Swift Testing each capture of a folder is a case:
/// ```swift
/// @Test(arguments: try ReplayTestCase.all(inFolder: "captures"))
/// func replays(_ capture: ReplayTestCase) throws {
///   var probe = TestedMachine(AddressProbe(…))
///   try capture.check(&probe)
/// }
/// ```
public struct ReplayTestCase: Hashable, Sendable {
  /// The capture's path.
  public let path: String
  /// What is to be known of it.
  public var terms: ReplayTestTerms

  /// The case of the capture at `path`; terms in a file beside it stand before those that it bears.
  public init(path: String) throws(ReplayTestCaseError) {
    self.path = path
    terms = try Self.terms(of: path)
  }

  /// The cases of a folder's captures, those whose names end with `.pcap` or `.pcapng`, by their names.
  public static func all(inFolder folder: String) throws(ReplayTestCaseError) -> [ReplayTestCase] {
    var cases: [ReplayTestCase] = []
    for name in try Folder.names(in: folder).sorted()
    where name.hasSuffix(".pcap") || name.hasSuffix(".pcapng") {
      cases.append(try ReplayTestCase(path: "\(folder)/\(name)"))
    }
    return cases
  }

  /// Whether `path` names a folder.
  public static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The exchange that the capture holds, seen from the host under test.
  public func exchange() throws(ReplayTestCaseError) -> RecordedExchange {
    let bytes = try Folder.bytes(of: path)
    let filter = try ExchangeFilter(terms.filter, path)
    var host: TestedHost?
    if let text = terms.host {
      host = TestedHost(text)
      guard host != nil else {
        throw ReplayTestCaseError(
          path: path, "--host \(text): expected addresses of IP or hardware, with commas")
      }
    }
    do throws(ExchangeFault) {
      return try RecordedExchange(
        reading: bytes.rawBytes, testing: host, interface: terms.interface,
        where: filter.accepts)
    } catch {
      throw ReplayTestCaseError(path: path, error.description)
    }
  }

  /// Puts `system` in the place of the host under test, in memory and virtual time.
  public func run(
    _ system: inout some TestedSystem, options: ReplayTestOptions = ReplayTestOptions()
  ) throws(ReplayTestCaseError) -> ReplayTestResult {
    ReplayTestResult(
      testing: &system, with: try exchange(), options: terms.options(options))
  }

  /// The same, for a test: throws what is otherwise than it was recorded.
  public func check(
    _ system: inout some TestedSystem, options: ReplayTestOptions = ReplayTestOptions()
  ) throws(ReplayTestCaseError) {
    let result = try run(&system, options: options)
    guard result.passes else { throw ReplayTestCaseError(path: path, "\n\(result)") }
  }

  private static func terms(of path: String) throws(ReplayTestCaseError) -> ReplayTestTerms {
    do throws(ReplayTestTermsError) {
      let beside = path + ReplayTestTerms.fileSuffix
      if Folder.hasFile(beside) {
        let text = try? Folder.bytes(of: beside)
        return try ReplayTestTerms(String(decoding: text ?? [], as: UTF8.self))
      }
      let heading = ReplayTestTerms.commentHeading
      let comments = (try? CaptureContents.comments(of: Folder.bytes(of: path))) ?? []
      guard let comment = comments.first(where: { $0.hasPrefix(heading) }) else {
        return ReplayTestTerms()
      }
      return try ReplayTestTerms(String(comment.dropFirst(heading.count)))
    } catch {
      throw ReplayTestCaseError(path: path, error.description)
    }
  }
}

extension ReplayTestCase: CustomStringConvertible {
  /// The capture's name, as a test's argument is called.
  public var description: String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}

/// Why a capture is no test, or what differs when it is run as one.
public struct ReplayTestCaseError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The capture.
  public var path: String
  /// What is wrong.
  public var words: String

  init(path: String, _ words: String) {
    self.path = path
    self.words = words
  }

  /// The capture, and what is wrong.
  public var description: String { "\(path): \(words)" }
}

/// Which frames are part of an exchange, by an expression of libpcap's.
public struct ExchangeFilter {
  private let filter: SocketFilter?

  /// Compiles the expression, for frames of Ethernet; an empty one takes all.
  public init(_ expression: String, _ path: String = "") throws(ReplayTestCaseError) {
    guard !expression.isEmpty else {
      filter = nil
      return
    }
    do throws(LinkError) {
      filter = try FilterCompiler.compile(expression, forFilesOf: .ethernet)
    } catch {
      throw ReplayTestCaseError(path: path, "--filter \(expression): \(error)")
    }
  }

  /// Whether the frame is part of it; frames of another link type always are.
  public func accepts(_ bytes: [UInt8], _ linkType: LinkType) -> Bool {
    guard let filter, linkType == .ethernet else { return true }
    return filter.accepts(bytes.rawBytes, untagging: false)
  }
}

/// Files, as far as a test reads them.
private enum Folder {
  static func names(in folder: String) throws(ReplayTestCaseError) -> [String] {
    guard let directory = unsafe opendir(folder) else {
      throw ReplayTestCaseError(path: folder, unsafe String(cString: strerror(errno)))
    }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      names.append(name)
    }
    return names
  }

  static func hasFile(_ path: String) -> Bool {
    unsafe access(path, R_OK) == 0
  }

  static func bytes(of path: String) throws(ReplayTestCaseError) -> [UInt8] {
    var bytes: [UInt8] = []
    do throws(SystemError) {
      let file = try OwnedDescriptor("open") { unsafe open(path, O_RDONLY | O_CLOEXEC) }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      while true {
        let count = try Syscalls.retrying("read") {
          unsafe Glibc.read(file.rawValue, &buffer, buffer.count)
        }
        guard count > 0 else { return bytes }
        bytes += buffer[..<count]
      }
    } catch {
      throw ReplayTestCaseError(path: path, error.reason)
    }
  }
}

extension CaptureContents {
  /// What is noted of a capture's sections and of its first interface.
  fileprivate static func comments(of bytes: [UInt8]) throws(ExchangeFault) -> [String] {
    try CaptureContents(bytes.rawBytes, interface: nil).comments
  }
}
