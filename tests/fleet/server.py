# SPDX-License-Identifier: GPL-2.0-or-later
"""A PostgreSQL of one's own, for tests: real, in a temporary folder, on a Unix socket there.

    with Server() as server:
        run(["triage", "fleet", "init", "--store", server.address])
        rows = server.rows("SELECT host FROM fleet.host")

PostgreSQL refuses to run as root: for root it is run by the user TRIAGE_SERVER_USER (nobody) through setpriv.
"""
import glob
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

USER = os.environ.get("TRIAGE_SERVER_USER", "nobody")
PATIENCE = 30


def programs():
    """The newest set of server programs that is installed: Debian keeps them out of the PATH."""
    folders = glob.glob("/usr/lib/postgresql/*/bin/postgres")
    if folders:
        return os.path.dirname(max(folders, key=lambda path: int(re.search(r"/(\d+)/", path)[1])))
    found = shutil.which("postgres")
    if not found:
        raise FileNotFoundError("no PostgreSQL server here: tests/deps test installs one")
    return os.path.dirname(found)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """
    Started as a context is entered. tls: listens on loopback, by TLS alone, with a CA of its own. disk: bytes of a
    file system of its own (needs root), which fill() fills.
    """

    def __init__(self, tls=False, disk=None, **settings):
        self.bin = programs()
        self.top = tempfile.mkdtemp(prefix="triage-fleet.")
        self.user = pwd.getpwnam(USER) if os.getuid() == 0 else None
        self.data = os.path.join(self.top, "disk", "data")
        self.disk = disk
        self.log_path = os.path.join(self.top, "server.log")
        self.tls = tls
        self.port = free_port()
        self.process = self.keeper = None
        os.mkdir(os.path.join(self.top, "disk"))
        self.settings = {"listen_addresses": "127.0.0.1" if tls else "", "unix_socket_directories": self.top,
                         "port": self.port, "max_connections": 40, "shared_buffers": "64MB",
                         "max_wal_size": "128MB", "log_min_messages": "warning", "timezone": "UTC",
                         "lc_messages": "C", "fsync": "off", **settings}
        if self.user:
            for path in self.top, os.path.join(self.top, "disk"):
                os.chown(path, self.user.pw_uid, self.user.pw_gid)

    @property
    def address(self):
        return f"postgresql:///fleet?host={self.top}&port={self.port}&user=triage"

    @property
    def tls_address(self):
        return (f"postgresql://triage@localhost:{self.port}/fleet?sslmode=verify-full"
                f"&sslrootcert={self.top}/ca.crt")

    def mount_disk(self):
        """In a mount namespace that a process of its own keeps: nothing of the machine sees it."""
        where = os.path.join(self.top, "disk")
        self.keeper = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "sh", "-c",
             f"mount -t tmpfs -o size={self.disk},mode=0777 none {where} && echo there && exec sleep 3600"],
            stdout=subprocess.PIPE, text=True)
        if self.keeper.stdout.readline() != "there\n":
            raise OSError("no file system to be filled")

    def inside(self, *command):
        return ["nsenter", "-t", str(self.keeper.pid), "-m", "-r", "-w", *command] if self.keeper else list(command)

    def fill(self, left):
        """Fill the disk until so many bytes are left; None: empty it of that again."""
        where = os.path.join(self.top, "disk")
        script = f"rm -f {where}/filler"
        if left is not None:
            script = (f"free=$(df --output=avail -B1 {where} | tail -n 1); "
                      f"head -c $((free - {left})) /dev/zero >{where}/filler")
        subprocess.run(self.inside("sh", "-c", script), check=True)

    def as_user(self, *command):
        if not self.user:
            return list(command)
        return self.inside("setpriv", f"--reuid={self.user.pw_uid}", f"--regid={self.user.pw_gid}",
                           "--clear-groups", *command)

    def run(self, *command):
        return subprocess.run(self.as_user(*command), check=True, capture_output=True, text=True,
                              cwd=self.top, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}).stdout

    def __enter__(self):
        if self.disk:
            self.mount_disk()
        self.run(f"{self.bin}/initdb", "-D", self.data, "-U", "triage", "-A", "trust", "-E", "UTF8",
                 "--no-sync", "--locale=C.UTF-8")
        if self.tls:
            self.make_certificates()
        self.start()
        return self.fresh()

    def fresh(self):
        """The database empty again; itself, so that one server does for many tests."""
        self.sql("DROP DATABASE IF EXISTS fleet WITH (FORCE)", database="postgres")
        self.sql("CREATE DATABASE fleet", database="postgres")
        return self

    def __exit__(self, *_):
        self.stop(signal.SIGINT)
        if self.keeper:
            self.keeper.kill()
            self.keeper.wait()
        shutil.rmtree(self.top, ignore_errors=True)

    def make_certificates(self):
        """A CA, the server's certificate for localhost, and that of client "triage"."""
        run = lambda *words: self.run("openssl", *words)
        run("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=test CA",
            "-keyout", f"{self.top}/ca.key", "-out", f"{self.top}/ca.crt")
        for name, subject in (("server", "localhost"), ("client", "triage")):
            run("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={subject}", "-addext",
                f"subjectAltName=DNS:{subject}", "-keyout", f"{self.top}/{name}.key", "-out",
                f"{self.top}/{name}.csr")
            run("x509", "-req", "-in", f"{self.top}/{name}.csr", "-CA", f"{self.top}/ca.crt", "-CAkey",
                f"{self.top}/ca.key", "-CAcreateserial", "-days", "2", "-copy_extensions", "copy", "-out",
                f"{self.top}/{name}.crt")
        self.settings.update(ssl="on", ssl_cert_file=f"{self.top}/server.crt",
                             ssl_key_file=f"{self.top}/server.key", ssl_ca_file=f"{self.top}/ca.crt")
        self.run("chmod", "0600", f"{self.top}/server.key", f"{self.top}/client.key")
        self.access("local all all trust\nhostssl all all 127.0.0.1/32 cert\n")

    def access(self, rules):
        with open(os.path.join(self.data, "pg_hba.conf"), "w") as out:
            out.write(rules)

    def start(self, **settings):
        """Waits until it answers. Children of one that was killed may still hold its memory: then it is begun again."""
        self.settings.update(settings)
        self.launch()
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return self.sql("SELECT 1", database="postgres")
            except subprocess.CalledProcessError as error:
                if time.monotonic() > end:
                    raise OSError(f"the server does not start: {error.stderr}\n{self.log()[-1500:]}") from error
            if self.process.poll() is not None:
                self.launch()
            time.sleep(0.05)

    def launch(self):
        words = [word for key, value in self.settings.items() for word in ("-c", f"{key}={value}")]
        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen(
                self.as_user(f"{self.bin}/postgres", "-D", self.data, *words), stdout=log, stderr=log,
                cwd=self.top, env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"})

    def stop(self, how=signal.SIGINT):
        """SIGINT: at once and orderly; SIGQUIT: as if it died; SIGKILL: dies, and children end by themselves."""
        if not self.process:
            return
        self.process.send_signal(how)
        self.process.wait(PATIENCE)
        self.process = None

    def log(self):
        with open(self.log_path) as log:
            return log.read()

    def sql(self, text, database="fleet"):
        """What psql prints, unaligned."""
        return subprocess.run(
            [f"{self.bin}/psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", self.top, "-p",
             str(self.port), "-U", "triage", "-d", database, "-c", text],
            check=True, capture_output=True, text=True).stdout.rstrip("\n")

    def script(self, text):
        """SQL that is too long for a command line."""
        subprocess.run([f"{self.bin}/psql", "-X", "-q", "-o", os.devnull, "-v", "ON_ERROR_STOP=1", "-h", self.top, "-p",
                        str(self.port), "-U", "triage", "-d", "fleet"], input=text, check=True, text=True)

    def rows(self, text):
        return [line.split("|") for line in self.sql(text).splitlines()]

    def number(self, text):
        return int(self.sql(text))

    def count(self, text):
        """The same; -1 while the server does not answer."""
        try:
            return self.number(text)
        except subprocess.CalledProcessError:
            return -1
