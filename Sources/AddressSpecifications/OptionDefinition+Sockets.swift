extension OptionDefinition {
  /// The options of sockets of every kind, listeners, TLS and proxies. A line each: the name and behind slashes
  /// its other names, the groups, the phase in which it is applied, the type of its value.
  static let sockets = """
    accept-timeout/listen-timeout LISTEN LISTEN STRUCT-TIMEVAL
    backlog LISTEN LISTEN INT
    bind SOCKET BIND STRING
    connect-timeout SOCKET PASTSOCKET STRUCT-TIMEVAL
    fiosetown SOCKET PASTSOCKET INT
    forever RETRY INIT BOOL
    fork CHILD PASTACCEPT BOOL
    ignorecr HTTP LATE BOOL
    interval/intervall RETRY INIT STRUCT-TIMESPEC
    max-children/maxchildren CHILD PASTACCEPT INT
    null-eof SOCKET INIT BOOL
    openssl-cafile/cafile OPENSSL SPECIFIC STRING
    openssl-capath/capath OPENSSL SPECIFIC STRING
    openssl-certificate/cert/certificate OPENSSL SPECIFIC STRING
    openssl-cipherlist/cipher/cipherlist/ciphers OPENSSL SPECIFIC STRING
    openssl-commonname/cn/commonname OPENSSL SPECIFIC STRING
    openssl-compress/compress OPENSSL SPECIFIC STRING
    openssl-dhparam/dh/dhparam/dhparams/openssl-dhparams OPENSSL SPECIFIC STRING
    openssl-egd/egd OPENSSL SPECIFIC STRING
    openssl-key/key OPENSSL SPECIFIC STRING
    openssl-max-proto-version/max-version OPENSSL INIT STRING
    openssl-min-proto-version/min-version OPENSSL INIT STRING
    openssl-no-sni/no-sni/nosni OPENSSL SPECIFIC BOOL
    openssl-pseudo/pseudo OPENSSL SPECIFIC BOOL
    openssl-snihost/snihost OPENSSL SPECIFIC STRING
    openssl-verify/verify OPENSSL SPECIFIC BOOL
    protocol-family/pf SOCKET PRESOCKET STRING
    proxy-authorization/proxy-auth/proxyauth HTTP LATE STRING
    proxy-authorization-file/proxyauthfile HTTP LATE STRING
    proxy-resolve/resolv/resolve HTTP LATE BOOL
    proxyport HTTP LATE STRING
    range RANGE ACCEPT STRING
    retry RETRY INIT UNSIGNED-INT
    setsockopt/sockopt SOCKET CONNECTED INT:INT:BIN
    setsockopt-bin/sockopt-bin SOCKET CONNECTED INT:INT:BIN
    setsockopt-int/sockopt-int SOCKET CONNECTED INT:INT:INT
    setsockopt-listen/sockopt-listen SOCKET PREBIND INT:INT:BIN
    setsockopt-string/sockopt-string SOCKET CONNECTED INT:INT:STRING
    siocspgrp SOCKET PASTSOCKET INT
    so-acceptconn/acceptconn SOCKET PASTSOCKET INT
    so-attach-filter/attach-filter/attachfilter SOCKET PASTSOCKET INT
    so-bindtodevice/bindtodevice/if/interface SOCKET PASTSOCKET STRING
    so-broadcast/broadcast SOCKET PASTSOCKET INT
    so-bsdcompat/bsdcompat SOCKET PASTSOCKET INT
    so-debug/debug SOCKET PASTSOCKET INT
    so-detach-filter/detach-filter/detachfilter SOCKET PASTSOCKET INT
    so-dontroute/dontroute SOCKET PASTSOCKET INT
    so-error/error SOCKET PASTSOCKET INT
    so-keepalive/keepalive SOCKET FD INT
    so-linger/linger SOCKET PASTSOCKET STRUCT-LINGER
    so-no-check/no-check/nocheck SOCKET PASTSOCKET INT
    so-oobinline/oobinline SOCKET PASTSOCKET INT
    so-passcred/passcred SOCKET PASTSOCKET INT
    so-peercred/peercred SOCKET PASTSOCKET INT[3]
    so-priority/priority SOCKET PASTSOCKET INT
    so-protocol/protocol/prototype/so-prototype SOCKET SOCKET INT
    so-rcvbuf/rcvbuf SOCKET PASTSOCKET INT
    so-rcvbuf-late/rcvbuf-late SOCKET LATE INT
    so-rcvlowat/rcvlowat SOCKET PASTSOCKET INT
    so-reuseaddr/reuseaddr SOCKET PREBIND INT
    so-reuseport/reuseport SOCKET PREBIND INT
    so-security-authentication/security-authentication/securityauthentication SOCKET PASTSOCKET INT
    so-security-encryption-network/security-encryption-network/\
    securityencryptionnetwork SOCKET PASTSOCKET INT
    so-security-encryption-transport/security-encryption-transport/\
    securityencryptiontransport SOCKET PASTSOCKET INT
    so-sndbuf/sndbuf SOCKET PASTSOCKET INT
    so-sndbuf-late/sndbuf-late SOCKET LATE INT
    so-sndlowat/sndlowat SOCKET PASTSOCKET INT
    so-timestamp/timestamp SOCKET PASTSOCKET INT
    so-type/socktype/type SOCKET SOCKET INT
    socksport SOCKS4 LATE STRING
    socksuser SOCKS4 LATE STRING
    tcpwrap-etc/tcpwrap-dir RANGE ACCEPT STRING
    tcpwrap-hosts-allow-table/allow-table/hosts-allow RANGE ACCEPT STRING
    tcpwrap-hosts-deny-table/deny-table/hosts-deny RANGE ACCEPT STRING
    tcpwrappers/libwrap/tcpwrap/tcpwrapper/wrap RANGE ACCEPT STRING-NULL
    unix-tightsocklen/tightsocklen UNIX PREBIND BOOL
    """
}
