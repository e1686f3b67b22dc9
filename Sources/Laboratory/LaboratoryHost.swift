internal import EventLoop
public import LinkLayer
public import Links

/// A host of the laboratory: a network namespace with one interface, joined to a port of the switch.
public final class LaboratoryHost {
  /// What the host is called in the laboratory: "a", "b", "client", "switch".
  public let role: String
  /// The namespace's name in `/run/netns`.
  public let namespaceName: String
  /// The kernel's tables inside.
  public let tables: KernelTables
  /// The name of the interface in every host.
  public static let interfaceName = "eth0"

  private let namespace: NetworkNamespace

  init(role: String, namespaceName: String) throws(LaboratoryError) {
    self.role = role
    self.namespaceName = namespaceName
    do throws(SystemError) {
      try NetworkNamespace.create(namespaceName)
      namespace = try NetworkNamespace(namespaceName)
    } catch {
      throw .system(error)
    }
    tables = try Self.openTables(in: namespace)
    try setUp("lo")
  }

  private static func openTables(
    in namespace: borrowing NetworkNamespace
  ) throws(LaboratoryError) -> KernelTables {
    do {
      return try namespace.run { try KernelTables() }
    } catch let error as NetlinkError {
      throw .network(error)
    } catch let error as SystemError {
      throw .system(error)
    } catch {
      throw .interrupted
    }
  }

  /// Runs `body` inside: what it opens or starts stays there.
  public func run<Value>(_ body: () throws -> Value) throws -> Value {
    try namespace.run(body)
  }

  /// Sets a kernel parameter of this host by its path below `/proc/sys/net`.
  public func setParameter(_ path: String, _ value: String) throws(LaboratoryError) {
    try asLaboratory {
      try run {
        let descriptor = try OwnedParameter(path)
        try descriptor.write(value)
      }
    }
  }

  /// The interface of this name.
  public func interface(
    _ name: String = LaboratoryHost.interfaceName
  ) throws(LaboratoryError) -> Interface {
    try asLaboratory { try tables.interface(named: name) }
  }

  /// Switches an interface on, or off.
  public func setUp(_ name: String, _ isUp: Bool = true) throws(LaboratoryError) {
    try asLaboratory { try tables.setUp(isUp, try tables.interface(named: name).index) }
  }

  /// Gives an interface an address, usable at once.
  public func add(
    _ address: IPAddress, length: Int, on name: String = LaboratoryHost.interfaceName
  ) throws(LaboratoryError) {
    try asLaboratory {
      try tables.add(entry(address, length, try tables.interface(named: name).index))
    }
  }

  /// Takes an address away.
  public func remove(
    _ address: IPAddress, length: Int, on name: String = LaboratoryHost.interfaceName
  ) throws(LaboratoryError) {
    try asLaboratory {
      try tables.remove(entry(address, length, try tables.interface(named: name).index))
    }
  }

  /// The neighbour entry for `address`.
  public func neighbor(_ address: IPAddress) throws(LaboratoryError) -> Neighbor? {
    try asLaboratory {
      try tables.neighbor(
        address, on: try tables.interface(named: Self.interfaceName).index)
    }
  }

  /// Forgets the neighbour entry for `address`, if there is one.
  public func forgetNeighbor(_ address: IPAddress) throws(LaboratoryError) {
    guard let entry = try neighbor(address) else { return }
    try asLaboratory { try tables.remove(entry) }
  }

  private func entry(_ address: IPAddress, _ length: Int, _ index: Int32) -> InterfaceAddress {
    InterfaceAddress(
      interfaceIndex: index, address: address, prefixLength: length,
      flags: [.permanent, .noDuplicateDetection])
  }
}
