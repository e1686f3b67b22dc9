extension OptionDefinition {
  /// The options of IP, TCP and UDP sockets. A line each: the name and behind slashes
  /// its other names, the groups, the phase in which it is applied, the type of its value.
  static let internet = """
    ip-add-membership/add-membership/ip-membership/membership IP4,IP6 PASTSOCKET STRUCT-IP_MREQN
    ip-freebind/freebind/ipfreebind IP4,IP6 PASTSOCKET INT
    ip-hdrincl/hdrincl/iphdrincl IP4,IP6 PASTSOCKET INT
    ip-mtu/ipmtu/mtu IP4,IP6 PASTSOCKET INT
    ip-mtu-discover/ipmtudiscover/mtudiscover IP4,IP6 PASTSOCKET INT
    ip-multicast-if/multicast-if IP4,IP6 PASTSOCKET IP4NAME
    ip-multicast-loop/ipmulticastloop/multicast-loop/multicastloop IP4,IP6 PASTSOCKET BYTE
    ip-multicast-ttl/ipmulticastttl/multicast-ttl/multicastttl IP4,IP6 PASTSOCKET BYTE
    ip-options/ipoptions IP4,IP6 PASTSOCKET BIN
    ip-pktinfo/ippktinfo/pktinfo IP4,IP6 PASTSOCKET INT
    ip-pktoptions/ippktoptions/pktoptions/pktopts IP4,IP6 PASTSOCKET INT
    ip-recverr/iprecverr/recverr IP4,IP6 PASTSOCKET INT
    ip-recvopts/iprecvopts/recvopts IP4,IP6 PASTSOCKET INT
    ip-recvtos/iprecvtos/recvtos IP4,IP6 PASTSOCKET INT
    ip-recvttl/iprecvttl/recvttl IP4,IP6 PASTSOCKET INT
    ip-retopts/ipretopts/retopts IP4,IP6 PASTSOCKET INT
    ip-router-alert/iprouteralert/routeralert IP4,IP6 PASTSOCKET INT
    ip-tos/iptos/tos IP4,IP6 PASTSOCKET INT
    ip-transparent/transparent IP4,IP6 PREBIND BOOL
    ip-ttl/ipttl/ttl IP4,IP6 PASTSOCKET INT
    ipv6-authhdr/authhdr IP6 PASTSOCKET INT
    ipv6-dstopts/dstopts IP6 PASTSOCKET INT
    ipv6-hoplimit/hoplimit IP6 PASTSOCKET INT
    ipv6-hopopts/hopopts IP6 PASTSOCKET INT
    ipv6-join-group/ipv6-add-membership/join-group IP6 PASTSOCKET STRUCT-IP_MREQN
    ipv6-pktinfo IP6 PASTSOCKET INT
    ipv6-recvdstopts/recvdstopts IP6 PASTSOCKET INT
    ipv6-recverr IP6 PASTSOCKET INT
    ipv6-recvhoplimit/recvhoplimit IP6 PASTSOCKET INT
    ipv6-recvhopopts/recvhopopts IP6 PASTSOCKET INT
    ipv6-recvpathmtu IP6 PASTSOCKET INT
    ipv6-recvpktinfo/recvpktinfo IP6 PASTSOCKET INT
    ipv6-recvrthdr/recvrthdr IP6 PASTSOCKET INT
    ipv6-recvtclass IP6 PASTSOCKET INT
    ipv6-rthdr/rthdr IP6 PASTSOCKET INT
    ipv6-tclass IP6 PASTSOCKET INT
    ipv6-unicast-hops/unicast-hops IP6 PASTSOCKET INT
    ipv6-v6only/ipv6only/v6only IP6 PREBIND INT
    lowport UDP,TCP,SCTP LATE BOOL
    res-debug IP4,IP6 INIT BOOL
    res-defnames/defnames IP4,IP6 INIT BOOL
    res-dnsrch/dnsrch IP4,IP6 INIT BOOL
    res-igntc/igntc IP4,IP6 INIT BOOL
    res-recurse/recurse IP4,IP6 INIT BOOL
    res-stayopen/stayopen IP4,IP6 INIT BOOL
    res-usevc/usevc IP4,IP6 INIT BOOL
    sourceport/sp UDP,TCP,SCTP LATE UNSIGNED-SHORT
    tcp-cork/cork TCP PASTSOCKET INT
    tcp-defer-accept/defer-accept TCP PASTSOCKET INT
    tcp-info/info TCP PASTSOCKET INT
    tcp-keepcnt/keepcnt TCP PASTSOCKET INT
    tcp-keepidle/keepidle TCP PASTSOCKET INT
    tcp-keepintvl/keepintvl TCP PASTSOCKET INT
    tcp-linger2/linger2 TCP PASTSOCKET INT
    tcp-maxseg/maxseg/mss TCP PASTSOCKET INT
    tcp-maxseg-late/maxseg-late/mss-late TCP CONNECTED INT
    tcp-md5sig TCP PASTSOCKET INT
    tcp-nodelay/nodelay TCP PASTSOCKET INT
    tcp-quickack/quickack TCP PASTSOCKET INT
    tcp-syncnt/syncnt TCP PASTSOCKET INT
    tcp-window-clamp/window-clamp TCP PASTSOCKET INT
    """
}
