/// Who wrote a section of a pcapng file, and on what: the options of a section header block,
/// draft section 4.1. A value of nil means that the file does not say.
public struct SectionInformation: Hashable, Sendable {
  /// The machine (shb_hardware).
  public var hardware: String?
  /// Its operating system (shb_os).
  public var operatingSystem: String?
  /// The program that wrote the section (shb_userappl).
  public var application: String?
  /// Notes by people or programs (opt_comment).
  public var comments: [String]

  /// What is known; nothing by default.
  public init(
    hardware: String? = nil, operatingSystem: String? = nil, application: String? = nil,
    comments: [String] = []
  ) {
    self.hardware = hardware
    self.operatingSystem = operatingSystem
    self.application = application
    self.comments = comments
  }
}
