# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that have booted, kept: what two of three seconds go to is the same for all guests of a kernel.

    booted.py CACHE    takes those below CACHE away
"""
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile

from machine import GuestError, Machine, say, write_case

# Guests of one boot have their addresses in common: one boot serves a few.
USES = 8
# Where a case wants another machine than most, a boot would serve it alone.
MOST = {"append": "", "cpu": "max,la57=off", "smp": "2", "memory": "512", "disk": "ext2", "device": ""}


def shared(options):
    return all(options[key] == value for key, value in MOST.items())


def make(image, options, kdump, state):
    with tempfile.TemporaryDirectory(prefix="triage-guest-") as work:
        write_case(os.path.join(work, "case"), hold="1")
        with Machine(image, options, kdump, work).boot() as machine:
            if not machine.wait(lambda: b"guest: booted" in machine.text()):
                raise GuestError("QEMU ended before the guest was up")
            machine.keep(state)


def uses_left(state):
    """One less than before; none where there is no state."""
    try:
        with open(os.path.join(state, "uses"), "r+", encoding="ascii") as file:
            left = int(file.read() or 0)
            file.seek(0)
            file.write(f"{left - 1}\n")
            return left
    except FileNotFoundError:
        return 0


def forget(cache):
    """Takes all of them away, 100 MB each; one that is being made, when it is."""
    folder = os.path.join(cache, "booted")
    for name in os.listdir(folder) if os.path.isdir(folder) else []:
        if name.endswith(".lock"):
            with open(os.path.join(folder, name), "w", encoding="ascii") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                shutil.rmtree(os.path.join(folder, name[:-len(".lock")]), ignore_errors=True)


@contextlib.contextmanager
def state_of(image, options, kdump, cache):
    """A folder that Machine.go_on() begins from, of this image and of the QEMU at hand."""
    version = subprocess.run(["qemu-system-x86_64", "--version"], stdout=subprocess.PIPE, check=True).stdout
    with open(os.path.join(os.path.dirname(__file__), "machine.py"), "rb") as file:
        digest = hashlib.sha256(version + image.encode() + file.read()).hexdigest()[:16]
    folder = os.path.join(cache, "booted", os.path.basename(os.path.dirname(image)) + (".kdump" if kdump else ""))
    state = os.path.join(folder, digest)
    os.makedirs(os.path.dirname(folder), exist_ok=True)
    with open(folder + ".lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if uses_left(state) <= 0:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(state + ".new")
            make(image, options, kdump, state + ".new")
            with open(os.path.join(state + ".new", "uses"), "w", encoding="ascii") as file:
                file.write(f"{USES - 1}\n")
            os.rename(state + ".new", state)
        yield state


def machine(image, options, kdump, work, cache):
    """A machine with the case in WORK: one that had booted before if it can be had, or one that boots."""
    try:
        with state_of(image, options, kdump, cache) as state:
            return Machine(image, options, kdump, work).go_on(state)
    except GuestError as error:
        say(f"no booted guest ({error}): this one boots itself")
        return Machine(image, options, kdump, work).boot()


if __name__ == "__main__":
    forget(sys.argv[1])
