# SPDX-License-Identifier: GPL-2.0-or-later
"""Hosts that have a store, filled as the daemon leaves it, with verdicts varied from real ones."""
import contextlib
import glob
import hashlib
import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(TOP, "tests", "daemon")]
from lab import BUILD, check

TRIAGE = os.path.join(BUILD, "triage")
LOGS = ("gpf-6.6-kasan-null", "gpf-3.10-slab-poison", "oom-3.10", "bug-2.6.18", "assert-zfs-5.4-panic",
        "segfault-two-threads")
NEW = 1790000000  # seconds since the epoch: when simulated crashes begin
_reports = []
_empty = []


def triage(*words, status=0, **options):
    done = subprocess.run([TRIAGE, *words], capture_output=True, text=True, check=False, **options)
    check(status is None or done.returncode == status,
          f"triage {' '.join(words)}: status {done.returncode}: {done.stderr.strip()[-600:]}")
    return done


def real_reports():
    """Verdicts of real logs, and of the dumps whose verdict.json TRIAGE_VERDICTS names (a pattern)."""
    if not _reports:
        for name in LOGS:
            done = triage("analyze", "--json", os.path.join(TOP, "tests", "log", name + ".log"), status=None)
            _reports.append(json.loads(done.stdout))
        for path in sorted(glob.glob(os.environ.get("TRIAGE_VERDICTS", ""))):
            with open(path) as file:
                _reports.append(json.load(file))
    return _reports


def evidence_of(report, finding):
    """What the report has moved into one of its sections."""
    evidence = finding.get("evidence")
    if isinstance(evidence, dict) and set(evidence) == {"section"}:
        at = report
        for key in evidence["section"].strip("/").split("/"):
            at = at[int(key)] if isinstance(at, list) else at.get(key)
        return at, evidence["section"].strip("/").replace("/", ".")
    return evidence, None


def findings_of(report):
    rows = []
    for finding in report["findings"]:
        evidence, place = evidence_of(report, finding)
        rows.append((finding["id"], finding["analyzer"], finding["code"], place, finding["severity"],
                     finding["confidence"], finding["headline"], json.dumps(evidence)))
    return rows


def empty_store():
    """Made once a run: its tables take longer than a copy of them."""
    if not _empty:
        _empty.append(tempfile.TemporaryDirectory(prefix="triage-empty."))
        names = sorted(glob.glob(os.path.join(TOP, "schema", "[0-9]*.sql")))
        with contextlib.closing(sqlite3.connect(os.path.join(_empty[0].name, "triage.db"))) as db:
            for name in [*names, os.path.join(TOP, "schema", "views.sql")]:
                with open(name) as file:
                    db.executescript(file.read())
            db.execute(f"PRAGMA user_version = {len(names)}")
            db.execute("PRAGMA journal_mode = WAL")
            db.commit()
    return os.path.join(_empty[0].name, "triage.db")


class Host:
    """The store of one host, in folder/triage.db. Use sql() for what no method does."""

    def __init__(self, folder, name, epoch=None):
        self.folder, self.name = folder, name
        self.path = os.path.join(folder, "triage.db")
        self.machine = hashlib.md5(name.encode()).hexdigest()
        self.chance, self.names = random.Random(name), random.Random(name + folder)
        os.makedirs(folder, exist_ok=True)
        if not os.path.exists(self.path):
            self.make(epoch)

    def make(self, epoch):
        shutil.copyfile(empty_store(), self.path)
        self.sql("UPDATE export_epoch SET epoch = ?", epoch or os.urandom(8).hex())

    @contextlib.contextmanager
    def open(self):
        with contextlib.closing(sqlite3.connect(self.path, timeout=30)) as db:
            db.execute("PRAGMA synchronous = OFF")
            yield db
            db.commit()

    def sql(self, text, *values):
        with self.open() as db:
            return db.execute(text, values).fetchall()

    def add(self, count=1, uids=None, **columns):
        """So many verdicts more; their uids. columns replaces what the lists show, "evidence" the first finding's."""
        added = []
        with self.open() as db:
            for number in range(len(uids) if uids else count):
                uid = uids[number] if uids else hashlib.sha256(self.names.randbytes(16)).hexdigest()[:40]
                self.put(db, uid, self.chance.choice(real_reports()), columns)
                added.append(uid)
        return added

    def put(self, db, uid, report, columns):
        verdict, pick = report["verdict"], self.chance.randrange(7)
        row = {"host": self.name, "kernel": f"6.1.0-{30 + pick}-amd64", "cause": verdict["cause"],
               "severity": verdict["severity"], "headline": verdict["headline"],
               "signature": f"{verdict['signature']['exact'] or 'none'}-{pick}", "state": "done",
               "crash_time": NEW + self.chance.randrange(10000000), "analyzed_at": NEW + 20000000,
               "path": f"/var/crash/{uid}/vmcore", **columns}
        evidence = row.pop("evidence", None)
        known = db.execute("SELECT id FROM dump WHERE uid = ?", (uid,)).fetchone()
        if known:
            for table in "finding", "verdict", "job", "export":
                db.execute(f"DELETE FROM {table} WHERE dump = ?", known)
            dump = known[0]
        else:
            dump = db.execute("INSERT INTO dump (uid, path, size) VALUES (?, ?, 23000000)",
                              (uid, row["path"])).lastrowid
        rows = findings_of(report)
        if evidence is not None:
            rows[0] = (*rows[0][:7], evidence)
        db.executemany("INSERT INTO finding (dump, number, analyzer, code, place, severity, confidence, headline, "
                       f"evidence) VALUES ({dump}, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
        lists = [json.dumps(verdict.get(key)) for key in ("because", "reasons", "ruled_out", "next_steps",
                                                          "alternatives", "broken_rules", "known_issue", "see")]
        db.execute("INSERT INTO verdict (dump, analyzed_at, tool_version, rule, cause, severity, headline, confidence, "
                   "signature, fuzzy, because, reasons, ruled_out, next_steps, alternatives, broken, known_issue, see, "
                   "signature_version) VALUES (?, ?, ?, '0', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                   (dump, row["analyzed_at"], verdict["rule"], row["cause"], row["severity"], row["headline"],
                    verdict["confidence"], row["signature"], json.dumps(verdict["signature"]["fuzzy"]), *lists,
                    verdict["signature"].get("version")))
        db.execute("INSERT INTO job (dump, state, crash_time, layout, format, found_at, host, kernel, cause, severity, "
                   "headline, confidence, signature) VALUES (?, ?, ?, 'debian', 'kdump', ?, ?, ?, ?, ?, ?, ?, ?)",
                   (dump, row["state"], row["crash_time"], row["analyzed_at"], row["host"], row["kernel"],
                    row["cause"], row["severity"], row["headline"], verdict["confidence"], row["signature"]))
        db.execute("INSERT INTO export (dump) VALUES (?)", (dump,))

    def command(self, address, *more):
        return [TRIAGE, "forward", "--to", address, "--state-dir", self.folder, "--run-dir", self.folder,
                "--machine", self.machine, *more]

    def forward(self, address, status=0):
        done = subprocess.run(self.command(address, "--once"), capture_output=True, text=True, check=False)
        check(status is None or done.returncode == status, f"forward: {done.returncode}: {done.stderr.strip()}")
        return done

    def follow(self, address, log=subprocess.DEVNULL):
        return subprocess.Popen(self.command(address), stdout=log, stderr=log)

    def uids(self):
        return {row[0] for row in self.sql("SELECT d.uid FROM export e JOIN dump d ON d.id = e.dump")}

    def state(self):
        with open(os.path.join(self.folder, "forward.json")) as file:
            return json.load(file)
