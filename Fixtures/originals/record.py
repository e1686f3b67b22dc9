#!/usr/bin/env python3
"""Records what the original tools print, return and put on the wire.

Run as root from anywhere; it writes DIALECT/CASE.txt beside itself:

    Fixtures/originals/record.py [DIALECT[/CASE]]...

The tools are looked for where Debian 12 installs them; HABETS_ARPING, IPUTILS_ARPING, SEND_ARP,
SEND_UA, KEEPALIVED, WAKEONLAN and ETHERWAKE name others. Versions recorded: Habets arping 2.23-1,
iputils arping 3:20221126-1+deb12u1, send_arp and send_ua of resource-agents 1:4.12.0-2, keepalived
1:2.2.7-1+b2, wakeonlan 0.41-12.1, etherwake 1.09-4+b1.

README.md tells the format of a case, the network it runs in, and what is replaced by a placeholder.
"""
import ctypes, os, re, select, shlex, signal, socket, struct, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))
libc = ctypes.CDLL(None, use_errno=True)
PREFIX = f"crimp-rec{os.getpid()}-"
HOST, PEER, TWIN, SWITCH = (PREFIX + n for n in ("host", "peer", "twin", "switch"))


def sh(script):
    subprocess.run(["sh", "-euc", script], check=True)


def enter(namespace):
    fd = os.open(f"/run/netns/{namespace}", os.O_RDONLY)
    if libc.setns(fd, 0x40000000):
        raise OSError(ctypes.get_errno(), "setns")
    os.close(fd)


def build():
    """The network of README.md."""
    hosts = [(HOST, "a"), (PEER, "b"), (TWIN, "c")]
    sh(f"ip netns add {SWITCH}")
    inside = f"ip -n {SWITCH}"
    sh(f"ip netns exec {SWITCH} sysctl -qw net.ipv6.conf.all.disable_ipv6=1 net.ipv6.conf.default.disable_ipv6=1")
    sh(f"{inside} link add br0 type bridge stp_state 0 mcast_snooping 0 && {inside} link set br0 up")
    for name, letter in hosts:
        sh(f"ip netns add {name}")
        sh(f"ip netns exec {name} sysctl -qw net.ipv4.icmp_echo_ignore_broadcasts=0"
           " net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0"
           " net.ipv6.conf.all.accept_dad=0 net.ipv6.conf.default.accept_dad=0"
           " net.ipv6.conf.all.autoconf=0 net.ipv6.conf.default.autoconf=0"
           " net.ipv6.conf.all.router_solicitations=0 net.ipv6.conf.default.router_solicitations=0")
        sh(f"ip -n {name} link set lo up")
        sh(f"ip -n {name} link add eth0 address 02:00:00:00:00:0{letter} type veth peer name p{letter} netns {SWITCH}")
        sh(f"{inside} link set p{letter} master br0 up && ip -n {name} link set eth0 up")
    sh(f"ip -n {HOST} addr add 192.0.2.1/24 dev eth0")
    sh(f"ip -n {HOST} addr add 192.40.0.200/24 dev eth0")
    sh(f"ip -n {HOST} addr add 2001:db8::1/64 dev eth0 nodad")
    sh(f"ip -n {HOST} route add 255.255.255.255 dev eth0")
    sh(f"ip -n {PEER} addr add 192.0.2.2/24 dev eth0; ip -n {PEER} addr add 192.0.2.9/32 dev eth0")
    sh(f"ip -n {TWIN} addr add 192.0.2.3/24 dev eth0; ip -n {TWIN} addr add 192.0.2.9/32 dev eth0")
    for name in (PEER, TWIN):
        sh(f"ip -n {name} neigh add 192.0.2.1 lladdr 02:00:00:00:00:0a nud permanent dev eth0")
    # An interface that is down, one whose far end is down, one without an IPv4 address.
    for name, letter in (("down0", "d"), ("nc0", "e"), ("noip0", "f")):
        sh(f"ip -n {HOST} link add {name} address 02:00:00:00:00:1{letter} type veth peer name p{letter} netns {SWITCH}")
    sh(f"ip -n {HOST} addr add 198.51.100.1/24 dev down0")
    sh(f"ip -n {HOST} link set nc0 up && ip -n {HOST} addr add 203.0.113.1/24 dev nc0")
    sh(f"ip -n {HOST} link set noip0 up && {inside} link set pf up")
    time.sleep(2)  # group joins of the new interfaces


def destroy():
    for name in (HOST, PEER, TWIN, SWITCH):
        subprocess.run(["ip", "netns", "del", name], stderr=subprocess.DEVNULL)


def observer():
    """A socket on the switch's port to the host: it sees what the host sends."""
    def open_inside():
        own = os.open("/proc/self/ns/net", os.O_RDONLY)
        enter(SWITCH)
        try:
            s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
            s.bind(("pa", 3))
            s.setsockopt(263, 8, 1)  # SOL_PACKET, PACKET_AUXDATA: the kernel takes the VLAN tag out
            return s
        finally:
            libc.setns(own, 0x40000000)
            os.close(own)
    return open_inside()


def drain(s, frames, for_seconds):
    until = time.monotonic() + for_seconds
    while True:
        ready, _, _ = select.select([s], [], [], max(0, until - time.monotonic()))
        if not ready:
            return
        data, ancillary, _, address = s.recvmsg(2048, 256)
        if address[2] == 4:  # PACKET_OUTGOING: what the switch sends to the host
            continue
        for level, kind, body in ancillary:
            if level == 263 and kind == 8:
                status, _, _, _, _, tci, tpid = struct.unpack("IIIHHHH", body)
                if status & 0x10:
                    data = data[:12] + struct.pack("!HH", tpid, tci) + data[12:]
        text = frame_text(data)
        if text:
            frames.append(text)


def frame_text(data):
    """One line of hex, or None for what the host's kernel sends by itself."""
    kind = data[12:14]
    masked = {}
    if kind == b"\x86\xdd":
        if data[20] != 58 or data[54] != 136:  # neighbour advertisements only
            return None
        masked = {15, 16, 17}  # the flow label
    elif kind == b"\x08\x00" and data[23] == 1:
        # ping of a MAC: identification, checksums, ICMP id and payload differ each time.
        masked = {*range(18, 20), *range(24, 26), *range(36, 40), *range(42, 62)}
    elif kind == b"\x81\x00" and data[16:18] == b"\x08\x00":
        masked = {*range(22, 24), *range(28, 30), *range(40, 44), *range(46, 66)}
    elif kind == b"\x08\x00" and data[23] == 17 and data[42:48] == b"\xff" * 6:
        # a magic packet: identification, checksums, and the port it comes from.
        masked = {*range(18, 20), *range(24, 26), *range(34, 36), *range(40, 42)}
    elif kind not in (b"\x08\x06", b"\x08\x42", b"\x81\x00"):
        return None
    digits = ["--" if n in masked else f"{b:02x}" for n, b in enumerate(data)]
    cuts = [0, 6, 12, 14, len(digits)]
    return " ".join("".join(digits[a:b]) for a, b in zip(cuts, cuts[1:]))


RULES = [
    (re.compile(rb"time=[0-9.]+ (usec|msec|sec)"), b"time=<time>"),
    (re.compile(rb"(rtt min/avg/max/std-dev = )[0-9./]+ ms"), rb"\1<times>"),
    (re.compile(rb" +[0-9]+\.[0-9]{3}ms"), b"  <time>ms"),
    (re.compile(rb"for replies for [0-9.]+ sec"), b"for replies for <time>"),
    (re.compile(rb"at time [0-9]+[.,][0-9]+"), b"at time <time>"),
    (re.compile(rb"(?m)^arping: (getpwnam|Successfully dropped).*\n"), b""),
    (re.compile(rb"(?m)^[A-Z][a-z]{2} [ 0-9]{2} [0-9:]{8} \S+ send_arp: \[[0-9]+\]: "), b"<log> "),
    (re.compile(rb"arping from iputils .*"), b"<version>"),
    (re.compile(rb"libcap: .*"), b"<version>"),
]


def normalise(text, program):
    for pattern, replacement in RULES:
        text = pattern.sub(replacement, text)
    text = text.replace(program.encode(), b"<program>")
    # What a tool says of its own use is its authors' text: only the fact that it says so is kept.
    at = re.search(rb"(?m)^ARPing |usage:|^Usage|^send_arp: sends out", text)
    return text[:at.start()] + b"<usage>\n" if at else text


def block(text):
    out = []
    pieces = text.split(b"\n")
    for n, piece in enumerate(pieces):
        last = n == len(pieces) - 1
        if last and not piece:
            break
        shown = "".join(chr(b) if 32 <= b < 127 and b != 92 else f"\\x{b:02x}" for b in piece)
        out.append("  " + shown + ("\\" if last else ""))  # a closing \ : no newline follows
    return out


# These read /etc/ethers and /etc/hosts: they see etc/ of this directory laid over /etc.
READERS = ("wakeonlan", "etherwake")
OVERLAID = ["unshare", "--mount", "sh", "-euc", f'mount -t overlay none -o lowerdir={HERE}/etc:/etc /etc; exec "$@"', "sh"]

TOOLS = {
    "arping": os.environ.get("HABETS_ARPING", "/usr/sbin/arping"),
    "arping.iputils": os.environ.get("IPUTILS_ARPING", "/usr/bin/arping"),
    "send_arp": os.environ.get("SEND_ARP", "/usr/libexec/heartbeat/send_arp"),
    "send_ua": os.environ.get("SEND_UA", "/usr/libexec/heartbeat/send_ua"),
    "keepalived": os.environ.get("KEEPALIVED", "/usr/sbin/keepalived"),
    "wakeonlan": os.environ.get("WAKEONLAN", "/usr/bin/wakeonlan"),
    "etherwake": os.environ.get("ETHERWAKE", "/usr/sbin/etherwake"),
}

# name, arguments, and for some: (signal, after seconds)
M = "02:00:00:00:00:0b"
H = "192.0.2.2"     # answers
N = "192.0.2.77"    # nobody
V = "192.40.0.200"  # the service address, on the host
D = "192.0.2.9"     # answered by two
I = "-i eth0 "
CASES = {
    "arping": [
        ("one-reply", f"-c 1 {I}{H}"), ("two-replies", f"-c 2 {I}{H}"), ("no-reply", f"-c 1 {I}{N}"),
        ("two-without-reply", f"-c 2 {I}{N}"),
        ("deadline", f"-w 0.3 {I}{N}"), ("deadline-float", f"-w 1.5 {I}{H}"), ("deadline-and-count", f"-c 5 -w 0.5 {I}{H}"),
        ("replies-wanted", f"-C 1 {I}{H}"), ("replies-wanted-and-count", f"-C 2 -c 4 {I}{H}"), ("replies-wanted-none", f"-C 1 -c 2 {I}{N}"),
        ("interval", f"-W 0.2 -c 3 {I}{H}"), ("interval-no-reply", f"-W 0.1 -c 3 {I}{N}"),
        ("quiet", f"-q -c 1 {I}{H}"), ("quiet-no-reply", f"-q -c 1 {I}{N}"),
        ("raw-mac", f"-r -c 1 {I}{H}"), ("raw-ip", f"-R -c 1 {I}{H}"), ("raw-both", f"-r -R -c 1 {I}{H}"), ("raw-no-reply", f"-r -c 1 {I}{N}"),
        ("raw-quiet", f"-r -q -c 1 {I}{H}"),
        ("dots", f"-D -W 0.1 -c 3 {I}{H}"), ("dots-no-reply", f"-D -W 0.1 -c 3 {I}{N}"), ("dots-quiet", f"-D -q -c 1 {I}{H}"),
        ("audible", f"-a -c 1 {I}{H}"), ("audible-no-reply", f"-a -c 1 {I}{N}"), ("audible-quiet", f"-a -q -c 1 {I}{H}"), ("audible-raw", f"-a -r -c 1 {I}{H}"),
        ("beep-missing", f"-e -c 1 {I}{N}"), ("beep-missing-reply", f"-e -c 1 {I}{H}"), ("beep-missing-quiet", f"-e -q -c 1 {I}{N}"),
        ("received-of-sent", f"-u -c 2 -W 0.1 {I}{H}"),
        ("verbose", f"-v -c 1 {I}{H}"), ("verbose-twice", f"-vv -c 1 {I}{H}"), ("verbose-thrice", f"-vvv -c 1 {I}{H}"),
        ("verbose-no-interface", f"-v -c 1 {H}"),
        ("issue-announce", f"-v -c 1 {I}-S {V} -t ff:ff:ff:ff:ff:ff {V}"),
        ("probe", f"-0 -c 1 {I}{H}"), ("probe-no-reply", f"-0 -c 1 {I}{N}"), ("source-broadcast", f"-b -c 1 {I}{H}"),
        ("target-broadcast", f"-B -c 1 {I}".strip()), ("target-broadcast-and-host", f"-B -c 1 {I}{H}"),
        ("match-source", f"-A -c 1 {I}{H}"), ("match-source-no-reply", f"-A -c 1 {I}{N}"),
        ("duplicate", f"-d -c 1 {I}{D}"), ("duplicate-three", f"-d -W 0.1 {I}{D}"), ("duplicate-none", f"-d -W 0.1 {I}{H}"),
        ("duplicate-nobody", f"-d -W 0.1 {I}{N}"), ("duplicate-own", f"-d -W 0.1 -i eth0"), ("two-owners", f"-c 1 {I}{D}"),
        ("duplicate-quiet", f"-d -q -W 0.1 {I}{D}"),
        ("promiscuous", f"-p -c 1 {I}{H}"), ("reply-form", f"-P -c 1 {I}{H}"), ("reply-gratuitous", f"-P -U -c 1 {I}-S {V} {V}"),
        ("unsolicited", f"-U -c 1 {I}{V}"), ("unsolicited-source", f"-U -c 1 {I}-S {V} {V}"), ("unsolicited-two", f"-U -c 2 -W 0.1 {I}-S {V} {V}"),
        ("pacemaker-libnet", f"-U -c 5 {I}-S {V} {V}"),
        ("reply-to-self", f"-P -t 02:00:00:00:00:0a -c 1 {I}-S {V} {V}"),
        ("source-mac", f"-s 02:00:00:00:00:99 -c 1 {I}{H}"), ("source-mac-promiscuous", f"-p -s 02:00:00:00:00:99 -c 1 {I}{H}"),
        ("source-ip", f"-S {V} -c 1 {I}{H}"), ("source-ip-foreign", f"-S 192.0.2.55 -c 1 {I}{H}"), ("source-name", f"-S localhost -c 1 {I}{H}"),
        ("target-mac", f"-t 02:00:00:00:00:0b -c 1 {I}{H}"), ("target-mac-wrong", f"-t 02:00:00:00:00:bb -c 1 {I}{H}"),
        ("directed", f"-c 1 -S {V} -t 02:00:00:00:00:0b {I}{H}"),
        ("ping-mac", f"-c 1 {I}02:00:00:00:00:0b"), ("ping-mac-no-reply", f"-c 1 {I}02:00:00:00:00:bb"), ("ping-mac-to", f"-c 1 -T {H} {I}02:00:00:00:00:0b"),
        ("ping-mac-two", f"-c 2 -W 0.1 {I}-T {H} 02:00:00:00:00:0b"), ("ping-mac-counts", f"-u -c 2 -W 0.1 {I}-T {H} 02:00:00:00:00:0b"),
        ("ping-mac-raw", f"-r -c 1 -T {H} {I}02:00:00:00:00:0b"), ("ping-mac-raw-other", f"-R -c 1 -T {H} {I}02:00:00:00:00:0b"),
        ("ping-mac-raw-both", f"-r -R -c 1 -T {H} {I}02:00:00:00:00:0b"),
        ("ping-mac-dots", f"-D -c 2 -W 0.1 -T {H} {I}02:00:00:00:00:0b"), ("ping-mac-dots-no-reply", f"-D -c 2 -W 0.1 {I}02:00:00:00:00:bb"),
        ("ping-mac-broadcast", f"-c 1 {I}ff:ff:ff:ff:ff:ff"), ("ping-mac-verbose", f"-v -c 1 -T {H} {I}02:00:00:00:00:0b"),
        ("ping-mac-duplicate", f"-d -W 0.1 {I}02:00:00:00:00:0b"), ("ping-mac-match", f"-A -c 1 -T {H} {I}02:00:00:00:00:0b"),
        ("ping-mac-cisco", f"-c 1 {I}-T {H} 0200.0000.000b"), ("ping-mac-vlan", f"-V 5 -c 1 {I}-T {H} 02:00:00:00:00:0b"),
        ("vlan", f"-V 5 -c 1 {I}{H}"), ("vlan-priority", f"-V 5 -Q 3 -c 1 {I}{H}"), ("priority-without-vlan", f"-Q 3 -c 1 {I}{H}"),
        ("priority-too-high", f"-V 5 -Q 8 -c 1 {I}{H}"), ("vlan-too-high", f"-V 4096 -c 1 {I}{H}"), ("vlan-zero", f"-V 0 -c 1 {I}{H}"), ("vlan-negative", f"-V -1 -c 1 {I}{H}"),
        ("seccomp", f"-z -c 1 {I}{H}"), ("no-seccomp", f"-Z -c 1 {I}{H}"), ("timestamp-type", f"-m host -c 1 {I}{H}"), ("timestamp-type-unknown", f"-m nonesuch -c 1 {I}{H}"),
        ("group", f"-g nogroup -c 1 {I}{H}"), ("group-unknown", f"-g nonesuch -c 1 {I}{H}"),
        ("find-interface", f"-c 1 {H}"), ("find-interface-dumb", f"-F -c 1 {H}"), ("find-interface-none", "-c 1 198.18.0.1"),
        ("find-interface-source", f"-c 1 -S {V} {V}"),
        ("interface-upper", f"-I eth0 -c 1 {H}"), ("interface-alias", f"-i eth0:1 -c 1 {H}"), ("interface-alias-upper", f"-I eth0:1 -c 1 {H}"),
        ("interface-unknown", f"-i nonesuch0 -c 1 {H}"), ("interface-down", f"-i down0 -c 1 {H}"), ("interface-no-carrier", f"-i nc0 -c 1 {H}"),
        ("interface-no-address", f"-i noip0 -c 1 {H}"), ("interface-no-address-source", f"-i noip0 -S {V} -c 1 {V}"),
        ("interface-loopback", "-i lo -c 1 127.0.0.1"), ("unsolicited-interface-down", f"-U -i down0 -S {V} -c 1 {V}"),
        ("source-mac-malformed", f"-s 02:00:00:00:00 -c 1 {I}{H}"), ("target-mac-malformed", f"-t zz:00:00:00:00:01 -c 1 {I}{H}"),
        ("source-ip-malformed", f"-S 192.0.2.256 -c 1 {I}{H}"), ("target-ip-malformed", f"-c 1 -T 192.0.2.256 {I}02:00:00:00:00:0b"),
        ("host-unresolved", f"-c 1 {I}nonesuch.invalid"), ("mac-malformed", f"-c 1 {I}02:00:00:00:00:0"), ("mac-short", f"-c 1 {I}02:00"),
        ("host-name", f"-c 1 {I}localhost"),
        ("no-arguments", ""), ("no-host", f"-c 1 -i eth0"), ("help", "--help"), ("help-short", "-h"), ("option-unknown", f"-y {H}"), ("option-long-unknown", f"--nonesuch {H}"),
        ("argument-missing", "-c"), ("count-zero", f"-c 0 -w 0.3 {I}{H}"), ("count-negative", f"-c -1 -w 0.3 {I}{H}"), ("count-word", f"-c abc -w 0.3 {I}{H}"),
        ("deadline-word", f"-w abc -c 1 {I}{H}"), ("deadline-zero", f"-w 0 -c 1 {I}{H}"), ("interval-word", f"-W abc -c 1 {I}{H}"), ("interval-zero", f"-W 0 -c 2 {I}{H}"),
        ("two-hosts", f"-c 1 {I}{H} 192.0.2.3"), ("options-after-host", f"{H} -c 1 -i eth0"),
        ("interrupt", f"{I}{H}", ("INT", 0.5)), ("interrupt-no-reply", f"-W 0.3 {I}{N}", ("INT", 0.5)), ("terminate", f"{I}{H}", ("TERM", 0.5)),
    ],
    "arping.iputils": [
        ("one-reply", f"-c 1 -I eth0 {H}"), ("two-replies", f"-c 2 -I eth0 {H}"), ("no-reply", f"-c 1 -I eth0 {N}"), ("two-without-reply", f"-c 2 -I eth0 {N}"),
        ("broadcast", f"-b -c 2 -I eth0 {H}"), ("first-reply", f"-f -I eth0 {H}"), ("first-reply-none", f"-f -w 1 -I eth0 {N}"),
        ("deadline", f"-w 1 -I eth0 {H}"), ("deadline-none", f"-w 1 -I eth0 {N}"), ("deadline-and-count", f"-c 1 -w 2 -I eth0 {H}"), ("deadline-and-count-none", f"-c 1 -w 1 -I eth0 {N}"),
        ("deadline-and-count-short", f"-c 5 -w 1 -I eth0 {H}"),
        ("interval", f"-i 1 -c 2 -I eth0 {H}"), ("interval-zero", f"-i 0 -c 2 -w 1 -I eth0 {H}"),
        ("quiet", f"-q -c 1 -I eth0 {H}"), ("quiet-no-reply", f"-q -c 1 -I eth0 {N}"),
        ("two-owners", f"-c 1 -I eth0 {D}"), ("two-owners-twice", f"-c 2 -I eth0 {D}"),
        ("issue-announce", f"-U -c 1 -I eth0 -s {V} {V}"), ("unsolicited", f"-U -c 1 -I eth0 {V}"), ("unsolicited-two", f"-U -c 2 -I eth0 {V}"),
        ("pacemaker", f"-U -c 5 -I eth0 {V}"), ("answer", f"-A -c 1 -I eth0 {V}"), ("answer-two", f"-A -c 2 -I eth0 {V}"), ("unsolicited-quiet", f"-q -U -c 1 -I eth0 {V}"),
        ("answer-quiet", f"-q -A -c 1 -I eth0 {V}"),
        ("unsolicited-other-source", f"-U -c 1 -I eth0 -s 192.0.2.1 {V}"), ("answer-other-source", f"-A -c 1 -I eth0 -s 192.0.2.1 {V}"),
        ("unsolicited-deadline", f"-U -c 1 -w 1 -I eth0 {V}"), ("unsolicited-deadline-only", f"-U -w 1 -I eth0 {V}"), ("answer-deadline", f"-A -c 1 -w 1 -I eth0 {V}"),
        ("unsolicited-not-ours", f"-U -c 1 -I eth0 192.0.2.55"), ("source-not-ours", f"-c 1 -I eth0 -s 192.0.2.55 {H}"),
        ("unsolicited-and-answer", f"-U -A -c 1 -I eth0 {V}"),
        ("duplicate", f"-D -c 1 -I eth0 {H}"), ("duplicate-free", f"-D -c 1 -I eth0 {N}"), ("duplicate-collision", f"-q -c 2 -w 3 -D -I eth0 {H}"), ("duplicate-collision-free", f"-q -c 2 -w 3 -D -I eth0 {N}"),
        ("duplicate-own", f"-D -c 1 -I eth0 192.0.2.1"), ("duplicate-source", f"-D -s 192.0.2.1 -c 1 -I eth0 {H}"), ("duplicate-deadline", f"-D -w 1 -I eth0 {N}"),
        ("duplicate-two-owners", f"-D -c 1 -I eth0 {D}"), ("duplicate-broadcast", f"-D -b -c 1 -I eth0 {H}"),
        ("source", f"-s {V} -c 1 -I eth0 {H}"), ("directed", f"-c 1 -w 1 -f -s {V} -I eth0 {H}"), ("directed-none", f"-c 1 -w 1 -f -s {V} -I eth0 {N}"), ("source-malformed", f"-s 192.0.2.256 -c 1 -I eth0 {H}"), ("source-name", f"-s nonesuch.invalid -c 1 -I eth0 {H}"),
        ("find-interface", f"-c 1 {H}"), ("find-interface-none", "-c 1 198.18.0.1"), ("interface-unknown", f"-I nonesuch0 -c 1 {H}"), ("interface-down", f"-I down0 -c 1 {H}"),
        ("unsolicited-interface-down", f"-U -I down0 -c 1 {V}"), ("duplicate-interface-down", f"-D -I down0 -c 1 {H}"), ("quiet-interface-down", f"-q -I down0 -c 1 {H}"),
        ("interface-no-carrier", f"-U -I nc0 -c 1 203.0.113.1"), ("interface-loopback", "-I lo -c 1 127.0.0.1"), ("interface-loopback-duplicate", "-D -I lo -c 1 127.0.0.1"), ("interface-loopback-quiet", "-q -I lo -c 1 127.0.0.1"),
        ("interface-alias", f"-I eth0:1 -c 1 {H}"), ("interface-no-address", f"-I noip0 -c 1 {H}"),
        ("host-unresolved", "-c 1 -I eth0 nonesuch.invalid"), ("host-malformed", "-c 1 -I eth0 192.0.2.256"), ("host-name", f"-c 1 -w 1 -I eth0 localhost"),
        ("no-arguments", ""), ("no-host", "-c 1 -I eth0"), ("help", "-h"), ("help-long", "--help"), ("version", "-V"), ("option-unknown", f"-y {H}"), ("option-long-unknown", f"--nonesuch {H}"),
        ("argument-missing", "-c"), ("count-zero", f"-c 0 -I eth0 {H}"), ("count-negative", f"-c -1 -I eth0 {H}"), ("count-word", f"-c abc -I eth0 {H}"), ("count-trailing", f"-c 1x -I eth0 {H}"),
        ("deadline-word", f"-w abc -c 1 -I eth0 {H}"), ("deadline-negative", f"-w -1 -c 1 -I eth0 {H}"), ("deadline-float", f"-w 1.5 -U -c 1 -I eth0 {V}"), ("interval-word", f"-i abc -c 1 -I eth0 {H}"),
        ("two-hosts", f"-c 1 -I eth0 {H} 192.0.2.3"), ("options-after-host", f"{H} -c 1 -I eth0"), ("count-huge", f"-c 99999999999999999999 -w 1 -I eth0 {H}"), ("count-overflow", f"-c 4294967296 -w 1 -I eth0 {H}"),
        ("interrupt", f"-I eth0 {H}", ("INT", 0.5)), ("interrupt-no-reply", f"-I eth0 {N}", ("INT", 0.5)), ("terminate", f"-I eth0 {H}", ("TERM", 0.5)), ("interrupt-duplicate", f"-D -I eth0 {N}", ("INT", 0.5)),
    ],
    "send_arp": [
        ("pacemaker", f"-i 200 -r 5 -p <pidfile> eth0 {V} auto not_used not_used"), ("once", f"-i 10 -r 1 -p <pidfile> eth0 {V} auto not_used not_used"),
        ("twice", f"-i 10 -r 2 -p <pidfile> eth0 {V} auto not_used not_used"), ("once-no-pidfile", f"-r 1 eth0 {V} auto not_used not_used"),
        ("defaults", f"eth0 {V} auto not_used not_used"), ("mac", f"-i 10 -r 1 eth0 {V} 0200000000aa not_used not_used"), ("mac-colons", f"-i 10 -r 1 eth0 {V} 02:00:00:00:00:aa not_used not_used"),
        ("mac-malformed", f"-i 10 -r 1 eth0 {V} 02zz000000aa not_used not_used"), ("mac-short", f"-i 10 -r 1 eth0 {V} 0200 not_used not_used"), ("not-ours", "-i 10 -r 1 eth0 192.0.2.55 auto not_used not_used"),
        ("broadcast-and-mask", f"-i 10 -r 1 eth0 {V} auto ffffffffffff ffffffffffff"), ("broadcast-ignored", f"-i 10 -r 1 eth0 {V} auto 192.40.0.255 255.255.255.0"),
        ("interface-unknown", f"-i 10 -r 1 nonesuch0 {V} auto not_used not_used"), ("interface-down", f"-i 10 -r 1 down0 {V} auto not_used not_used"), ("interface-no-carrier", f"-i 10 -r 1 nc0 {V} auto not_used not_used"),
        ("interface-no-address", f"-i 10 -r 1 noip0 {V} auto not_used not_used"), ("interface-loopback", f"-i 10 -r 1 lo {V} auto not_used not_used"), ("interface-alias", f"-i 10 -r 1 eth0:1 {V} auto not_used not_used"),
        ("address-malformed", "-i 10 -r 1 eth0 192.0.2.256 auto not_used not_used"), ("address-name", "-i 10 -r 1 eth0 nonesuch.invalid auto not_used not_used"),
        ("no-arguments", ""), ("too-few", f"eth0 {V} auto not_used"), ("too-many", f"-i 10 -r 1 eth0 {V} auto not_used not_used more"), ("option-unknown", f"-y eth0 {V} auto not_used not_used"), ("help", "-h"), ("help-long", "--help"),
        ("repeat-zero", f"-i 10 -r 0 eth0 {V} auto not_used not_used"), ("repeat-word", f"-i 10 -r abc eth0 {V} auto not_used not_used"), ("repeat-negative", f"-i 10 -r -1 eth0 {V} auto not_used not_used"),
        ("interval-zero", f"-i 0 -r 2 eth0 {V} auto not_used not_used"), ("interval-word", f"-i abc -r 2 eth0 {V} auto not_used not_used"), ("argument-missing", "-r"),
        ("pidfile-unwritable", f"-i 10 -r 1 -p /proc/nonesuch/send_arp.pid eth0 {V} auto not_used not_used"),
        ("terminate", f"-i 200 -r 50 -p <pidfile> eth0 {V} auto not_used not_used", ("TERM", 0.3)), ("interrupt", f"-i 200 -r 50 -p <pidfile> eth0 {V} auto not_used not_used", ("INT", 0.3)), ("hangup", f"-i 200 -r 50 -p <pidfile> eth0 {V} auto not_used not_used", ("HUP", 0.3)),
    ],
    "send_ua": [
        ("pacemaker", "-i 200 -c 5 2001:db8::1 64 eth0"), ("once", "-i 10 -c 1 2001:db8::1 64 eth0"), ("defaults", "2001:db8::1 64 eth0"), ("not-ours", "-i 10 -c 1 2001:db8::55 64 eth0"),
        ("interface-unknown", "-i 10 -c 1 2001:db8::1 64 nonesuch0"), ("interface-down", "-i 10 -c 1 2001:db8::1 64 down0"), ("interface-no-carrier", "-i 10 -c 1 2001:db8::1 64 nc0"), ("interface-loopback", "-i 10 -c 1 2001:db8::1 64 lo"),
        ("prefix-too-long", "-i 10 -c 1 2001:db8::1 129 eth0"), ("prefix-zero", "-i 10 -c 1 2001:db8::1 0 eth0"), ("prefix-word", "-i 10 -c 1 2001:db8::1 abc eth0"), ("address-malformed", "-i 10 -c 1 2001:zz8::1 64 eth0"), ("address-v4", "-i 10 -c 1 192.0.2.1 24 eth0"),
        ("no-arguments", ""), ("too-few", "2001:db8::1 64"), ("too-many", "-i 10 -c 1 2001:db8::1 64 eth0 more"), ("option-unknown", "-y 2001:db8::1 64 eth0"), ("help", "-h"), ("help-long", "--help"), ("argument-missing", "-c"),
        ("count-zero", "-i 10 -c 0 2001:db8::1 64 eth0"), ("count-word", "-i 10 -c abc 2001:db8::1 64 eth0"), ("interval-zero", "-i 0 -c 2 2001:db8::1 64 eth0"), ("interval-word", "-i abc -c 1 2001:db8::1 64 eth0"), ("terminate", "-i 200 -c 50 2001:db8::1 64 eth0", ("TERM", 0.3)),
        ("pidfile", "-i 10 -c 1 -p <pidfile> 2001:db8::1 64 eth0"),
    ],
    "wakeonlan": [
        ("one", M), ("two", f"{M} 02:00:00:00:00:0c"), ("upper-case", "02:00:00:00:00:AB"), ("short-groups", "2:0:0:0:0:b"), ("broadcast", "ff:ff:ff:ff:ff:ff"), ("zeros", "00:00:00:00:00:00"),
        ("directed", f"-i 192.0.2.255 {M}"), ("port", f"-p 7 {M}"), ("directed-port", f"-i 192.0.2.255 -p 1234 {M}"), ("glued", f"-p7 -i192.0.2.255 {M}"),
        ("port-word", f"-p abc {M}"), ("port-zero", f"-p 0 {M}"), ("port-too-high", f"-p 65545 {M}"), ("port-trailing", f"-p 7x {M}"), ("port-missing", "-p"), ("address-missing", "-i"),
        ("address-malformed", f"-i 192.0.2.256 {M}"), ("address-name", f"-i localhost {M}"), ("address-unreachable", f"-i 198.18.0.255 {M}"), 
        ("dashes", "02-00-00-00-00-0b"), ("too-short", "02:00:00:00:00"), ("too-long", "02:00:00:00:00:0b:0c"), ("letters", "02:00:00:00:00:0g"), ("invalid-and-valid", f"02:00:00:00:00 {M}"),
        ("ethers-name", "peer"), ("ethers-address", "192.0.2.3"), ("ethers-name-of-address", "twin"), ("ethers-unknown", "stranger"), ("ethers-unknown-address", "192.0.2.9"), ("ethers-unresolved", "sleeper"), ("name-unknown", "nonesuch"), ("ethers-and-mac", f"peer {M}"),
        ("file", "-f <etc>/lab.wol"), ("file-and-mac", "-f <etc>/lab.wol 02:00:00:00:00:aa"), ("file-missing", "-f /nonesuch"), ("file-and-options", "-f <etc>/lab.wol -i 192.0.2.255 -p 7"), ("file-argument-missing", "-f"),
        ("help", "-h"), ("version", "-v"), ("help-and-version", "-hv"), ("version-and-mac", f"-v {M}"), ("no-arguments", ""), ("option-unknown", f"-x {M}"), ("option-long", f"--help"), ("options-after-mac", f"{M} -p 7"), ("double-dash", f"-- {M}"),
    ],
    "etherwake": [
        ("one", M), ("interface", f"-i eth0 {M}"), ("broadcast", f"-b {M}"), ("upper-case", "02:00:00:00:00:AB"), ("short-groups", "2:0:0:0:0:b"), ("to-all", "ff:ff:ff:ff:ff:ff"), ("zeros", "00:00:00:00:00:00"),
        ("password-dotted", f"-p 192.168.1.1 {M}"), ("password-hex", f"-p 00:22:44:66:88:aa {M}"), ("password-upper-case", f"-p 00:22:44:66:88:AA {M}"), ("password-short", f"-p 1.2.3 {M}"), ("password-word", f"-p secret {M}"), ("password-five", f"-p 00:22:44:66:88 {M}"), ("password-four-hex", f"-p 00:22:44:66 {M}"), ("password-too-high", f"-p 1.2.3.256 {M}"), ("password-trailing", f"-p 1.2.3.4.5 {M}"), ("password-missing", "-p"), ("password-broadcast", f"-b -p 1.2.3.4 {M}"), ("password-one-digit", f"-p 1:2:3:4:5:6 {M}"),
        ("debug", f"-D {M}"), ("debug-twice", f"-D -D {M}"), ("debug-password", f"-D -p 192.168.1.1 {M}"), ("debug-password-hex", f"-D -p 00:22:44:66:88:aa {M}"), ("debug-broadcast", f"-D -b {M}"), ("debug-name", "-D peer"),
        ("ethers-name", "peer"), ("ethers-unresolved-name", "sleeper"), ("ethers-address", "192.0.2.3"), ("name-unknown", "nonesuch"), ("name-unknown-debug", "-D nonesuch"), ("mac-short", "02:00:00:00:00"), ("mac-long", "02:00:00:00:00:0b:0c"), ("mac-dashes", "02-00-00-00-00-0b"), ("mac-letters", "02:00:00:00:00:0g"),
        ("interface-unknown", f"-i nonesuch0 {M}"), ("interface-down", f"-i down0 {M}"), ("interface-no-carrier", f"-i nc0 {M}"), ("interface-no-address", f"-i noip0 {M}"), ("interface-loopback", f"-i lo {M}"), ("interface-alias", f"-i eth0:1 {M}"), ("interface-long", f"-i averyveryverylongname0 {M}"), ("interface-missing", "-i"),
        ("version", "-V"), ("version-and-mac", f"-V {M}"), ("verbose", f"-v {M}"), ("usage", "-u"), ("usage-and-mac", f"-u {M}"), ("no-arguments", ""), ("two", f"{M} 02:00:00:00:00:0c"), ("option-unknown", f"-x {M}"), ("option-long", f"--help"), ("options-after-mac", f"{M} -b"), ("double-dash", f"-- {M}"),
    ],
}


def record(tool, name, arguments, kill=None):
    program = TOOLS[tool]
    pidfile = tempfile.mktemp(prefix="crimp-pid-")
    words = [word.replace("<etc>", f"{HERE}/etc") for word in shlex.split(arguments)]
    argv = [program] + [pidfile if word == "<pidfile>" else word for word in words]
    if tool in READERS:
        argv = OVERLAID + argv
    frames = []
    tap = observer()
    process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}, preexec_fn=lambda: enter(HOST))
    if kill:
        time.sleep(kill[1])
        process.send_signal(getattr(signal, "SIG" + kill[0]))
    try:
        out, err = process.communicate(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        print(f"{tool}/{name}: does not end", file=sys.stderr)
        return
    drain(tap, frames, 0.03)
    tap.close()
    lines = ["$ " + " ".join([tool, arguments]).strip()]
    if kill:
        lines.append(f"signal: {kill[0]} after {int(kill[1] * 1000)} ms")
    if "<pidfile>" in arguments:
        lines.append("pidfile: " + ("left" if os.path.exists(pidfile) else "removed"))
    code = process.returncode
    lines.append(f"status: {code if code >= 0 else 128 - code}")
    lines += ["stdout:"] + block(normalise(out, program))
    lines += ["stderr:"] + block(normalise(err.replace(pidfile.encode(), b"<pidfile>"), program))
    lines += ["frames:"] + ["  " + f for f in frames]
    os.makedirs(f"{HERE}/{tool}", exist_ok=True)
    with open(f"{HERE}/{tool}/{name}.txt", "w") as f:
        f.write("\n".join(lines) + "\n")


KEEPALIVED = """
global_defs {{ vrrp_startup_delay 0 }}
vrrp_instance VI {{
  interface eth0
  state MASTER
  virtual_router_id 51
  priority 255
  advert_int 1
  virtual_ipaddress {{ {address} }}
}}
"""


def record_keepalived(name, address):
    """keepalived on its way to MASTER: its announcements of one address, at once and five seconds later."""
    with tempfile.TemporaryDirectory() as directory:
        with open(f"{directory}/keepalived.conf", "w") as f:
            f.write(KEEPALIVED.format(address=address))
        frames, tap = [], observer()
        argv = [TOOLS["keepalived"], "-n", "-l", "-P", "-f", f"{directory}/keepalived.conf", "-p", f"{directory}/pid", "-r", f"{directory}/vrrp.pid"]
        process = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, preexec_fn=lambda: enter(HOST))
        drain(tap, frames, 10)
        process.terminate()
        process.wait()
        tap.close()
    lines = [f"$ keepalived: an instance becomes MASTER of {address}", "frames:"] + ["  " + f for f in frames]
    os.makedirs(f"{HERE}/keepalived", exist_ok=True)
    with open(f"{HERE}/keepalived/{name}.txt", "w") as f:
        f.write("\n".join(lines) + "\n")


def main():
    wanted = sys.argv[1:]
    try:
        build()
        for tool, cases in CASES.items():
            for case in cases:
                if not wanted or tool in wanted or f"{tool}/{case[0]}" in wanted:
                    record(tool, *case)
        for case in [("takeover", "192.40.0.210/24"), ("takeover-ipv6", "2001:db8::210/64")]:
            if not wanted or "keepalived" in wanted or f"keepalived/{case[0]}" in wanted:
                record_keepalived(*case)
    finally:
        destroy()


main()
