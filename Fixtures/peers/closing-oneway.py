"""usage: closing-oneway.py LISTEN COMMAND
The same as closing.py for bytes that go one way: a sender, COMMAND, which brings what comes to port 1234 to
LISTEN, and a receiver. The command is run by bash for each case, and prints its statuses at its end.
Prints `FIRST HOW: what the other sees, then COMMAND's statuses`.
"""
import os, signal, socket, struct, subprocess, sys, time

PATIENCE = 20


def connect(port):
    deadline = time.monotonic() + PATIENCE
    while True:
        try:
            return socket.create_connection(('127.0.0.1', port), PATIENCE)
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, 'nobody listens'
            time.sleep(0.01)


def act(end, how):
    if how == 'half':
        return end.shutdown(socket.SHUT_WR)
    if how == 'reset':
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
    if how == 'kill':
        # The last copy of the socket goes with a process that is killed.
        child = os.fork()
        if not child:
            signal.pause()
        end.close()
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    end.close()


def received(end):
    count = 0
    try:
        while True:
            piece = end.recv(65536)
            if not piece:
                return '%d bytes and end' % count
            count += len(piece)
    except ConnectionResetError:
        return '%d bytes and reset' % count


def sent(end):
    """What becomes of bytes that are sent on and on, at most for a while."""
    count = 0
    try:
        while count < 2000:
            end.sendall(b'x' * 100)
            count += 1
            time.sleep(0.005)
        return 'taken'
    except (ConnectionResetError, BrokenPipeError):
        return 'reset'


def case(listener, command, first, how):
    running = subprocess.Popen(
        ['bash', '-c', command], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    sender = connect(1234)
    receiver, _ = listener.accept()
    receiver.settimeout(PATIENCE)
    sender.sendall(b'q' * 1000)
    count = 0
    while count < 1000:
        count += len(receiver.recv(1000 - count))
    if first == 'sender':
        act(sender, how)
        seen = received(receiver)
    else:
        act(receiver, how)
        if how == 'half':
            sender.sendall(b'l' * 100000)
            sender.close()
            seen = received(receiver)
        else:
            seen = sent(sender)
    for end in (sender, receiver):
        end.close()
    return '%s, then %s' % (seen, running.communicate(timeout=PATIENCE)[0].strip())


def main():
    listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))
    for first in ('sender', 'receiver'):
        for how in ('half', 'close', 'reset', 'kill'):
            print('%s %s: %s' % (first, how, case(listener, sys.argv[2], first, how)), flush=True)


main()
