/// Where a start is from: 4 bits. IPMI 2.0, table 28-14, parameter 5.
public struct BootDevice: RawRepresentable, Hashable, Sendable {
  /// The 4 bits.
  public let rawValue: UInt8
  /// The device of this number, of which the low 4 bits count.
  @inlinable public init(rawValue: UInt8) { self.rawValue = rawValue & 0x0f }

  /// Where the BIOS is set to.
  public static let none = BootDevice(rawValue: 0)
  /// The network.
  public static let pxe = BootDevice(rawValue: 1)
  /// The hard disk.
  public static let disk = BootDevice(rawValue: 2)
  /// The hard disk, in safe mode.
  public static let safeMode = BootDevice(rawValue: 3)
  /// The diagnostic partition.
  public static let diagnosticPartition = BootDevice(rawValue: 4)
  /// The CD or DVD.
  public static let cdrom = BootDevice(rawValue: 5)
  /// The BIOS's setup.
  public static let biosSetup = BootDevice(rawValue: 6)
  /// A floppy disk or other removable medium that is far away.
  public static let remoteFloppy = BootDevice(rawValue: 7)
  /// A CD or DVD that is far away.
  public static let remoteCDROM = BootDevice(rawValue: 8)
  /// The main medium that is far away.
  public static let remotePrimaryMedia = BootDevice(rawValue: 9)
  /// A hard disk that is far away.
  public static let remoteDisk = BootDevice(rawValue: 11)
  /// The floppy disk or other removable medium.
  public static let floppy = BootDevice(rawValue: 15)

  /// The device of ipmitool's word: `none`, `pxe`, `disk`, `safe`, `diag`, `cdrom`, `bios` or
  /// `floppy`; nil for others.
  public init?(word: String) {
    switch word {
    case "none": self = .none
    case "pxe": self = .pxe
    case "disk": self = .disk
    case "safe": self = .safeMode
    case "diag": self = .diagnosticPartition
    case "cdrom": self = .cdrom
    case "bios": self = .biosSetup
    case "floppy": self = .floppy
    default: return nil
    }
  }

  /// The device as ipmitool prints it.
  public var text: String {
    switch self {
    case .none: "No override"
    case .pxe: "Force PXE"
    case .disk: "Force Boot from default Hard-Drive"
    case .safeMode: "Force Boot from default Hard-Drive, request Safe-Mode"
    case .diagnosticPartition: "Force Boot from Diagnostic Partition"
    case .cdrom: "Force Boot from CD/DVD"
    case .biosSetup: "Force Boot into BIOS Setup"
    case .remoteFloppy: "Force Boot from remotely connected Floppy/primary removable media"
    case .remoteCDROM: "Force Boot from remotely connected CD/DVD"
    case .remotePrimaryMedia: "Force Boot from primary remote media"
    case .remoteDisk: "Force Boot from remotely connected Hard-Drive"
    case .floppy: "Force Boot from Floppy/primary removable media"
    default: "Flag error"
    }
  }
}
