#!/usr/bin/env python3
"""Records what Debian's nc.openbsd says of command lines, and returns: nc/command-lines.txt.

    Fixtures/originals/record-nc.py [PROGRAM]

Run as root: each command line runs in a network of its own, with nothing in it but the loopback. A case is
the command line as a shell takes it, its exit status, and standard error; standard output is empty in all of
them. The program's name is `nc`, its text on its own use `<usage>`.
"""
import os, re, shlex, subprocess, sys, tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
PROGRAM = sys.argv[1] if len(sys.argv) > 1 else "/bin/nc.openbsd"
LONG = "a" * 120
LINES = f"""
-Z -v 127.0.0.1 80
-Zl 4444
-lZv 4444
-q x 1 1
-q 1
-w -1 h 1
-w 99999999999 h 1
-w 2147484 h 1
-i x h 1
-i 4294967296 h 1
-I 0 h 1
-O 2000000000 h 1
-M 300 h 1
-M -1 h 1
-m x h 1
-T xx h 1
-T 0x100 h 1
-T 256 h 1
-T af44 h 1
-T cs8 h 1
-T EF h 1
-W 0 h 1
-X 6 h 1
-X Connect h
-V 1 h 1
-y
-p
--help
h
h 0
127.0.0.1 70000
127.0.0.1 foo
127.0.0.1 1-x
127.0.0.1 x-1
127.0.0.1 5-
127.0.0.1 1-70000
127.0.0.1 ''
127.0.0.1 -- -5
-k h 1
-lz 1
-U
-U /x 1
-UZ /x
-UF /x
-lU
-lUp 1
-x a -u h 1
-x a -l 1
-x a -s 1.1.1.1 h 1
-x a -U /x
-x a -Z h 1
-x [a h 1
-x [a]x:1 h 1
-lp 1 2 3
-l -s 127.0.0.1 1
-l 127.0.0.1 1 2
-l
''

-n localhost 1
-4 ::1 1
-zv -4 ::1 1
-p foo 127.0.0.1 1
-s 192.0.2.1 127.0.0.1 1
-s 192.0.2.1 -zv 127.0.0.1 1-3
-s ::1 127.0.0.1 1
-U /nonexistent
-zU /nonexistent
-zvU /nonexistent
-lU /nonexistent/a
-luU /nonexistent/a
-uU /nonexistent
-uUv /nonexistent
-uU -s /nonexistent/a /nonexistent
-U ''
-lU ''
-U @crimp-nobody
-U {LONG}
-lU {LONG}
-uU {LONG}
-l foo
-l 192.0.2.1 4444
-S h 1
-F -z 127.0.0.1 1
-zuv 127.0.0.1 9
-zuvn 127.0.0.1 9
-zu 127.0.0.1 9-12
-zv 127.0.0.1 -1
-zv 127.0.0.1 http
-zv 127.0.0.1 http ssh 22-24
-zv 127.0.0.1 1-9
-zv 127.0.0.1 5-3 http https
-zv 127.0.0.1 80 80
-zv 127.0.0.1 4294967297
-zv 127.0.0.1 ' 5'
-zvn 127.1 1 2 ftp
-zv 127.1 1 2 ftp
-zv ::1 1-3
-zv 90-80
-z 127.0.0.1 1
127.0.0.1 1
-v 127.0.0.1 1
-v 127.0.0.1 1 2 3
-v 127.1 1
-vn 127.1 1
-v 192.0.2.1 1
-zv 192.0.2.1 1-2
-v 2001:db8::1 1
-zv -p 1234 127.0.0.1 1-3
-zv -s 127.0.0.9 127.0.0.1 1-3
-v -M 1 -m 1 -T ef 127.0.0.1 1
-6v -M 1 -m 1 -T ef ::1 1
-v -T 0x10 127.0.0.1 1
-v -M 0 127.0.0.1 1
-D -v 127.0.0.1 1
-I 1000 -O 1000 -v 127.0.0.1 1
-b -v 127.0.0.1 1
-zvr 127.0.0.1 7-7
-dv 127.0.0.1 1
-uv 127.0.0.1 9
-u 192.0.2.1 9
-uv 192.0.2.1 9
-wv 1 127.0.0.1 1
""".strip("\n").split("\n")


def record(program, line):
    argv = ["unshare", "-n", "sh", "-c", 'ip link set lo up; exec "$@"', "sh", program]
    run = subprocess.run(argv + shlex.split(line), stdin=subprocess.DEVNULL, capture_output=True,
                         timeout=20, start_new_session=True, env={**os.environ, "LC_ALL": "C"})
    assert run.stdout == b"", line
    text = run.stderr.decode().replace(program, "nc")
    text = re.sub(r"usage:.*", "<usage>\n", text, flags=re.S)
    text = re.sub(r"/tmp/nc-\w+", "/tmp/nc-<random>", text)
    shown = "".join(f"  {each}\n" for each in text.splitlines())
    return f"$ nc {line}".rstrip() + f"\nstatus: {run.returncode}\nstderr:\n{shown}"


with tempfile.TemporaryDirectory() as directory:
    os.symlink(PROGRAM, f"{directory}/nc")
    text = "\n".join(record(f"{directory}/nc", line) for line in LINES)
os.makedirs(f"{HERE}/nc", exist_ok=True)
with open(f"{HERE}/nc/command-lines.txt", "w") as file:
    file.write(text)
