"""usage: closing.py PORT LISTEN
What the two ends of a connection see of each other's end, for each of them that ends first and each way to
do so. Clients connect to PORT, and their connections come in at LISTEN: the same port, or one behind a relay.
Waits until somebody listens at PORT, then prints a line for each case: `FIRST HOW: what the other sees, then what becomes of its late answer`.

  half         shutdown(SHUT_WR): it still reads
  close        close, all that came having been read
  close-unread close, with bytes that were not read: the kernel sends RST
  reset        close with SO_LINGER of 0: RST
  kill         SIGKILL of the process, all that came having been read
  kill-unread  the same, with bytes that were not read
"""
import array, errno, fcntl, os, select, signal, socket, struct, sys, termios, time

PATIENCE = 1.0
LATE = b'late' * 25000
EXTRA = b'e' * 1000


def exactly(end, count):
    data = b''
    while len(data) < count:
        piece = end.recv(count - len(data))
        assert piece, 'the connection ended too early'
        data += piece


def rest(end, patience=PATIENCE):
    """Reads to the end: how many bytes, and how it ended."""
    count = 0
    end.settimeout(patience)
    try:
        while True:
            piece = end.recv(65536)
            if not piece:
                return count, 'end'
            count += len(piece)
    except socket.timeout:
        return count, 'nothing'
    except OSError as error:
        return count, 'reset' if error.errno in (errno.ECONNRESET, errno.EPIPE) else str(error)
    finally:
        end.settimeout(None)


def wait_unread(end):
    count = array.array('i', [0])
    deadline = time.monotonic() + 20
    while count[0] < len(EXTRA) and time.monotonic() < deadline:
        fcntl.ioctl(end, termios.FIONREAD, count)
        time.sleep(0.001)


def wait_listener(port):
    """Waits until a relay is there."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for table in ('/proc/net/tcp', '/proc/net/tcp6'):
            for line in open(table):
                words = line.split()
                if words[3] == '0A' and words[1].endswith(':%04X' % port):
                    return
        time.sleep(0.01)
    sys.exit('nobody listens at port %d' % port)


def act_first(end, how, say):
    """Ends the connection. A process that is to be killed waits for that."""
    if how.endswith('unread'):
        wait_unread(end)
    if how == 'half':
        end.shutdown(socket.SHUT_WR)
        # The other one may wait for an end that it is not told of.
        return say('%d bytes and %s' % rest(end, 10 * PATIENCE))
    if how == 'reset':
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    if how.startswith('kill'):
        say('ready')
        signal.pause()
    end.close()
    say('')


def act_second(end, how, say):
    """Tells what it sees, and answers late."""
    if how.endswith('unread'):
        end.sendall(EXTRA)
    _, seen = rest(end)
    if seen == 'reset':
        return say(seen)
    if how == 'half':
        try:
            end.sendall(LATE)
        except OSError:
            pass  # The other one tells what it got.
        end.close()
        return say(seen)
    try:
        end.sendall(b'x')
        watch = select.poll()
        watch.register(end, 0)
        late = 'reset' if watch.poll(PATIENCE * 1000) else 'taken'
    except OSError:
        late = 'reset'
    say('%s, then %s' % (seen, late))


def run(role, connect, how):
    """A process at one end; returns it and what it says."""
    reader, writer = os.pipe()
    child = os.fork()
    if child:
        os.close(writer)
        return child, os.fdopen(reader)
    os.close(reader)

    def say(text):
        os.write(writer, text.encode() + b'\n')

    try:
        end = connect()
        if role[0] == 'client':
            end.sendall(b'q' * 1000)
            exactly(end, 2000)
            end.sendall(b'k')
        else:
            exactly(end, 1000)
            end.sendall(b'a' * 2000)
            exactly(end, 1)
        (act_first if role[1] else act_second)(end, how, say)
    except Exception as error:
        say('%s: %r' % (role[0], error))
    os._exit(0)


def case(port, listener, first, how):
    server, from_server = run(('server', first == 'server'), lambda: listener.accept()[0], how)
    client, from_client = run(
        ('client', first == 'client'),
        lambda: socket.create_connection(('127.0.0.1', port), 20), how)
    said = {'client': from_client, 'server': from_server}
    other = 'server' if first == 'client' else 'client'
    if how.startswith('kill'):
        ready = said[first].readline().strip()
        assert ready == 'ready', ready
        os.kill(client if first == 'client' else server, signal.SIGKILL)
    seen = said[other].readline().strip()
    got = said[first].readline().strip()
    for process in (client, server):
        os.waitpid(process, 0)
    return ', then '.join(words for words in (seen, got) if words)


def main():
    port, listen = int(sys.argv[1]), int(sys.argv[2])
    listener = socket.create_server(('127.0.0.1', listen), backlog=50)
    wait_listener(port)
    for first in ('client', 'server'):
        for how in ('half', 'close', 'close-unread', 'reset', 'kill', 'kill-unread'):
            print('%s %s: %s' % (first, how, case(port, listener, first, how)), flush=True)


main()
