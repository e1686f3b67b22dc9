/// What `ipmipower` prints of the hosts: a line each as it comes, or hosts of the same result together.
final class IpmipowerOutput {
  private let isConsolidated: Bool
  private var hosts: [IpmipowerResult: [String]] = [:]

  /// Whether every host did what it was asked.
  private(set) var isSuccess = true

  init(isConsolidated: Bool) {
    self.isConsolidated = isConsolidated
  }

  func tell(_ host: String, _ result: IpmipowerResult) {
    if !result.isSuccess { isSuccess = false }
    if isConsolidated {
      hosts[result, default: []].append(host)
    } else {
      StandardStream.output.writeLine("\(host): \(result.rawValue)")
    }
  }

  /// Prints what was kept back.
  func finish() {
    let rule = "----------------"
    for result in IpmipowerResult.allCases {
      guard let hosts = hosts.removeValue(forKey: result) else { continue }
      let folded = HostFolding.fold(Set(hosts)).joined(separator: ",")
      StandardStream.output.writeLine("\(rule)\n\(folded)\n\(rule)\n \(result.rawValue)")
    }
  }
}
