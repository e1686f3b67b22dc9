/// How the dialect of Thomas Habets' arping is used, in our words.
///
/// Programs tell the two arpings apart by what `--help` prints: they look for the author's name and
/// for the line on `-w`.
enum HabetsUsage {
  /// What `-h` and a wrong option show.
  static let short = """
    usage: arping [-0aAbdDeFpPqrRuUvzZ] [-c N] [-C N] [-w sec] [-W sec] [-i IF] [-S IP] [-T IP]
                  [-s MAC] [-t MAC] [-V VLAN] [-Q PRIO] [-m TYPE] [-g GROUP] <host/ip/MAC | -B>
    This is Crimp in the dialect of Thomas Habets' arping; --help explains each option.

    """

  /// What `--help` shows.
  static let long =
    short + """

      Addresses
          -S IP  sender address; -0 is 0.0.0.0 (a probe), -b is 255.255.255.255
          -s MAC sender's hardware address, in the frame's header too
          -t MAC where frames are sent to (default: broadcast)
          -T IP  IPv4 destination when a MAC is pinged (default: 255.255.255.255)
          -B     ask for 255.255.255.255 in place of a host
      What is sent
          -P     replies in place of requests
          -U     target hardware address all ones; for a gratuitous ARP give -S IP IP as well
          -V num VLAN tag; -Q prio is its priority
          -i IF  interface (-I also takes an alias); -F: do not look for one that has the target's net
      How long
          -c N   send N frames
          -C N   stop at N answers
          -w sec Specify a timeout for the whole run; fractions are fine
          -W sec time between frames
      What counts
          -A     only answers of the hardware address that was asked
          -d     look for two owners of the address: status 1 if there are
          -p     also answers to hardware addresses that are not ours
      What is shown
          -q     nothing but errors
          -r -R  only the answer's MAC, only its IP; both: both
          -D     ! for an answer, . for none
          -a -e  beep at an answer, beep at none
          -u     answers of frames sent
          -v     more; twice: still more
      Accepted for compatibility: -g GROUP, -m TYPE, -z, -Z
      Exit status: 0 an answer came (-d: one owner at most), 1 anything else.

      """
}
