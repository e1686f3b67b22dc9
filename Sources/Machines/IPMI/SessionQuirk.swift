/// What a controller does otherwise than the specification says, by the name that the work-around has
/// elsewhere. Most quirks need no name here, because the session bears with them anyway.
public enum SessionQuirk: Hashable, Sendable, CaseIterable {
  /// What Get Channel Authentication Capabilities says is wrong: it is asked for and passed over
  /// (FreeIPMI's `authcap`; Asus P5M2, Intel SR1520ML, Sun 4150).
  case wrongAuthenticationCapabilities
  /// Responses of a 1.5 session have session ID 0 (FreeIPMI's `idzero`; Tyan S2882).
  case sessionIDZero
  /// Every packet of a 1.5 session needs its code, though the controller says that none does
  /// (FreeIPMI's `forcepermsg`; IBM e325).
  case authenticatesEveryPacket
  /// The codes of a 1.5 session's responses are wrong and are passed over (FreeIPMI's
  /// `noauthcodecheck`; Xyratex HB-F8-SRAY). Anybody can answer then.
  case wrongAuthenticationCodes
  /// The checksums of messages are wrong and are passed over (FreeIPMI's `nochecksumcheck`;
  /// Supermicro X9SCM).
  case wrongChecksums
  /// Sequence numbers of a 1.5 session's responses are big-endian; those of its requests are not
  /// (FreeIPMI's `endianseq`; Sun ILOM).
  case bigEndianSequenceNumbers
  /// The user's name fills 16 bytes in RAKP message 1 (FreeIPMI's `intel20`, ipmitool's `i82571spt`).
  case paddedUserName
  /// The integrity check value of RAKP message 4 is made with the integrity algorithm, so that suites
  /// without one have none, and none is asked for (FreeIPMI's `intel20`, ipmitool's `intelplus`).
  case checkValueByIntegrityAlgorithm
  /// Bit 4 of the role counts as clear in RAKP message 2 and in the keys (ipmitool's `i82571spt`).
  case nameOnlyBitIgnored
  /// Set Session Privilege Level is not understood and not needed (ipmitool's `i82571spt`).
  case noPrivilegeCommand
  /// With the OEM type Activate Session has zeros in the challenge's place: the code is made of it
  /// (ipmitool's `supermicro`).
  case hiddenChallenge
}
