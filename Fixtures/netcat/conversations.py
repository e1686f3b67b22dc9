#!/usr/bin/env python3
"""Conversations of nc with a peer, each held with two programs: what can be seen of both must be the same.

    unshare -n sh -c 'ip link set lo up; exec Fixtures/netcat/conversations.py ORIGINAL PROGRAM [PATTERN]'

What is seen: the exit status, or that it stays, of a program that goes on when its peer has done all; standard
output and standard error; what the peer saw, with the end or the reset behind it. One script does what the
peer does and what is typed, one after the other, so that nothing hangs on who is quicker. Left out are the
few conversations in which the original is sometimes quicker than its own peer.
"""
import contextlib, hashlib, itertools, os, random, re, select, socket, struct, subprocess, sys, tempfile
import time
from concurrent.futures import ThreadPoolExecutor

ORIGINAL, PROGRAM = sys.argv[1:3]
PATTERN = re.compile(sys.argv[3] if len(sys.argv) > 3 else ".")
WORK = tempfile.mkdtemp(prefix="crimp-nc-")
BIG = random.Random(5).randbytes(3_000_000)
for name, content in {"big": BIG, "forty": BIG[:40_000], "small": b"file\n"}.items():
    with open(f"{WORK}/{name}", "wb") as file:
        file.write(content)
# How long one that ends may take, on however slow a machine; and for how long one that stays is watched.
PATIENCE, GLANCE = 30, 0.5
NUMBERS = itertools.count(7000)


class Conversation:
    """A program at work, its standard input, and its peer."""

    def __init__(self, program, options, *, listens, kind, typed, family):
        self.log, self.peer, self.listener = [], None, None
        self.kind, self.family = kind, family
        self.number = number = next(NUMBERS)
        options = [str(next(NUMBERS)) if each == "PORT" else each for each in options]
        datagrams = "u" in kind
        self.type = socket.SOCK_DGRAM if datagrams else socket.SOCK_STREAM
        host = "::1" if family == socket.AF_INET6 else "127.0.0.1"
        if family == socket.AF_UNIX:
            name = f"crimp-{number}"
            self.place = f"@{name}" if "@" in kind else f"{WORK}/{name}"
            self.address = "\0" + name if "@" in kind else self.place
            target = [self.place]
        else:
            self.place, self.address = None, (host, number)
            target = [str(number)] if listens else [host, str(number)]
        if not listens:
            self.listener = socket.socket(family, self.type)
            self.listener.bind(self.address)
            self.listener.settimeout(PATIENCE)
            if not datagrams:
                self.listener.listen(4)
        self.input = None
        if typed is None:
            source = subprocess.DEVNULL
        elif isinstance(typed, str):
            source = open(f"{WORK}/{typed}", "rb")
        else:
            source, self.input = os.pipe()
        self.output = tempfile.TemporaryFile(dir=WORK)
        self.errors = tempfile.TemporaryFile(dir=WORK)
        self.process = subprocess.Popen([program] + options + target, stdin=source, stdout=self.output,
                                        stderr=self.errors, start_new_session=True)
        if self.input is not None:
            os.close(source)
            self.type_in(typed or b"")

    # What is typed.

    def type_in(self, data):
        with contextlib.suppress(BrokenPipeError):
            while data:
                data = data[os.write(self.input, data):]

    def end_input(self):
        if self.input is not None:
            os.close(self.input)
            self.input = None

    # What the peer does.

    def accept(self):
        if self.type == socket.SOCK_STREAM:
            self.peer, _ = self.listener.accept()
            self.peer.settimeout(PATIENCE)
        else:
            self.peer = self.listener

    def connect(self):
        """Once the program listens."""
        until = time.monotonic() + PATIENCE
        while True:
            peer = socket.socket(self.family, self.type)
            try:
                if self.type == socket.SOCK_DGRAM and not self.is_bound():
                    raise ConnectionRefusedError
                if self.type == socket.SOCK_DGRAM and self.family == socket.AF_UNIX:
                    peer.bind(f"{WORK}/peer-{next(NUMBERS)}")
                peer.connect(self.address)
                break
            except (ConnectionRefusedError, FileNotFoundError):
                peer.close()
                assert time.monotonic() < until, "nobody listens"
                time.sleep(0.01)
        peer.settimeout(PATIENCE)
        self.peer = peer

    def is_bound(self):
        if self.family == socket.AF_UNIX:
            return self.place[0] == "@" or os.path.exists(self.place)
        with socket.socket(self.family, self.type) as probe:
            try:
                probe.bind(("0.0.0.0", self.address[1]))
                return False
            except OSError:
                return True

    def say(self, data):
        self.peer.sendall(data)

    def hear(self, count):
        """So many bytes."""
        data = b""
        while len(data) < count and (piece := self.peer.recv(count - len(data))):
            data += piece
        self.log.append(data)

    def hear_all(self):
        """Everything, and how it ends."""
        digest, count, end = hashlib.sha256(), 0, "end"
        try:
            while piece := self.peer.recv(1 << 20):
                digest.update(piece)
                count += len(piece)
        except ConnectionResetError:
            end = "reset"
        self.log.append((end, count, digest.hexdigest()[:8]))

    def echo(self):
        """Sends back all that comes, and ends when that does."""
        self.peer.setblocking(False)
        held, isOpen = b"", True
        while isOpen or held:
            readable, writable, _ = select.select([self.peer] if isOpen and len(held) < 1 << 20 else [],
                                                  [self.peer] if held else [], [], PATIENCE)
            if readable:
                piece = self.peer.recv(1 << 18)
                held += piece
                isOpen = bool(piece)
            if writable:
                held = held[self.peer.send(held):]
        self.peer.setblocking(True)
        self.finish()

    def datagram(self):
        data, self.sender = self.peer.recvfrom(70_000)
        self.log.append(data if len(data) < 100 else len(data))

    def answer(self, data):
        self.peer.sendto(data, self.sender)

    def finish(self):
        self.peer.shutdown(socket.SHUT_WR)

    def close(self):
        self.peer.close()

    def reset(self):
        self.peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.peer.close()

    def wait_for_output(self, count):
        """Until the program has written so much."""
        until = time.monotonic() + PATIENCE
        while os.fstat(self.output.fileno()).st_size < count:
            assert time.monotonic() < until, "no output"
            time.sleep(0.01)

    # What came of it.

    def outcome(self, stays):
        try:
            status = self.process.wait(GLANCE if stays else PATIENCE)
        except subprocess.TimeoutExpired:
            status = "stays"
            self.process.kill()
            self.process.wait()
        self.end_input()
        for each in (self.peer, self.listener):
            if each is not None:
                each.close()
        return status, self.text(self.output), self.text(self.errors), self.log

    def text(self, file):
        file.seek(0)
        data = file.read()
        if len(data) > 1000:
            return len(data), hashlib.sha256(data).hexdigest()[:8]
        text = data.decode("latin1").replace(ORIGINAL, "nc").replace(PROGRAM, "nc")
        text = text.replace(str(self.number), "<port>")
        text = re.sub(r"(received on \S+) \d+", r"\1 <port>", text)
        # The original says so of each answer that it has written.
        text = re.sub(r"nc.*: Write Error!.*\n", "", text)
        return re.sub(r"\bnc\.openbsd: ", "nc: ", re.sub(r"/tmp/nc-\w+", "/tmp/nc-<random>", text))


CASES = []


def case(name, options, script, typed=b"", *, listens=False, kind="", stays=False, family=None):
    family = family or (socket.AF_UNIX if "U" in kind else socket.AF_INET)
    CASES.append((name, options.split(), script, typed, listens, kind, stays, family))


def run(program, each):
    name, options, script, typed, listens, kind, stays, family = each
    conversation = Conversation(program, options, listens=listens, kind=kind, typed=typed, family=family)
    try:
        script(conversation)
    except Exception as error:
        conversation.log.append(repr(error))
    return conversation.outcome(stays)


# A server that ... (the client is under test)


def answers_late(c):
    c.accept()
    c.end_input()
    c.hear(3)
    time.sleep(1)
    c.say(b"late answer\n")
    c.close()


def answers_late_after_end(c):
    c.accept()
    c.end_input()
    c.hear_all()
    time.sleep(1)
    c.say(b"late answer\n")
    c.close()


def closes_first(c):
    c.accept()
    c.hear(3)
    c.say(b"hello\n")
    c.close()
    c.wait_for_output(6)


def closes_and_is_written_to(c):
    closes_first(c)
    c.type_in(b"a\n")
    time.sleep(0.3)
    c.type_in(b"b\n")


def ends_first(c):
    """Half-closes, and hears on."""
    c.accept()
    c.hear(3)
    c.say(b"hello\n")
    c.finish()
    c.wait_for_output(6)
    c.type_in(b"more\n")
    c.hear(5)
    c.end_input()


def ends_first_then_closes(c):
    ends_first(c)
    c.hear_all()
    c.close()


def resets(c):
    c.accept()
    c.hear(3)
    c.reset()


def holds(c):
    c.accept()
    c.end_input()
    c.hear(3)


def holds_after_end(c):
    c.accept()
    c.end_input()
    c.hear_all()


def echoes(c):
    c.accept()
    c.end_input()
    c.echo()


def floods(c):
    c.accept()
    c.say(BIG)
    c.close()


def lines(c):
    c.accept()
    c.end_input()
    c.hear_all()
    c.close()


def negotiates(c):
    c.accept()
    c.say(b"\xff\xfd\x01x\xff\xfb\x03yz\xff\xfe\x05")
    c.hear(9)
    c.end_input()
    c.close()


def speaks_once(c):
    c.accept()
    c.say(b"one\n")


def speaks_and_hears(c):
    c.accept()
    c.say(b"hello\n")
    c.hear_all()
    c.close()


H = b"hi\n"
for kind, place in (("", ""), ("U", "-U "), ("U@", "-U ")):
    title = {"": "TCP", "U": "UNIX", "U@": "abstract"}[kind]
    for options in ("", "-v"):
        case(f"{title} {options} late answer", place + options, answers_late, H, kind=kind)
        case(f"{title} {options} -N late answer", place + options + " -N", answers_late_after_end, H, kind=kind)
    for options in ("-q 0", "-q 1", "-N -w 5"):
        case(f"{title} {options} late answer", place + options, answers_late_after_end, H, kind=kind)
    for options in ("", "-N", "-q 0"):
        stays = kind == ""
        case(f"{title} {options} server closes", place + options, closes_first, H, kind=kind, stays=stays)
        case(f"{title} {options} server ends, then closes", place + options,
             ends_first_then_closes if options else ends_first, H, kind=kind, stays=not options)
        case(f"{title} {options} server holds", place + options, holds_after_end if options else holds, H,
             kind=kind, stays=True)
    case(f"{title} -w 1 server holds", place + "-w 1", holds, H, kind=kind)
    case(f"{title} -N file echoed", place + "-N", echoes, "big", kind=kind)
    case(f"{title} -d flood", place + "-d", floods, None, kind=kind)
    case(f"{title} flood", place, floods, None, kind=kind)
    case(f"{title} -z", place + "-z", lambda c: None, H, kind=kind)
case("TCP written to after close", "", closes_and_is_written_to, H)
case("TCP reset", "", resets, H)
case("TCP -N reset", "-N", resets, H)
case("TCP6 -v", "-Nv", answers_late_after_end, H, family=socket.AF_INET6)
case("TCP -w 1, server closes", "-w 1", closes_first, H)
case("TCP -d", "-d", speaks_once, None, stays=True)
case("TCP -dN", "-d -N", speaks_and_hears, H)
case("TCP -C", "-C -N", lines, b"a\nb\r\n\nc")
case("TCP -i", "-i 1 -N", lines, b"a\nb\nc")
case("TCP -C -i", "-C -i 1 -N", lines, b"a\nb\n")
case("TCP -t", "-t", negotiates)
case("TCP -W 1", "-W 1", speaks_once)
case("TCP -I -O", "-N -I 2000 -O 2000", echoes, "forty")
case("TCP -M -m -T", "-N -M 9 -m 1 -T ef", echoes, "small")
case("TCP -p", "-N -p PORT", echoes, "small")
case("TCP -s", "-Nv -s 127.0.0.3", echoes, "small")

# Datagrams to a server.


def datagram_answered(c):
    c.accept()
    c.datagram()
    c.answer(b"answer\n")
    c.wait_for_output(7)
    c.end_input()


def datagrams(count):
    def hear(c):
        c.accept()
        for _ in range(count):
            c.datagram()
    return hear


def two_lines(c):
    c.accept()
    c.datagram()
    c.type_in(b"two\n")
    c.datagram()
    c.end_input()


def empty_datagram(c):
    c.accept()
    c.datagram()
    c.answer(b"one\n")
    c.answer(b"")
    c.wait_for_output(4)


def three_datagrams(c):
    c.accept()
    c.datagram()
    for each in (b"one\n", b"two\n"):
        c.answer(each)
    # Who has counted to two may have gone.
    with contextlib.suppress(OSError):
        c.answer(b"three\n")


for kind, place in (("u", "-u "), ("uU", "-uU ")):
    title = {"u": "UDP", "uU": "UNIX datagrams"}[kind]
    case(f"{title} answered", place, datagram_answered, H, kind=kind, stays=True)
    for options in ("-q 0", "-q 1", "-w 1"):
        case(f"{title} {options} answered", place + options, datagram_answered, H, kind=kind)
    case(f"{title} file", place + "-w 1", datagrams(3), "forty", kind=kind)
    case(f"{title} lines", place + "-q 0", two_lines, b"one\n", kind=kind)
    case(f"{title} empty datagram", place, empty_datagram, H, kind=kind, stays=True)
    case(f"{title} -W 2", place + "-W 2", three_datagrams, H, kind=kind)
case("UNIX datagrams -v", "-uUv -w 1", datagram_answered, H, kind="uU")

# A client that ... (the listener is under test)


def says_and_ends(c):
    c.connect()
    c.hear(3)
    c.say(b"from client\n")
    c.finish()
    c.hear_all()


def says_and_holds(c):
    c.connect()
    c.hear(3)
    c.say(b"from client\n")
    c.wait_for_output(12)


def ends_input_and_hears(c):
    says_and_holds(c)
    c.end_input()
    c.hear_all()


def closes(c):
    c.connect()
    c.close()


def client_resets(c):
    c.connect()
    c.say(b"x")
    c.wait_for_output(1)
    c.reset()


def client_floods(c):
    c.connect()
    c.say(BIG)
    c.finish()
    c.hear_all()


def hears_all(c):
    c.connect()
    c.hear_all()


def two_clients(c):
    c.connect()
    c.hear(5)
    c.say(b"first\n")
    c.wait_for_output(6)
    c.close()
    c.connect()
    c.say(b"second\n")
    c.wait_for_output(13)
    c.close()


for kind, place in (("", ""), ("U", "-U "), ("U@", "-U ")):
    title = {"": "TCP", "U": "UNIX", "U@": "abstract"}[kind]
    for options in ("-l", "-lN", "-lv", "-lvn"):
        case(f"{title} {options} client ends", place + options, says_and_ends, H, listens=True, kind=kind)
        case(f"{title} {options} client closes", place + options, closes, H, listens=True, kind=kind)
    for options in ("-l", "-lN"):
        case(f"{title} {options} client holds", place + options, says_and_holds, H, listens=True, kind=kind,
             stays=True)
        case(f"{title} {options} client floods", place + options, client_floods, listens=True, kind=kind)
    case(f"{title} -lN input ends", place + "-lN", ends_input_and_hears, H, listens=True, kind=kind, stays=True)
    case(f"{title} -l -q 0 input ends", place + "-l -q 0", ends_input_and_hears, H, listens=True, kind=kind)
    case(f"{title} -l -q 1 input ends", place + "-l -q 1", ends_input_and_hears, H, listens=True, kind=kind)
    case(f"{title} -l -w 1 client holds", place + "-l -w 1", says_and_holds, H, listens=True, kind=kind)
    case(f"{title} -lN file", place + "-lN", hears_all, "big", listens=True, kind=kind, stays=True)
    case(f"{title} -lk two clients", place + "-lkv", two_clients, "small", listens=True, kind=kind, stays=True)
case("TCP -l client resets", "-l", client_resets, listens=True)
case("TCP -6l", "-6lv", says_and_ends, H, listens=True, family=socket.AF_INET6)
case("TCP -6l IPv4 client", "-6lv", says_and_ends, H, listens=True)
case("TCP -ld", "-ld", client_floods, None, listens=True)
case("TCP -lp", "-l -p", says_and_ends, H, listens=True)


def one_datagram(c):
    c.connect()
    c.say(b"from client\n")
    c.wait_for_output(12)


def one_datagram_answered(c):
    one_datagram(c)
    c.type_in(b"answer\n")
    c.hear(7)


def datagram_then_end(c):
    one_datagram_answered(c)
    c.end_input()


def datagram_and_nothing(c):
    one_datagram(c)
    c.say(b"")


def datagrams_of_two(c):
    one_datagram(c)
    c.connect()
    c.say(b"another\n")
    c.wait_for_output(20)


for kind, place in (("u", "-ul"), ("uU", "-luU")):
    title = {"u": "UDP", "uU": "UNIX datagrams"}[kind]
    case(f"{title} -l", place + "v", one_datagram_answered, listens=True, kind=kind, stays=True)
    case(f"{title} -lk", place + "kv", datagrams_of_two, None, listens=True, kind=kind, stays=True)
# At the end of such a conversation over a UNIX socket the original fails at forgetting its peer.
case("UDP -l -q 0", "-ul -q 0", datagram_then_end, listens=True, kind="u")
case("UDP -l -w 1", "-ul -w 1", one_datagram, listens=True, kind="u")
case("UDP -l -W 1", "-ul -W 1", one_datagram, listens=True, kind="u")
case("UDP -l empty datagram", "-ul", datagram_and_nothing, listens=True, kind="u")


def compare(each):
    original, own = run(ORIGINAL, each), run(PROGRAM, each)
    return None if original == own else f"{each[0]}\n  original {original}\n  own      {own}"


chosen = [each for each in CASES if PATTERN.search(each[0])]
with ThreadPoolExecutor(16) as pool:
    different = [each for each in pool.map(compare, chosen) if each]
subprocess.run(["rm", "-rf", WORK])
print("\n".join(different + [f"{len(chosen)} conversations, {len(different)} different"]))
