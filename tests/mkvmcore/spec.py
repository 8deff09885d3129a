# SPDX-License-Identifier: GPL-2.0-or-later
"""Reads a spec. What is not written there (links of lists, per-CPU areas, …) machine.py adds."""
import os
import re
import shlex
from dataclasses import dataclass, field

FRAME = re.compile(r"#\d+\s+\[([0-9a-f]+)\]\s+([\w.]+) at ([0-9a-f]+)(?:\s+\[(\w+)\])?$")
EXCEPTION = re.compile(r"\[exception RIP: ([\w.]+)\+(\d+)(?:\s+\[(\w+)\])?\]")
REGISTER = re.compile(r"\b(R[A-Z0-9]+|ORIG_RAX|CS|SS):\s+([0-9a-f]+)")
REFERENCE = re.compile(r"@([A-Za-z_][\w.]*)")
SETTINGS = ("release version era hostname image page_offset vmalloc memory kaslr phys_base cpus "
            "panic_cpu").split()


class Mistake(Exception):
    pass


@dataclass
class Frame:
    slot: int
    function: str
    address: int
    module: str = ""
    regs: dict = None       # a pt_regs follows this frame's slot


@dataclass
class Task:
    label: str
    address: int
    body: str
    stack: int = 0
    cpu: int = 0
    leader: str = ""
    frames: list = field(default_factory=list)
    running: bool = False   # its registers are a CPU's


@dataclass
class Function:
    address: int
    size: int
    module: str = ""


@dataclass
class Cpu:
    offset: int = None
    current: str = ""
    fault: int = 0          # where the exception's entry code will return to, if one was taken
    regs: dict = field(default_factory=dict)


@dataclass
class Module:
    base: int
    size: int


@dataclass
class Spec:
    settings: dict = field(default_factory=dict)
    functions: dict = field(default_factory=dict)
    labels: dict = field(default_factory=dict)    # every name with an address
    symbols: dict = field(default_factory=dict)   # those of them that vmlinux knows: kind
    modules: dict = field(default_factory=dict)
    objects: list = field(default_factory=list)   # (C type, address, initialiser)
    words: list = field(default_factory=list)     # (address, [expression])
    data: list = field(default_factory=list)      # (address, bytes)
    tasks: dict = field(default_factory=dict)
    cpus: dict = field(default_factory=dict)
    idle: list = field(default_factory=list)      # frames of a CPU with nothing to do
    log: list = field(default_factory=list)       # (level, microseconds, text)
    vmcoreinfo: list = field(default_factory=list)
    has_vmcoreinfo: bool = True
    percpu_zero: list = field(default_factory=list)   # (offset, size), on each CPU


class Reader:
    def __init__(self):
        self.spec = Spec()

    def number(self, text):
        """A hexadecimal number, a name, or either with +0x… behind it."""
        first, _, more = text.partition("+")
        if first in self.spec.labels:
            value = self.spec.labels[first]
        else:
            try:
                value = int(first, 16)
            except ValueError:
                raise Mistake(f"no such name: {first}") from None
        return value + (int(more, 16) if more else 0)

    def label(self, name, address):
        if self.spec.labels.setdefault(name, address) != address:
            raise Mistake(f"{name} has two addresses")

    # --- directives ---------------------------------------------------------------------------

    def do_func(self, name, address, size, module=""):
        self.label(name, self.number(address))
        self.spec.functions[name] = Function(self.number(address), self.number(size), module)

    def do_symbol(self, name, address, kind="data"):
        self.label(name, self.number(address))
        self.spec.symbols[name] = kind

    def do_name(self, name, address):
        self.label(name, self.number(address))

    def do_module(self, name, base, size):
        self.spec.modules[name] = Module(self.number(base), self.number(size))

    def do_object(self, kind, address, body):
        self.spec.objects.append((kind, self.number(address), body))

    def do_words(self, address, *words):
        self.spec.words.append((self.number(address), list(words)))

    def do_code(self, address, *data):
        self.spec.data.append((self.number(address), bytes.fromhex("".join(data))))

    def do_text(self, address, text):
        self.spec.data.append((self.number(address), text.encode() + b"\0"))

    def do_zero(self, address, size):
        self.spec.data.append((self.number(address), bytes(self.number(size))))

    def do_percpu_zero(self, offset, size):
        self.spec.percpu_zero.append((self.number(offset), self.number(size)))

    def do_task(self, label, address, stack, cpu, body):
        self.label(label, self.number(address))
        self.spec.tasks[label] = Task(label, self.number(address), body, self.number(stack),
                                      int(cpu))

    def do_thread(self, label, leader, *rest):
        self.do_task(label, *rest)
        self.spec.tasks[label].leader = leader

    def do_cpu(self, number, *fields):
        cpu = self.spec.cpus.setdefault(int(number), Cpu())
        for key, value in (f.split("=") for f in fields):
            if key == "offset":
                cpu.offset = self.number(value)
                self.label(f"percpu{number}", cpu.offset)
            elif key == "current":
                cpu.current = value
            elif key == "fault":
                cpu.fault = self.number(value)
            else:
                cpu.regs[key] = self.number(value)

    def do_vmcoreinfo(self, line):
        self.spec.vmcoreinfo.append(line)

    def do_no_vmcoreinfo(self):
        self.spec.has_vmcoreinfo = False

    # --- blocks -------------------------------------------------------------------------------

    def block_backtrace(self, arguments, lines):
        task = self.spec.tasks[arguments[0]]
        task.running = arguments[1:] == ["running"]
        task.frames = self.frames(lines)

    def block_idle(self, _, lines):
        self.spec.idle = self.frames(lines)

    def block_log(self, _, lines):
        for line in lines:
            found = re.match(r"(?:<(\d)>)?\[ *(\d+)\.(\d{6})\] ?(.*)", line)
            if not found:
                raise Mistake(f"no log line: {line}")
            level, seconds, micros, text = found.groups()
            self.spec.log.append((int(level or 4), int(seconds) * 1000000 + int(micros), text))

    def frames(self, lines):
        frames = []
        for line in lines:
            frame, exception = FRAME.match(line), EXCEPTION.match(line)
            if frame:
                slot, function, address, module = frame.groups()
                frames.append(Frame(int(slot, 16), function, int(address, 16), module or ""))
            elif exception:
                frames[-1].regs = {"at": (exception[1], int(exception[2]), exception[3] or "")}
            elif REGISTER.search(line):
                if frames[-1].regs is None:
                    frames[-1].regs = {}
                for name, value in REGISTER.findall(line):
                    frames[-1].regs[name.lower()] = int(value, 16)
            elif not line.startswith("---"):
                raise Mistake(f"no line of a backtrace: {line}")
        return frames

    # --- lines --------------------------------------------------------------------------------

    def setting(self, name, rest):
        text = name in ("release", "version", "era", "hostname")
        if name == "image":
            start, end = rest.split()
            self.spec.settings[name] = (self.number(start), self.number(end))
        elif name in ("cpus", "panic_cpu"):
            self.spec.settings[name] = int(rest)
        else:
            self.spec.settings[name] = rest if text else self.number(rest)

    def directive(self, line, lines):
        name, _, rest = line.partition(" ")
        rest = rest.strip()
        if name in SETTINGS:
            return self.setting(name, rest)
        if hasattr(self, "block_" + name):
            return getattr(self, "block_" + name)(rest.split(), until_end(lines))
        if name in ("object", "task", "thread"):
            head, body = braces(rest, lines)
            words = head.split()
            if name == "object":    # the C type may be of several words
                words = [" ".join(words[:-1]), words[-1]]
            return getattr(self, "do_" + name)(*words, body)
        if name == "vmcoreinfo":
            return self.do_vmcoreinfo(rest)
        if not hasattr(self, "do_" + name):
            raise Mistake(f"unknown directive: {name}")
        return getattr(self, "do_" + name)(*shlex.split(rest))

    def read(self, path):
        with open(path) as f:
            lines = iter([(i + 1, strip(text)) for i, text in enumerate(f)])
        for number, line in lines:
            if not line:
                continue
            try:
                if line.startswith("include "):
                    self.read(os.path.join(os.path.dirname(path), line.split()[1]))
                else:
                    self.directive(line, lines)
            except (Mistake, KeyError, ValueError, TypeError, IndexError) as error:
                raise Mistake(f"{path}:{number}: {error}") from error


def strip(text):
    return re.sub(r"(^|\s)//.*", "", text).strip()


def until_end(lines):
    result = []
    for _, line in lines:
        if line == "end":
            return result
        if line:
            result.append(line)
    raise Mistake("a block without its end")


def braces(rest, lines):
    """Split "HEAD {BODY}", which may go on for several lines."""
    while rest.count("{") == 0 or rest.count("{") > rest.count("}"):
        try:
            rest += " " + next(lines)[1]
        except StopIteration:
            raise Mistake("a brace is not closed") from None
    start = rest.index("{")
    return rest[:start].strip(), rest[start:]


def read(path):
    reader = Reader()
    reader.read(path)
    missing = [s for s in ("release", "era", "image", "page_offset", "memory", "cpus")
               if s not in reader.spec.settings]
    if missing:
        raise Mistake(f"{path} does not say: {', '.join(missing)}")
    return reader.spec
