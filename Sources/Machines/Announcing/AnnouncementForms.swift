/// The kinds of frame that tell a link who owns an address. No single one works everywhere: a Linux
/// host that has no entry takes note only of the directed forms, some switches only of replies, some
/// devices only of requests.
public struct AnnouncementForms: OptionSet, Hashable, Sendable {
  /// One bit a form.
  public let rawValue: UInt8

  /// The set of these bits.
  public init(rawValue: UInt8) {
    self.rawValue = rawValue
  }

  /// ARP request, sender and target protocol address the same, to all.
  public static let gratuitousRequest = AnnouncementForms(rawValue: 1 << 0)
  /// ARP reply, sender and target the same, hardware addresses too, to all. RFC 5944, section 4.6.
  public static let gratuitousReply = AnnouncementForms(rawValue: 1 << 1)
  /// "Who has NEIGHBOUR, tell ADDRESS" for every neighbour given: ARP request or Neighbor
  /// Solicitation. Creates the neighbour's entry when it has none, and survives
  /// `drop_gratuitous_arp`.
  public static let directedRequest = AnnouncementForms(rawValue: 1 << 2)
  /// Unsolicited Neighbor Advertisement with the override flag, to all nodes. RFC 4861, section
  /// 7.2.6.
  public static let neighborAdvertisement = AnnouncementForms(rawValue: 1 << 3)
  /// Unsolicited Neighbor Advertisement without the override flag, to all routers, for an address
  /// that is new on the link and not moved. RFC 9131, section 6.1.2.
  public static let newAddressAdvertisement = AnnouncementForms(rawValue: 1 << 4)

  /// What a failover needs: all but the form for new addresses.
  public static let failover: AnnouncementForms = [
    .gratuitousRequest, .gratuitousReply, .directedRequest, .neighborAdvertisement,
  ]
}
