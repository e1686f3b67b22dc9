internal import CLinux
public import EventLoop
internal import Glibc

/// The device by which Linux reaches the management controller of this machine: what the driver
/// `ipmi_devintf` makes of the interface that `ipmi_si`, `ipmi_ssif` or another has found.
///
/// Commands and answers pass by ioctl; a loop may wait for the descriptor to be readable.
public struct ControllerDevice: ~Copyable {
  /// Where a message is for.
  public enum Place: Hashable, Sendable {
    /// The machine's own controller.
    case controller
    /// A controller on a bus behind it, by the bus's channel and its address there.
    case bus(channel: UInt8, address: UInt8)
  }

  /// A command, or the answer to one.
  public struct Message: Hashable, Sendable {
    /// The number that the answer repeats.
    public var id: Int64
    /// What it is about: even in a command, odd in an answer.
    public var networkFunction: UInt8
    /// Which command.
    public var command: UInt8
    /// What follows; an answer's begins with the completion code.
    public var data: [UInt8]

    /// A message.
    public init(id: Int64, networkFunction: UInt8, command: UInt8, data: [UInt8]) {
      self.id = id
      self.networkFunction = networkFunction
      self.command = command
      self.data = data
    }
  }

  private let descriptor: OwnedDescriptor

  /// The names that the device of a number may have, the usual one first.
  public static func paths(number: Int) -> [String] {
    ["/dev/ipmi\(number)", "/dev/ipmi/\(number)", "/dev/ipmidev/\(number)"]
  }

  /// Opens the device of a number: 0 for the first controller.
  ///
  /// - Throws: `ENOENT` when there is none; else why the one that there is cannot be opened.
  public init(number: Int = 0) throws(SystemError) {
    var reason = SystemError(errno: ENOENT, operation: "open")
    for path in Self.paths(number: number) {
      do throws(SystemError) {
        descriptor = try OwnedDescriptor("open") { unsafe open(path, O_RDWR | O_CLOEXEC) }
        return
      } catch {
        if error.errno != ENOENT { reason = error }
      }
    }
    throw reason
  }

  /// The descriptor, to be watched: readable when an answer is there.
  public var rawDescriptor: Int32 { descriptor.rawValue }

  /// Tells the driver which address the machine's controller has on its buses, where that is not 20h.
  public func setOwnAddress(_ address: UInt8) throws(SystemError) {
    _ = try Syscalls.retrying("IPMICTL_SET_MY_ADDRESS_CMD") {
      crimp_ipmi_set_address(descriptor.rawValue, address)
    }
  }

  /// Sends a command.
  ///
  /// - Throws: `EMSGSIZE` when it is longer than the driver can carry, or what the driver says.
  public func send(
    _ message: Message, to place: Place, lun: UInt8 = 0
  ) throws(SystemError) {
    var sent = crimp_ipmi_message()
    sent.id = message.id
    sent.lun = lun
    sent.network_function = message.networkFunction
    sent.command = message.command
    if case .bus(let channel, let address) = place {
      sent.is_bridged = 1
      sent.channel = channel
      sent.address = address
    }
    guard message.data.count <= Int(CRIMP_IPMI_DATA_SIZE) else {
      throw SystemError(errno: EMSGSIZE, operation: "IPMICTL_SEND_COMMAND")
    }
    sent.count = UInt16(message.data.count)
    unsafe withUnsafeMutableBytes(of: &sent.data) { unsafe $0.copyBytes(from: message.data) }
    _ = try Syscalls.retrying("IPMICTL_SEND_COMMAND") {
      unsafe crimp_ipmi_send(descriptor.rawValue, &sent)
    }
  }

  /// Takes an answer that has come; nil when there is none. Events, and commands from elsewhere, are
  /// passed over.
  public func receive() throws(SystemError) -> Message? {
    var received = crimp_ipmi_message()
    while true {
      let isAnswer: Int32
      do throws(SystemError) {
        isAnswer = try Syscalls.retrying("IPMICTL_RECEIVE_MSG_TRUNC") {
          unsafe crimp_ipmi_receive(descriptor.rawValue, &received)
        }
      } catch {
        guard error.errno == EAGAIN else { throw error }
        return nil
      }
      guard isAnswer == 1 else { continue }
      let data = unsafe withUnsafeBytes(of: &received.data) {
        unsafe Array($0.prefix(Int(received.count)))
      }
      return Message(
        id: received.id, networkFunction: received.network_function, command: received.command,
        data: data)
    }
  }
}
