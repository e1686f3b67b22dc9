/// Who makes controllers: names of IANA's enterprise numbers.
enum Manufacturer {
  /// Debian's copy of the whole registry, which ipmitool reads. It need not be there.
  private static let registryPath = "/usr/share/misc/enterprise-numbers.txt"

  /// The name of a manufacturer: of those known here, or of the registry's, where the host has it.
  static func name(of number: UInt32) -> String? {
    known[number] ?? registered(number)
  }

  private static func registered(_ number: UInt32) -> String? {
    do throws(CommandFailure) {
      return name(of: number, in: try WholeFile.bytes(at: registryPath))
    } catch {
      return nil
    }
  }

  /// Reads the registry's text: a line with the number, the next one with two spaces and the name.
  static func name(of number: UInt32, in registry: [UInt8]) -> String? {
    let wanted = Array("\(number)".utf8)
    var lines = registry.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)[...]
    while let line = lines.popFirst() {
      guard line.elementsEqual(wanted), let name = lines.first, name.starts(with: [0x20, 0x20])
      else { continue }
      return String(decoding: name.drop { $0 == 0x20 }, as: UTF8.self)
    }
    return nil
  }

  /// Those whose controllers are common, so that no file is needed for them.
  private static let known: [UInt32: String] = [
    11: "Hewlett-Packard",
    42: "Sun Microsystems",
    119: "NEC Corporation",
    343: "Intel Corporation",
    674: "Dell Inc.",
    4128: "ARM Ltd.",
    4753: "MontaVista Software, Inc.",
    5771: "Cisco Systems, Inc.",
    6653: "Tyan Computer Corporation",
    7154: "Intelligent Platform Management Interface forum",
    7244: "Quanta Computer Inc.",
    10297: "Advantech Co., Ltd.",
    10368: "Fujitsu Technology Solutions GmbH (formerly 'Fujitsu Siemens Computers')",
    10437: "Peppercon AG",
    10876: "Super Micro Computer Inc.",
    11129: "Google, Inc.",
    12634: "PICMG",
    13742: "Raritan Computer, Inc.",
    15000: "Kontron Canada Inc",
    15370: "GIGA-BYTE TECHNOLOGY CO., LTD",
    19046: "Lenovo Enterprise Business Group",
    20569: "Inventec Enterprise System Corp.",
    20974: "American Megatrends, Inc",
    22238: "FOXCONN Technology Group",
    24339: "ADLINK TECHNOLOGY INC.",
    25506: "H3C",
    33049: "Mellanox Technologies LTD",
    40092: "Wiwynn Corporation",
    40981: "Facebook, Inc.",
    45065: "Insyde",
    47196: "Hewlett Packard Enterprise",
    48512: "Inspur Group Co.,Ltd.",
    49150: "Vertiv Co",
    49622: "ASRock Rack Incorporation",
    49769: "YADRO",
    51974: "Raptor Computing Systems, LLC",
    52538: "Ampere Computing",
  ]
}
