/// What `nc` says of itself.
enum NetcatUsage {
  static let usage = """
    usage: nc [-46bCDdFhklNnrStUuvZz] [-I bytes] [-i seconds] [-M ttl] [-m minttl]
              [-O bytes] [-P proxyuser] [-p sourceport] [-q seconds] [-s source]
              [-T tos] [-W count] [-w seconds] [-X 4|5|connect] [-x proxy[:port]]
              [destination] [port ...]

    """

  static let help = """
    OpenBSD netcat (Debian patchlevel 1.219-1), as crimp speaks it

    """ + usage + """

        -4, -6       IPv4, IPv6 alone
        -b           datagrams may go to broadcast addresses
        -C           LF is sent as CR LF
        -D           the kernel's debugging of the socket
        -d           standard input is not read
        -F           hand the connected socket over to standard output
        -h           this text
        -I BYTES     size of the receive buffer
        -i SECONDS   pause after each line that is sent, and between ports
        -k           listen again after a connection
        -l           listen
        -M TTL       hop limit of what is sent
        -m TTL       least hop limit of what is received
        -N           shut the socket down for writing at the end of standard input
        -n           numbers alone: no names are looked up
        -O BYTES     size of the send buffer
        -P USER      who the proxy is told to be asking
        -p PORT      source port
        -q SECONDS   as -N, and stay so long at the end
        -r           ports in random order
        -S           TCP MD5 signatures
        -s SOURCE    source address; with -uU the path of the own socket
        -T TOS       type of service: a name or a number
        -t           refuse what telnet negotiates
        -U           UNIX sockets
        -u           UDP; with -U datagrams
        -V TABLE     not on Linux
        -v           tell what happens
        -W COUNT     end after so many packets
        -w SECONDS   give up after so long: connecting, or when nothing comes
        -X PROTOCOL  the proxy's: 4, 5 (SOCKS), or connect (HTTP)
        -x PROXY     the proxy's address, and perhaps its port
        -Z           DCCP
        -z           tell which ports are open, send nothing
      A port is a number, a service's name, or a range FIRST-LAST.

      """
}
