#!/usr/bin/env python3
"""usage: Fixtures/ipmi/record-at-crimp.py CRIMP DIRECTORY

Records what ipmitool and FreeIPMI's programs say to `crimp bmc --seed 7`, and what it answers, in every
kind of session that each has: DIRECTORY/KIND.txt. User admin, password simulated-secret. A relay between
the two, at another address and the same port, writes the datagrams down.
"""
import os
import select
import socket
import subprocess
import sys
import threading
import time

PORT = 16230
CONTROLLER, RELAY = '127.0.0.1', '127.0.0.2'
SECRET = 'simulated-secret'
KEY = "the controller's key"


class Relay(threading.Thread):
    """Passes datagrams on, and writes them down."""

    def __init__(self):
        super().__init__(daemon=True)
        self.front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.front.bind((RELAY, PORT))
        self.back = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.back.connect((CONTROLLER, PORT))
        self.lines = []
        self.is_over = False

    def run(self):
        client = None
        while not self.is_over:
            for ready in select.select([self.front, self.back], [], [], 0.1)[0]:
                if ready is self.front:
                    data, client = self.front.recvfrom(4096)
                    self.lines.append('> ' + data.hex())
                    self.back.send(data)
                else:
                    data = self.back.recv(4096)
                    self.lines.append('< ' + data.hex())
                    self.front.sendto(data, client)

    def stop(self):
        self.is_over = True
        self.join()
        self.front.close()
        self.back.close()


def record(kind, command, typed=None, options=(), environment=None):
    controller = subprocess.Popen(
        [sys.argv[1], 'bmc', '--seed', '7', '--port', str(PORT), *options],
        stdout=subprocess.PIPE, text=True, env={**os.environ, **(environment or {})})
    controller.stdout.readline()
    relay = Relay()
    relay.start()
    if typed is None:
        said = subprocess.run(command, capture_output=True, text=True, timeout=60).stdout
    else:
        program = subprocess.Popen(
            ['script', '-qefc', ' '.join(command), '/dev/null'], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        for text in typed:
            time.sleep(1)
            program.stdin.write(text)
            program.stdin.flush()
        said = program.communicate(timeout=20)[0]
    time.sleep(0.3)
    relay.stop()
    controller.terminate()
    controller.wait()
    shown = ' '.join(command).replace(SECRET, 'PASSWORD').replace(f"'{KEY}'", 'KEY').replace(KEY, 'KEY')
    with open(f'{sys.argv[2]}/{kind}.txt', 'w') as file:
        file.write(f'# `{shown}`\n# with `crimp bmc --seed 7`: > what the program sent, < what it was answered.\n')
        file.write('\n'.join(relay.lines) + '\n')
    print(f'{kind}: {len(relay.lines)} datagrams: {said.strip().splitlines()[-1:]}')


address = ['-H', RELAY, '-p', str(PORT), '-U', 'admin', '-P', SECRET]
host = ['-h', f'{RELAY}:{PORT}', '-u', 'admin', '-p', SECRET]
for suite in [0, 1, 2, 3, 6, 7, 8, 15, 16, 17]:
    record(f'ipmitool-{suite}', ['ipmitool', '-I', 'lanplus', '-C', str(suite), *address, 'power', 'status'])
for name in ['NONE', 'MD5', 'PASSWORD']:
    record(f'ipmitool-{name.lower()}', ['ipmitool', '-I', 'lan', '-A', name, *address, 'power', 'status'])
for suite in [0, 1, 2, 3, 6, 7, 8, 11, 12, 15, 16, 17]:
    # It names the level in Open Session then, as our console does.
    record(
        f'ipmipower-{suite}',
        ['ipmipower', '-D', 'LAN_2_0', '-I', str(suite), '-W', 'opensesspriv', *host, '--stat'])
for name in ['NONE', 'STRAIGHT_PASSWORD_KEY', 'MD2', 'MD5']:
    record(
        f'ipmipower-{name.split("_")[0].lower()}', ['ipmipower', '-D', 'LAN', '-a', name, *host, '--stat'])
for suite in [3, 17]:
    record(
        f'ipmitool-{suite}-key',
        ['ipmitool', '-I', 'lanplus', '-C', str(suite), '-k', KEY, *address, 'power', 'status'],
        environment={'CRIMP_BMC_KEY': KEY})
    record(
        f'ipmitool-{suite}-console',
        ['ipmitool', '-I', 'lanplus', '-C', str(suite), *address, 'sol', 'activate'],
        typed=['HELLO', '\r', '~.'])
record(
    'ipmiconsole-17', ['ipmiconsole', '-I', '17', *host], typed=['HELLO', 'AGAIN', '&.'])
