public import EventLoop
import LinkLayer

/// A change of the kernel's tables.
public enum KernelChange: Hashable, Sendable {
  /// An interface appeared, or anything about it changed: the state, the name, the carrier.
  case interface(Interface)
  /// An interface disappeared from the namespace.
  case interfaceGone(Interface)
  /// An interface got an address, or an address changed (as when it ceases to be tentative).
  case addressAdded(InterfaceAddress)
  /// An interface lost an address.
  case addressRemoved(InterfaceAddress)
  /// A neighbour entry appeared or changed its state or address.
  case neighborChanged(Neighbor)
  /// A neighbour entry was removed.
  case neighborRemoved(Neighbor)
  /// A bridge learned an address, or found it behind another port.
  case forwardingChanged(ForwardingEntry)
  /// A bridge forgot an address.
  case forwardingRemoved(ForwardingEntry)
  /// A route was added or replaced.
  case routeAdded(Route)
  /// A route was removed. The kernel does not tell of IPv4 routes that go with their interface.
  case routeRemoved(Route)
  /// Changes were lost, because they came faster than they were read: read the tables anew.
  case lost
}

/// Which tables to hear of.
public struct KernelChangeSubjects: OptionSet, Hashable, Sendable {
  /// The bits of the set.
  public var rawValue: UInt8

  /// The set with these bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// Interfaces.
  public static let interfaces = KernelChangeSubjects(rawValue: 1)
  /// Addresses of both families.
  public static let addresses = KernelChangeSubjects(rawValue: 2)
  /// Neighbour entries of both families, and the forwarding tables of bridges.
  public static let neighbors = KernelChangeSubjects(rawValue: 4)
  /// Routes of both families.
  public static let routes = KernelChangeSubjects(rawValue: 8)

  /// The multicast groups that tell of the subjects (`RTNLGRP_*`).
  fileprivate var groups: [Int32] {
    var groups: [Int32] = []
    if contains(.interfaces) { groups.append(1) }
    if contains(.addresses) { groups += [5, 9] }
    if contains(.neighbors) { groups.append(3) }
    if contains(.routes) { groups += [7, 11] }
    return groups
  }
}

/// Tells of changes of the kernel's tables, in the network namespace in which the calling thread
/// was when the object was made. Needs no privilege.
///
/// What is there already is not told. To miss nothing, subscribe first and read the tables then.
public final class KernelChanges {
  private let socket: NetlinkSocket
  private let handler: (KernelChange) -> Void
  private var buffer: [UInt8]
  private var registration: Registration?

  private static let bufferByteCount = 32 * 1024
  /// Datagrams to a turn of the loop, so that a storm of changes does not starve the rest.
  private static let datagramsPerTurn = 64

  /// Subscribes, and calls `handler` on the loop for each change until `cancel()`.
  ///
  /// - Parameters:
  ///   - subjects: the tables to hear of.
  ///   - loop: the loop that reads; call this on its thread.
  ///   - unread: how many bytes of notifications, with the kernel's bookkeeping, may wait to be
  ///     read before changes are lost. Beyond `net.core.rmem_max` this takes `CAP_NET_ADMIN`.
  ///   - handler: is called for each change, in the kernel's order.
  public init(
    _ subjects: KernelChangeSubjects, on loop: EventLoop, unread: Int32 = 1 << 20,
    _ handler: @escaping (KernelChange) -> Void
  ) throws(SystemError) {
    socket = try NetlinkSocket()
    self.handler = handler
    buffer = [UInt8](repeating: 0, count: Self.bufferByteCount)
    socket.reserveReceiveBuffer(unread)
    for group in subjects.groups {
      try socket.join(group)
    }
    registration = try loop.watch(socket.descriptor, .readable) { [unowned self] _ in
      self.read()
    }
  }

  deinit {
    cancel()
  }

  /// Ends the subscription: the handler is not called again. Call it on the loop's thread, which
  /// is also where the last reference to the object has to go.
  public func cancel() {
    registration?.cancel()
    registration = nil
  }

  private func read() {
    for _ in 0..<Self.datagramsPerTurn {
      guard registration != nil else { return }
      switch Result(catching: { () throws(SystemError) in
        try socket.receive(into: &buffer, waits: false)
      }) {
      case .success(.datagram(let count)): tell(count)
      case .success(.empty): return
      case .success(.lost), .failure: handler(.lost)
      }
    }
  }

  /// Tells what one datagram says. One that cannot be read is a change that was lost.
  private func tell(_ count: Int) {
    do throws(NetlinkFormatError) {
      for change in try KernelChange.changes(in: buffer.rawBytes.extracting(first: count)) {
        handler(change)
      }
    } catch {
      handler(.lost)
    }
  }
}

extension KernelChange {
  /// Reads one datagram of notifications.
  package static func changes(
    in datagram: RawSpan
  ) throws(NetlinkFormatError) -> [KernelChange] {
    var changes: [KernelChange] = []
    var messages = NetlinkMessages(datagram)
    while let message = try messages.next() {
      switch message.type {
      case .newLink, .deleteLink:
        // With AF_BRIDGE it tells that a port changed or left, not that an interface did.
        guard message.family == .unspecified else { continue }
        let interface = try Interface(message)
        changes.append(
          message.type == .newLink ? .interface(interface) : .interfaceGone(interface))
      case .newAddress:
        if let address = try InterfaceAddress(message) { changes.append(.addressAdded(address)) }
      case .deleteAddress:
        if let address = try InterfaceAddress(message) { changes.append(.addressRemoved(address)) }
      case .newNeighbor, .deleteNeighbor:
        if let change = try neighborChange(message) { changes.append(change) }
      case .newRoute:
        changes += try Route.routes(message).map(KernelChange.routeAdded)
      case .deleteRoute:
        changes += try Route.routes(message).map(KernelChange.routeRemoved)
      default:
        continue
      }
    }
    return changes
  }

  private static func neighborChange(
    _ message: borrowing NetlinkMessageView
  ) throws(NetlinkFormatError) -> KernelChange? {
    let isNew = message.type == .newNeighbor
    guard message.family == .bridge else {
      return try Neighbor(message).map { isNew ? .neighborChanged($0) : .neighborRemoved($0) }
    }
    return try ForwardingEntry(message).map {
      isNew ? .forwardingChanged($0) : .forwardingRemoved($0)
    }
  }
}

extension NetlinkMessageView {
  /// The family, with which every structure of rtnetlink begins.
  fileprivate var family: AddressFamily {
    AddressFamily(rawValue: body.byteCount > 0 ? body.native(at: 0) : 0)
  }
}
