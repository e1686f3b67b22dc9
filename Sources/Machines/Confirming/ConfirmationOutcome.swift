public import LinkLayer

extension AnnouncementConfirmation {
  /// What a confirmation rests on.
  public enum Proof: Hashable, Sendable {
    /// An echo that the host sent to the address arrived here: its own table says so.
    case echo
    /// The directed request's answer arrived here, and no echo, to the address or to the control: what
    /// the host's table says was not seen.
    case resolution
  }

  /// A move that is proven.
  public struct Confirmation: Hashable, Sendable {
    /// The address that was announced.
    public var address: IPAddress
    /// The host that believes it.
    public var host: IPAddress
    /// The hardware address from which the host answered.
    public var hostHardwareAddress: HardwareAddress
    /// What it rests on.
    public var proof: Proof
    /// The time from the first try to the last answer that the proof needed.
    public var elapsed: Duration
    /// How many tries it took.
    public var tries: Int
  }

  /// A proof that is missing.
  public struct Doubt: Hashable, Sendable {
    /// Why it is missing.
    public enum Cause: Hashable, Sendable {
      /// Another station claims the address.
      case claimed(by: HardwareAddress)
      /// No answer came from the host.
      case unanswered
      /// The host answers, and also answers echoes, but not to the address: its table points
      /// elsewhere.
      case sentElsewhere
      /// The host answered too late for the rest of the proof.
      case outOfTime
      /// The address was given up before the end.
      case withdrawn
    }

    /// The address that was announced.
    public var address: IPAddress
    /// The host that was asked.
    public var host: IPAddress
    /// Why the proof is missing.
    public var cause: Cause
    /// Whether the host answered an echo to any address of this host.
    public var hostAnswersEcho: Bool
    /// How many tries there were.
    public var tries: Int
  }

  /// What happened on the way.
  public enum Report: Hashable, Sendable {
    /// The announcement should be made again, before the frames that follow.
    case announceAgain(IPAddress)
    /// The question of this number, from 1, was put.
    case asked(address: IPAddress, host: IPAddress, number: Int)
    /// Another station claims the address; nothing about it is proven.
    case stillOwned(IPAddress, by: HardwareAddress)
    /// The proof is complete. A later `stillOwned` undoes it.
    case confirmed(Confirmation)
  }

  /// How it ended.
  public enum Outcome: Hashable, Sendable {
    /// All is proven.
    case confirmed([Confirmation])
    /// The time was over, or there was nothing to prove.
    case unconfirmed(confirmed: [Confirmation], doubts: [Doubt])
  }

  /// Where the confirmation stands.
  public enum State: Hashable, Sendable {
    /// Not started.
    case initial
    /// Asking.
    case asking
    /// Done.
    case finished
  }
}
