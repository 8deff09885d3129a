# SPDX-License-Identifier: GPL-2.0-or-later
"""A daemon in a directory of its own, and dumps to drop into its spool.

TRIAGE_BUILD names the directory with triage and triaged (build). TRIAGE_DUMPS names a directory of
guest dumps, <case>.<format>/vmcore; without it one is made by tests/guest/run and kept in its cache.
"""
import base64
import contextlib
import json
import os
import random
import shutil
import signal
import sqlite3
import struct
import subprocess
import sys
import tempfile
import time
import zlib

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BUILD = os.environ.get("TRIAGE_BUILD", os.path.join(TOP, "build"))
PATIENCE = 60


class Failure(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failure(message)


def until(what, condition, patience=PATIENCE, pause=0.05):
    """Wait for condition() to become true, and return it."""
    end = time.monotonic() + patience
    while True:
        value = condition()
        if value:
            return value
        check(time.monotonic() < end, f"{what}: not within {patience} s")
        time.sleep(pause)


class Lab:
    """One daemon. Use it as a context; the daemon is started by start()."""

    def __init__(self, state=None, **settings):
        self.top = tempfile.mkdtemp(prefix="triaged-test.")
        self.state = state or os.path.join(self.top, "state")
        self.run = os.path.join(self.top, "run")
        self.spool = os.path.join(self.top, "spool")
        self.log_path = os.path.join(self.top, "log")
        self.config = os.path.join(self.top, "triaged.conf")
        self.daemon = None
        for path in self.state, self.run, self.spool:
            os.makedirs(path, exist_ok=True)
        self.configure(**settings)

    def configure(self, **settings):
        settings = {"settle_time": "300ms", "log_only_time": "1s", "unpack_reserve": "0",
                    "spool": self.spool, **settings}
        with open(self.config, "w") as out:
            for key, value in settings.items():
                for one in value if isinstance(value, list) else [value]:
                    out.write(f"{key} = {one}\n")

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        self.stop(signal.SIGKILL)
        if kind is not None and kind is not KeyboardInterrupt:
            sys.stdout.write("".join(f"    | {line}\n" for line in self.log().splitlines()[-25:]))
        shutil.rmtree(self.top, ignore_errors=True)

    def start(self, *arguments, environment=None):
        check(not self.daemon, "a daemon was started already")
        log = open(self.log_path, "ab")
        self.daemon = subprocess.Popen(
            [os.path.join(BUILD, "triaged"), "--verbose", "--config", self.config,
             "--state-dir", self.state, "--run-dir", self.run, *arguments],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log, env={**os.environ, **(environment or {})})
        log.close()

    def stop(self, how=signal.SIGTERM):
        """End the daemon; its exit status."""
        if not self.daemon:
            return None
        with contextlib.suppress(ProcessLookupError):
            self.daemon.send_signal(how)
        status = self.daemon.wait(PATIENCE)
        self.daemon = None
        return status

    def log(self):
        if not os.path.exists(self.log_path):
            return ""
        with open(self.log_path, errors="backslashreplace") as log:
            return log.read()

    def triage(self, *arguments, status=0, environment=None):
        """Run a verb of triage; its standard output. status None: whatever it is."""
        done = subprocess.run(
            [os.path.join(BUILD, "triage"), arguments[0], "--state-dir", self.state,
             "--run-dir", self.run, *map(str, arguments[1:])],
            capture_output=True, text=True, errors="backslashreplace", timeout=PATIENCE,
            env={**os.environ, **(environment or {})})
        check(status is None or done.returncode == status,
              f"triage {' '.join(map(str, arguments))}: status {done.returncode}: {done.stderr}")
        return done.stdout if done.stdout or status == 0 else done.stderr

    def json(self, *arguments, status=0):
        return json.loads(self.triage(*arguments, "--json", status=status))

    def dumps(self, *filters):
        if not os.path.exists(os.path.join(self.state, "triage.db")):
            return []
        done = self.triage("list", "--json", "--limit", 0, *filters, status=None)
        return json.loads(done).get("dumps", []) if done.startswith("{") else []

    def settled(self, count, patience=PATIENCE, states=("done",)):
        """Wait until so many dumps are in one of these states, and none is in another."""
        def look():
            dumps = self.dumps()
            if len(dumps) == count and all(d["state"] in states for d in dumps):
                return dumps or True
        return until(f"{count} dumps {'/'.join(states)}", look, patience)

    def sql(self, query, *values):
        with contextlib.closing(sqlite3.connect(
                f"file:{self.state}/triage.db?mode=ro", uri=True, timeout=20)) as db:
            return db.execute(query, values).fetchall()

    def verify(self, count):
        """What must hold after any accident: one verdict, one export, one report for each dump."""
        until("reports", lambda: not self.sql("SELECT 1 FROM job WHERE report_due"))
        check(self.sql("PRAGMA integrity_check") == [("ok",)], "integrity_check")
        for table in "job", "verdict", "export":
            (found,), = self.sql(f"SELECT count(*) FROM {table}")
            check(found == count, f"{found} rows in {table} for {count} dumps")
        check(not self.sql("PRAGMA foreign_key_check"), "foreign_key_check")
        reports = os.listdir(os.path.join(self.state, "reports"))
        uids = {uid for uid, in self.sql("SELECT uid FROM dump")}
        check({f"{uid}.json" for uid in uids} == {r for r in reports if r.endswith(".json")},
              f"{len(reports)} reports for {len(uids)} dumps")

    def place(self, name, data, age=0):
        """Put a file into the spool: bytes, or a path to copy. Under its name only when whole."""
        path = os.path.join(self.spool, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        hidden = os.path.join(self.top, "hidden")
        if isinstance(data, bytes):
            with open(hidden, "wb") as out:
                out.write(data)
        else:
            shutil.copyfile(data, hidden)
        then = time.time() - age
        os.utime(hidden, (then, then))
        os.rename(hidden, path)
        return path


# --- dumps ------------------------------------------------------------------------------------


def note(name, kind, data):
    name = name.encode() + b"\0"
    return (struct.pack("<III", len(name), len(data), kind) + name + b"\0" * (-len(name) % 4) +
            data + b"\0" * (-len(data) % 4))


def small_dump(number, crash_time=1700000000):
    """An ELF core of one page, as small as a dump can be; each number is another dump."""
    info = (f"OSRELEASE=6.1.0-{number}\nPAGESIZE=4096\nCRASHTIME={crash_time + number}\n"
            "SYMBOL(init_uts_ns)=ffffffff82a15d40\n").encode()
    notes = note("VMCOREINFO", 0, info) + note("CORE", 1, bytes(336))
    page = random.Random(number).randbytes(4096)
    start = 64 + 2 * 56
    data = -(-(start + len(notes)) // 4096) * 4096
    header = b"\x7fELF\x02\x01\x01" + bytes(9) + struct.pack(
        "<HHIQQQIHHHHHH", 4, 62, 1, 0, 64, 0, 0, 64, 56, 2, 0, 0, 0)
    segments = struct.pack("<IIQQQQQQ", 4, 0, start, 0, 0, len(notes), len(notes), 0)
    segments += struct.pack("<IIQQQQQQ", 1, 7, data, 0xffff888000100000, 0x100000, 4096, 4096, 4096)
    return (header + segments + notes).ljust(data, b"\0") + page


def flattened(data):
    """The same file as makedumpfile -F writes it."""
    out = [b"makedumpfile\0\0\0\0".ljust(16, b"\0") + struct.pack(">qq", 1, 1)]
    out[0] = out[0].ljust(4096, b"\0")
    for at in range(0, len(data), 1 << 20):
        part = data[at:at + (1 << 20)]
        out.append(struct.pack(">qq", at, len(part)) + part)
    out.append(struct.pack(">qq", -1, -1))
    return b"".join(out)


def apport_report(data):
    """As apport's problem_report.py writes a value that it compresses: a line for the header, for each piece, for the end."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS, zlib.DEF_MEM_LEVEL, 0)
    parts = [b"\x1f\x8b\x08" + bytes(5) + b"\x02\x00"]
    for at in range(0, len(data), 1 << 20):
        piece = squeeze.compress(data[at:at + (1 << 20)])
        if piece:
            parts.append(piece)
    parts.append(squeeze.flush() + struct.pack("<LL", zlib.crc32(data), len(data) & 0xffffffff))
    lines = b"".join(b" " + base64.b64encode(part) + b"\n" for part in parts)
    return (b"ProblemType: KernelCrash\nArchitecture: amd64\nPackage: linux-image-6.1.0\n"
            b"VmCore: base64\n" + lines + b"VmCoreLog: base64\n QUJD\n")


def real_dump(case="null_offset", form="lzo", kernel="6.1"):
    """Directory of a real guest's dump: vmcore, dmesg, truth."""
    given = os.environ.get("TRIAGE_DUMPS")
    if given:
        path = os.path.join(given, f"{case}.{form}")
        check(os.path.exists(os.path.join(path, "vmcore")), f"no {path}/vmcore")
        return path
    out = os.path.join(BUILD, "daemon-dumps")
    path = os.path.join(out, f"{case}.{form}")
    if not os.path.exists(os.path.join(path, "vmcore")):
        os.makedirs(out, exist_ok=True)
        subprocess.run([os.path.join(TOP, "tests/guest/run"), kernel, case, form, out], check=True,
                       stdout=subprocess.DEVNULL)
    return path


def truth(path):
    with open(os.path.join(path, "truth")) as lines:
        return dict(line.rstrip("\n").split("=", 1) for line in lines if "=" in line)


# --- running tests ----------------------------------------------------------------------------


def main(tests):
    """Run those named on the command line, else all; a line each, status 1 if one failed."""
    wanted = sys.argv[1:]
    failed = 0
    for test in tests:
        name = test.__name__
        if wanted and name not in wanted:
            continue
        began = time.monotonic()
        try:
            said = test()
            print(f"ok    {name} ({time.monotonic() - began:.1f} s){': ' + said if said else ''}",
                  flush=True)
        except (Failure, subprocess.SubprocessError, OSError, KeyError, ValueError,
                sqlite3.Error) as problem:
            failed += 1
            print(f"FAIL  {name}: {type(problem).__name__}: {problem}", flush=True)
    sys.exit(1 if failed else 0)
