# SPDX-License-Identifier: GPL-2.0-or-later
"""One machine of QEMU: a guest that boots, or one that goes on where another was stopped (booted.py)."""
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import time

SPIN_S = 0.07  # what slowness() takes of the machine that "patience" was measured on
IDLE_FACTOR = 6  # patience with a guest that hardly works, or hardly gets to
CASE_SIZE = 4096  # a guest that goes on elsewhere knows the file by its size
# What the console shows of how far a guest is, in this order.
STAGES = ((re.compile(rb"Linux version (\S+)"), "{} boots"),
          (re.compile(rb"guest: ready"), "it is up; the case begins"),
          (re.compile(rb"truth: kind=(\S+)"), "it breaks ({}); the capture kernel's turn"),
          (re.compile(rb"guest: saving (\S+)"), "the dump is being saved ({})"))
FAILED = re.compile(rb"guest: failed: (.*)")


class GuestError(Exception):
    pass


def say(text):
    print(f"run: {text}", file=sys.stderr, flush=True)


def slowness():
    """How many times longer than where "patience" was measured the same work takes here; 1 at least."""
    begun = time.process_time()
    for number in range(1_000_000):
        number * number % 7
    return max(1, (time.process_time() - begun) / SPIN_S)


def quoted(text):
    return "'" + text.replace("'", "'\\''").replace("\n", " ") + "'"


def write_case(path, **settings):
    """What init reads, as a shell would."""
    text = "".join(f"{k}={quoted(v)}\n" for k, v in settings.items()).encode()
    if len(text) > CASE_SIZE:
        raise GuestError(f"a case of {len(text)} bytes")
    with open(path, "wb") as out:
        out.write(text.ljust(CASE_SIZE, b"\0"))


class Machine:
    """One run of QEMU; always gone when the scope ends. Its files are in WORK, the case among them."""

    def __init__(self, image, options, kdump, work, tell=False):
        self.work, self.options, self.tell = work, options, tell
        self.command_due = bool(options["host"])
        self.patience = int(options["patience"]) * slowness()
        self.stage, self.seen = 0, 0  # of STAGES; bytes of the console that told so
        self.console = os.path.join(work, "console")
        self.disk = os.path.join(work, "disk")
        self.qmp_path = os.path.join(work, "qmp")
        append = "console=ttyS0 loglevel=7 panic=0 no_timer_check rdinit=/init " + options["append"]
        if kdump:
            append += " crashkernel=192M"
        self.command = [
            "qemu-system-x86_64", "-nodefaults", "-no-user-config", "-machine", "q35",
            "-accel", "tcg,thread=multi", "-cpu", options["cpu"], "-smp", options["smp"],
            "-m", options["memory"], "-display", "none", "-no-reboot",
            "-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console",
            "-qmp", f"unix:{self.qmp_path},server=on,wait=off", "-device", "vmcoreinfo",
            "-fw_cfg", f"name=opt/triage/case,file={work}/case",
            "-kernel", os.path.join(image, "vmlinuz"),
            "-initrd", os.path.join(image, "initrd-kdump" if kdump else "initrd"),
            "-append", append.strip(), *shlex.split(options["device"])]
        if kdump:
            self.command += ["-drive", f"file={self.disk},format=raw,if=none,id=disk,cache=unsafe",
                             "-device", "virtio-blk-pci,drive=disk"]

    def boot(self):
        if "-drive" in self.command:
            self.make_disk()
        return self.start()

    def go_on(self, state):
        """From where keep() left it, with another case."""
        for name in ("console", "disk"):
            if os.path.exists(os.path.join(state, name)):
                subprocess.run(["cp", "--sparse=always", "--reflink=auto", os.path.join(state, name), self.work],
                               check=True)
        with open(os.path.join(state, "memory"), "rb") as memory:  # open, it is ours whoever takes the state away
            return self.start("-incoming", f"fd:{memory.fileno()}", pass_fds=[memory.fileno()])

    def keep(self, state):
        """Leaves in STATE what go_on() needs. It stops for good then."""
        memory = shlex.quote(os.path.join(state, "memory"))
        self.qmp(("migrate", {"uri": f"exec:cat >{memory}"}))
        while (how := self.qmp(("query-migrate", {})).get("status")) != "completed":
            if how in ("failed", "cancelled"):
                raise GuestError("the machine's state cannot be kept")
            if self.stuck():
                raise GuestError(f"its state not kept after {self.patience:.0f} s of work")
            time.sleep(0.1)
        for name in ("console", "disk"):
            if os.path.exists(os.path.join(self.work, name)):
                shutil.move(os.path.join(self.work, name), state)

    def make_disk(self):
        with open(self.disk, "wb") as disk:
            disk.truncate((int(self.options["memory"]) * 3 + 256) << 20)
        subprocess.run(["/sbin/mke2fs", "-q", "-F", "-t", self.options["disk"], "-m", "0",
                        self.disk], check=True)

    def start(self, *more, pass_fds=()):
        self.started = time.monotonic()
        with open(os.path.join(self.work, "qemu.log"), "wb") as log:
            self.process = subprocess.Popen([*self.command, *more], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, pass_fds=pass_fds)
        return self

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()

    def text(self):
        try:
            with open(self.console, "rb") as file:
                return file.read()
        except FileNotFoundError:
            return b""

    def stuck(self):
        """Patience is for the guest's work, not for what a busy machine keeps from it."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii", errors="replace") as file:
            user, system = file.read().rsplit(") ", 1)[1].split()[11:13]
        worked = (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")
        return (worked > self.patience or
                time.monotonic() > self.started + IDLE_FACTOR * self.patience)

    def tell_stages(self):
        while self.stage < len(STAGES):
            found = STAGES[self.stage][0].search(self.text(), self.seen)
            if not found:
                break
            words = [word.decode(errors="replace") for word in found.groups()]
            say(f"{time.monotonic() - self.started:4.0f} s  " + STAGES[self.stage][1].format(*words))
            self.seen = found.end()
            self.stage += 1

    def wait(self, done):
        """Waits until done() or QEMU ends; true if QEMU still runs."""
        while self.process.poll() is None:
            if self.tell:
                self.tell_stages()
            failed = FAILED.search(self.text())
            if failed:
                raise GuestError(failed.group(1).decode(errors="replace").strip())
            if self.command_due and b"guest: settled" in self.text():
                self.command_due = False
                self.qmp(("human-monitor-command", {"command-line": self.options["host"]}))
            if done():
                return True
            if self.stuck():
                raise GuestError(f"nothing after {self.patience:.0f} s of work")
            time.sleep(0.2)
        return False

    def qmp(self, *commands):
        """What the last of the commands returns."""
        with socket.socket(socket.AF_UNIX) as link:
            link.settimeout(120)
            link.connect(self.qmp_path)
            answers = link.makefile("r")
            json.loads(answers.readline())
            for name, arguments in (("qmp_capabilities", {}), *commands):
                link.sendall(json.dumps({"execute": name, "arguments": arguments}).encode())
                while True:
                    answer = json.loads(answers.readline() or '{"error": "QEMU hung up"}')
                    if "error" in answer:
                        raise GuestError(f"{name}: {answer['error']}")
                    if "return" in answer:
                        break
            return answer["return"]
