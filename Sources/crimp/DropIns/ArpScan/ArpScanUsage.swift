/// How the dialect of arp-scan is used, in our words.
enum ArpScanUsage {
  static let brief = """
    Usage: arp-scan [options] [hosts...]
    Use "arp-scan --help" for detailed information on the available options.

    """

  static let text = """
    Usage: arp-scan [options] [hosts...]
    Crimp in the dialect of arp-scan. Hosts are addresses, names, networks (192.0.2.0/24,
    192.0.2.0:255.255.255.0) and ranges (192.0.2.1-192.0.2.9).
      -I, --interface=IF     interface; the first that is up without it
      -l, --localnet         the network of the interface
      -f, --file=FILE        hosts from a file, one a line; - for standard input
      -N, --numeric          hosts are addresses, not names
      -q, --quiet            addresses alone; no vendor files are read
      -x, --plain            no header and no footer
      -g, --ignoredups       further answers of a host are not shown
      -D, --rtt              round-trip times
      -F, --format=TEXT      lines of this form: ${ip} ${name} ${mac} ${hdrmac} ${vendor} ${padding}
                             ${framing} ${vlan} ${proto} ${dup} ${rtt}, each perhaps with ;WIDTH
      -d, --resolve          names of the hosts that answer
      -O, --ouifile=FILE     vendors of the IEEE's registries
      -m, --macfile=FILE     further vendors
      -R, --random           hosts in random order; --randomseed=N repeats it
      -r, --retry=N          attempts for each host, 2
      -t, --timeout=MS       patience of the first attempt, 500
      -b, --backoff=F        by how much longer each further one waits, 1.5
      -i, --interval=MS      between frames; with u behind it, microseconds
      -B, --bandwidth=BITS   bits a second, 256000; K and M are known
      -M, --limit=N          end when N hosts have answered; status 1 for fewer
      -W, --pcapsavefile=F   answers, as a capture
      -n, --snap=N           how much of each the capture has, 64
      -u, -w, -H, -p, -a, -P, -o   ar$sha, ar$tha, ar$hrd, ar$pro, ar$hln, ar$pln, ar$op
                             (--arpsha, --arptha, --arphrd, --arppro, --arphln, --arppln, --arpop)
      -s, --arpspa=ADDRESS   ar$spa; dest for the target's own
      -S, --srcaddr=MAC      source of the frame
      -T, --destaddr=MAC     destination of the frame
      -y, --prototype=N      EtherType
      -L, --llc              LLC and SNAP in place of the EtherType
      -Q, --vlan=N           802.1Q tag
      -A, --padding=HEX      what follows the packet
      -Y, -E                 are read and change nothing (--retry-send, --retry-send-interval)
      -v, --verbose          more words; twice for more
      -V, --version          who answers
    Exit status: 0 scanned, 1 error or fewer hosts than --limit.

    """
}
