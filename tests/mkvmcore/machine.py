# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes a machine of a spec: adds what every kernel has, and writes the dump and the vmlinux."""
import os
import re
import struct

import compiler
import elf
import kallsyms
import orc
import stacks
from memory import PAGE, Memory
from spec import REFERENCE, Cpu, Function, Mistake, Task

PF_KTHREAD = 0x00200000
SIGCHLD = 17
STACK_END_MAGIC = 0x57ac6e9d
# Who sleeps on any machine: name, and whether it is a process of user space. init's pid is 1.
HOUSEHOLD = [("init", True), ("kthreadd", False), ("migration/0", False), ("ksoftirqd/0", False),
             ("watchdog/0", False), ("events/0", False), ("khelper", False), ("kblockd/0", False),
             ("kswapd0", False), ("udevd", True), ("rsyslogd", True), ("crond", True), ("sshd", True),
             ("agetty", True)]
STACK_SIZE = {"2.6.32": 0x2000, "3.10": 0x4000, "4.18": 0x4000}
HAS_ORC = {"4.18"}
HAS_ADDRESSES = {"2.6.32", "3.10"}   # in kallsyms, where others have offsets
PERCPU_SIZE = 0x40000
RUNQUEUE = 0x2000       # bytes of a CPU's area, more than a run queue has
FUNCTION = 0x40         # bytes of each function that is made here
TEXT = 0x2000           # bytes of text that are there from the start of each function
AREA = 0x200000         # the end of the image, where variables nobody placed are put
PERCPU_SYMBOLS = {"irq_stack_union": 0x0, "current_task": 0xd440, "runqueues": 0x16b00}
IDLE_THREADS = 0xd448   # of each CPU but the first: idle_threads, idle_thread_array before v3.6
# What VMCOREINFO tells of struct page (kernel/kexec.c, kernel/crash_core.c).
PAGE_TOLD = {"2.6.32": "flags _count mapping", "3.10": "flags _count mapping _mapcount private",
             "4.18": "flags _refcount mapping _mapcount private compound_head"}


def quoted(text):
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


class Machine:
    def __init__(self, spec):
        self.spec = spec
        self.era = spec.settings["era"]
        if self.era not in STACK_SIZE:
            raise Mistake(f"no types for era {self.era}")
        self.image = spec.settings["image"]
        self.labels, self.symbols = dict(spec.labels), dict(spec.symbols)
        self.objects = {}       # address: (C type, initialiser)
        self.raw = []           # (address, bytes)
        self.numbers = []       # (label of a line of VMCOREINFO, C expression)
        self.info = []
        self.next = self.image[1] - AREA

    # --- placing things -----------------------------------------------------------------------

    def place(self, size, name=None):
        address = self.labels.get(name) if name else None
        if address is None:
            address, self.next = self.next, self.next + size + -size % 64
            if self.next > self.image[1]:
                raise Mistake("no room left in the image for variables")
        if name:
            self.labels[name] = address
            self.symbols.setdefault(name, "data")
        return address

    def variable(self, name, data):
        address = self.place(len(data), name)
        self.raw.append((address, data))
        return address

    def pointer(self, name, value):
        return self.variable(name, struct.pack("<Q", value))

    def number(self, name, value):
        return self.variable(name, struct.pack("<I", value))

    def put(self, kind, address, body):
        if address in self.objects:
            raise Mistake(f"two objects at {address:#x}")
        self.objects[address] = (kind, body)

    def resolve(self, text):
        """@name stands for its address, in C as in words."""
        def address(found):
            if found[1] not in self.labels:
                raise Mistake(f"no such name: @{found[1]}")
            return f"{self.labels[found[1]]:#x}UL"
        return REFERENCE.sub(address, text)

    def word(self, text):
        first, _, more = text.partition("+")
        value = self.labels[first] if first in self.labels else int(first, 16)
        return value + (int(more, 16) if more else 0)

    # --- CPUs and tasks -----------------------------------------------------------------------

    def add_cpus(self):
        """Every CPU has its area and a task; those the spec says nothing of are idle."""
        settings = self.spec.settings
        direct = settings["page_offset"] + 0x40000000
        for number in range(settings["cpus"]):
            cpu = self.spec.cpus.setdefault(number, Cpu())
            if cpu.offset is None:
                cpu.offset = direct + number * PERCPU_SIZE
            self.labels[f"percpu{number}"] = cpu.offset
            idle = self.idle_task(number, direct + 0x10000000 + number * 0x10000)
            cpu.current = cpu.current or idle.label
            runqueue = cpu.offset + self.labels.setdefault("runqueues", PERCPU_SYMBOLS["runqueues"])
            self.put("struct rq", runqueue,
                     f"RUNQUEUE(@{cpu.current}, @{idle.label}, {number})")
            self.raw.append((cpu.offset + IDLE_THREADS,
                             struct.pack("<Q", self.labels[idle.label] if number else 0)))
            self.raw.append((cpu.offset + self.labels["current_task"],
                             struct.pack("<Q", self.labels[cpu.current])))
        self.variable("__per_cpu_offset", b"".join(
            struct.pack("<Q", self.spec.cpus[n].offset) for n in range(settings["cpus"])))
        self.number("nr_cpu_ids", settings["cpus"])
        mask = ((1 << settings["cpus"]) - 1).to_bytes(1024, "little")
        if self.era in HAS_ORC:
            self.variable("__cpu_online_mask", mask)
        else:
            self.pointer("cpu_online_mask", self.variable("cpu_online_bits", mask))

        panic_cpu = settings.get("panic_cpu", -1) & 0xffffffff
        self.number("crashing_cpu", panic_cpu)
        if self.era == "4.18":  # since 58c5661f2144 (v4.5)
            self.number("panic_cpu", panic_cpu)

    def idle_task(self, number, address):
        label = "init_task" if number == 0 else f"idle{number}"
        if label in self.spec.tasks:
            return self.spec.tasks[label]
        if number == 0:
            address = self.place(0x4000, label)
        stack = address + 0x8000 if number else self.place(2 * STACK_SIZE[self.era])
        stack += -stack % STACK_SIZE[self.era]
        task = Task(label, address, f'{{ .comm = "swapper/{number}" }}', stack, number)
        self.labels[label] = address
        self.spec.tasks[label] = task
        task.running = self.spec.cpus[number].current in ("", label)
        frames = self.spec.idle if task.running else stacks.switched_out(self.spec, self.spec.idle)
        task.frames = [stacks.moved(frame, stack) for frame in frames]
        return task

    def household(self):
        """A machine with nobody but who the spec is about is none: members are told by looking at many."""
        taken = {int(pid) for t in self.spec.tasks.values() for pid in re.findall(r"\.pid = (\d+)", t.body)}
        free = (pid for pid in range(1, 1000) if pid not in taken or pid < 3)
        base = self.spec.settings["page_offset"] + 0x20000000
        size = STACK_SIZE[self.era]
        for i, (comm, user) in enumerate(HOUSEHOLD):
            pid, address = next(free), base + i * 0x10000
            mm = f".mm = {base + 0x800000 + i * 0x1000:#x}UL, " if user else ""
            task = Task(f"household_{i}", address + 0x40, f'{{ {mm}.comm = "{comm}", .pid = {pid}, .tgid = {pid} }}',
                        address + 0x8000)
            task.frames = stacks.asleep(self.spec, self.image[1] - AREA - TEXT, task.stack + size, user)
            self.labels[task.label] = task.address
            self.spec.tasks[task.label] = task

    def usual(self, task):
        """What a task has unless the spec says otherwise: C takes the last of two initialisers."""
        mm = re.search(r"\.mm = ([^,}]+)", task.body)
        members = [f".exit_signal = {SIGCHLD}", f".active_mm = {mm[1]}" if mm else f".flags = {PF_KTHREAD:#x}"]
        if not task.running:
            members.append(".state = 1")
        return ", ".join(members)

    def ring(self, addresses, kind, member):
        """(next, prev) initialisers of a ring through these addresses; each has its own member."""
        def link(i):
            return f"AT({addresses[i % len(addresses)]:#x}UL, struct {kind}, {member})"
        return {a: f"{{ {link(i + 1)}, {link(i - 1)} }}" for i, a in enumerate(addresses)}

    def add_tasks(self):
        tasks = self.spec.tasks
        # Of the idle tasks only the first is on the list.
        listed = [t for t in tasks.values() if not t.leader and not re.match(r"idle\d", t.label)]
        listed.sort(key=lambda t: (t.label != "init_task", not t.label.startswith("household")))
        ring = self.ring([t.address for t in listed], "task_struct", "tasks")
        members = {t.address: [] for t in tasks.values()}
        for task in tasks.values():
            if not task.leader:
                group = [task.address] + [t.address for t in tasks.values()
                                          if t.leader == task.label]
                self.add_threads(group, members)
        for task in tasks.values():
            extra = members[task.address]
            if task.address in ring:
                extra.append(f".tasks = {ring[task.address]}")
            if task.frames and not task.running:
                saved = stacks.saved_sp(task, self.era in HAS_ORC)
                extra.append(f".thread = {{ .sp = {saved:#x}UL }}")
            extra.append(f".stack = {task.stack:#x}UL")
            if self.era == "4.18":
                extra.append(f".cpu = {task.cpu}")
                self.raw.append((task.stack, struct.pack("<Q", STACK_END_MAGIC)))
            elif task.stack:
                self.put("struct thread_info", task.stack,
                         f"{{ .task = {task.address:#x}UL, .cpu = {task.cpu} }}")
            body = "{ " + self.usual(task) + ", " + task.body.strip().lstrip("{").lstrip()
            body = body.rstrip().rstrip("}").rstrip().rstrip(",")
            self.put("struct task_struct", task.address, body + ", " + ", ".join(extra) + " }")

    def add_threads(self, group, members):
        """Through signal->thread_head since 0c740d0afc3b (v3.14), before that a ring of tasks."""
        if self.era != "4.18":
            for address, links in self.ring(group, "task_struct", "thread_group").items():
                members[address].append(f".thread_group = {links}")
            return
        signal = self.place(0x400)
        nodes = [f"AT({a:#x}UL, struct task_struct, thread_node)" for a in group]
        head = f"AT({signal:#x}UL, struct signal_struct, thread_head)"
        self.put("struct signal_struct", signal,
                 f"{{ .thread_head = {{ {nodes[0]}, {nodes[-1]} }} }}")
        around = [head] + nodes + [head]
        for i, address in enumerate(group):
            members[address] += [f".signal = {signal:#x}UL",
                                 f".thread_node = {{ {around[i + 2]}, {around[i]} }}"]

    # --- the rest of a kernel -----------------------------------------------------------------

    def add_variables(self):
        settings = self.spec.settings
        prefix = "per_cpu__" if self.era == "2.6.32" else ""   # until dd17c8f72993 (v2.6.33)
        idle = "idle_thread_array" if self.era == "2.6.32" else "idle_threads"
        for name, value in [*PERCPU_SYMBOLS.items(), (idle, IDLE_THREADS)]:
            self.labels[prefix + name] = self.labels.setdefault(name, value)
            self.symbols[prefix + name] = "abs"
        for name, value in (("__per_cpu_start", 0), ("__per_cpu_end", PERCPU_SIZE)):
            self.labels[name], self.symbols[name] = value, "abs"
        for name, value in (("_text", self.image[0]), ("_stext", self.image[0]), ("_etext", self.image[1] - AREA),
                            ("_end", self.image[1])):
            self.labels[name], self.symbols[name] = value, "data"
        self.place(64, "__per_cpu_load")
        if "vmalloc" in settings:   # the regions are randomised
            self.pointer("page_offset_base", settings["page_offset"])
            self.pointer("vmalloc_base", settings["vmalloc"])
            self.pointer("vmemmap_base", 0xffffea0000000000)
        version = settings.get("version", "#1 SMP")
        self.banner = f"Linux version {settings['release']} (mockbuild@builder) {version}"
        self.variable("linux_banner", self.banner.encode() + b"\n\0")
        self.put("struct uts_namespace", self.place(0x200, "init_uts_ns"),
                 f"UTS({quoted(settings.get('hostname', 'host'))}, "
                 f"{quoted(settings['release'])}, {quoted(version)})")

    def add_modules(self):
        modules = self.spec.modules
        head = self.place(16, "modules")
        homes = {name: module.base + module.size - PAGE for name, module in modules.items()}
        nodes = [f"{head:#x}UL"] + [f"AT({home:#x}UL, struct module, list)"
                                    for home in homes.values()] + [f"{head:#x}UL"]
        self.put("struct list_head", head, f"{{ {nodes[1]}, {nodes[-2]} }}")
        for i, (name, module) in enumerate(modules.items()):
            symtab, strtab, count = self.module_symbols(name, module, homes[name])
            table = self.orc_table(self.module_functions(name), homes[name] - 4 * PAGE)
            self.put("struct module", homes[name],
                     f"MODULE({quoted(name)}, {module.base:#x}UL, {module.size:#x}, {symtab:#x}UL, "
                     f"{count}, {strtab:#x}UL, AT({homes[name]:#x}UL, struct module, core_kallsyms), {table[0]:#x}UL, "
                     f"{table[1]:#x}UL, {table[2]}, {nodes[i + 2]}, {nodes[i]})")

    def module_functions(self, module):
        return {name: f for name, f in self.spec.functions.items() if f.module == module}

    def module_symbols(self, name, module, home):
        """Elf64_Sym[] as the module loader leaves it: st_info is the letter nm(1) shows."""
        symtab, strtab = home - 8 * PAGE, home - 6 * PAGE
        names, table = b"\0", bytes(24)
        for function, place in sorted(self.module_functions(name).items(),
                                      key=lambda item: item[1].address):
            table += struct.pack("<IBBHQQ", len(names), ord("t"), 0, 1, place.address, place.size)
            names += function.encode() + b"\0"
        self.raw += [(symtab, table), (strtab, names)]
        return symtab, strtab, len(table) // 24

    def orc_table(self, functions, address=None):
        """Writes .orc_unwind_ip and .orc_unwind; returns their addresses and length."""
        if self.era not in HAS_ORC or not functions:
            return 0, 0, 0
        bounds = [(f.address, f.address + f.size) for f in functions.values()]
        spans = {a: s for a, s in self.spans.items() if any(lo <= a < hi for lo, hi in bounds)}
        entries = orc.entries(bounds, spans)
        if address is None:
            address = self.place(4 * len(entries) + 64)
            table = self.place(6 * len(entries) + 64)
        else:
            table = address + 2 * PAGE
        self.raw.append((address, orc.ip_table([ip for ip, _ in entries], address)))
        self.put(f"struct orc_entry[{len(entries)}]", table,
                 "{ " + ", ".join(body for _, body in entries) + " }")
        return address, table, len(entries)

    def add_orc(self):
        address, table, count = self.orc_table(self.module_functions(""))
        if not count:
            return
        for name, value in (("__start_orc_unwind_ip", address),
                            ("__stop_orc_unwind_ip", address + 4 * count),
                            ("__start_orc_unwind", table),
                            ("__stop_orc_unwind", table + 6 * count)):
            self.labels[name], self.symbols[name] = value, "data"

    def add_log(self):
        size = 0x8000
        buffer = self.place(size, "__log_buf")
        self.pointer("log_buf", buffer)
        self.number("log_buf_len", size)
        if self.era == "2.6.32":
            text = "".join(f"<{level}>[{us // 1000000:5}.{us % 1000000:06}] {line}\n"
                           for level, us, line in self.spec.log).encode()
            self.raw.append((buffer, text + bytes(size - len(text))))
            self.number("log_end", len(text))
            self.number("logged_chars", len(text))
            return
        at = buffer
        for level, us, line in self.spec.log:
            text = line.encode()
            length = 16 + len(text) + -len(text) % 4
            self.put("struct " + ("log" if self.era == "3.10" else "printk_log"), at,
                     f"RECORD({us * 1000}UL, {length}, {len(text)}, {level})")
            self.raw.append((at + 16, text))
            at += length
        self.raw.append((at, bytes(buffer + size - at)))
        self.number("log_first_idx", 0)
        self.number("log_next_idx", at - buffer)

    def add_vmcoreinfo(self):
        settings, info = self.spec.settings, self.info
        info += [f"OSRELEASE={settings['release']}", f"PAGESIZE={PAGE}"]
        names = ["init_uts_ns", "swapper_pg_dir", "_stext", "log_buf", "log_buf_len"]
        names += (["log_end", "logged_chars"] if self.era == "2.6.32"
                  else ["log_first_idx", "log_next_idx"])
        info += [f"SYMBOL({name})={self.labels[name]:x}" for name in names]
        numbers = [("SIZE(list_head)", "sizeof(struct list_head)"),
                   *((f"OFFSET(page.{m})", f"__builtin_offsetof(struct page, {m})")
                     for m in PAGE_TOLD[self.era].split()),
                   ("OFFSET(list_head.next)", "__builtin_offsetof(struct list_head, next)"),
                   ("OFFSET(list_head.prev)", "__builtin_offsetof(struct list_head, prev)")]
        if self.era != "2.6.32":
            record = "log" if self.era == "3.10" else "printk_log"
            numbers.append((f"SIZE({record})", f"sizeof(struct {record})"))
            numbers += [(f"OFFSET({record}.{m})", f"__builtin_offsetof(struct {record}, {m})")
                        for m in ("ts_nsec", "len", "text_len", "dict_len")]
            numbers.append(("SIZE(page)", "sizeof(struct page)"))
            info += ["NUMBER(PG_lru)=5", "NUMBER(PG_private)=11",
                     f"NUMBER(PG_slab)={7 if self.era == '3.10' else 8}"]
        self.numbers += numbers
        if "kaslr" in settings:
            info.append(f"KERNELOFFSET={settings['kaslr']:x}")
        if self.era == "4.18":
            info += [f"NUMBER(phys_base)={settings.get('phys_base', 0)}",
                     "NUMBER(pgtable_l5_enabled)=0", f"NUMBER(KERNEL_IMAGE_SIZE)={1 << 30}"]
        info += self.spec.vmcoreinfo

    def add_functions(self):
        """Those that are compiled or put together here, in the last of the text."""
        place = self.image[1] - AREA - TEXT // 2
        names = compiler.functions(self.era) + (["__switch_to_asm"] if self.era in HAS_ORC else [])
        for i, name in enumerate(names):
            self.spec.functions.setdefault(name, Function(place + i * FUNCTION, FUNCTION))

    def switch_place(self):
        """Where the scheduler changes stacks: in a function of its own since 0100301bfdf5 (v4.9)."""
        functions = self.spec.functions
        if self.era in HAS_ORC:
            return functions["__switch_to_asm"].address
        scheduler = functions.get("__schedule") or functions["schedule"]
        return scheduler.address + scheduler.size - 0x10

    def add_kallsyms(self):
        """All names are known by now; the tables end up behind the last variable."""
        place = self.next + -self.next % PAGE
        symbols = [(self.labels[name], kind, name) for name, kind in self.symbols.items()]
        symbols += [(f.address, "func", name) for name, f in self.spec.functions.items() if not f.module]
        data = kallsyms.tables(symbols, place, None if self.era in HAS_ADDRESSES else self.image[0])
        if place + len(data) > self.image[1]:
            raise Mistake("no room left in the image for kallsyms")
        self.raw.append((place, data))

    def make(self):
        """Everything but the bytes. The order matters: names before those who refer to them."""
        self.add_variables()
        self.root = self.place(PAGE + PAGE, "swapper_pg_dir") + PAGE - 1 & -PAGE
        self.labels["swapper_pg_dir"] = self.root
        self.add_cpus()
        self.household()
        stacks.derive_functions(self.spec)
        self.add_functions()
        self.labels.update({n: f.address for n, f in self.spec.functions.items()})
        self.spans = stacks.spans(self.spec)
        self.add_tasks()
        self.add_modules()
        self.add_orc()
        self.add_log()
        self.add_vmcoreinfo()
        self.add_kallsyms()
        for kind, address, body in self.spec.objects:
            self.put(kind, address, body)


def registers(spec, cpu):
    return {**stacks.registers(spec.tasks[cpu.current]), **cpu.regs}


def notes(machine, memory, info):
    spec, result = machine.spec, b""
    for number in range(spec.settings["cpus"]):
        cpu = spec.cpus[number]
        pid = re.search(r"\.pid = (\d+)", spec.tasks[cpu.current].body)
        result += elf.note("CORE", elf.NT_PRSTATUS,
                           elf.prstatus(int(pid[1]) if pid else 0, registers(spec, cpu)))
    if spec.has_vmcoreinfo:
        return result + elf.note("VMCOREINFO", 0, info.encode())
    for number in range(spec.settings["cpus"]):
        cpu = spec.cpus[number]
        result += elf.note("QEMU", 0, elf.qemu_state(registers(spec, cpu), memory.linear(machine.root), cpu.offset))
    return result


def fill(machine, content):
    spec, settings = machine.spec, machine.spec.settings
    memory = Memory(settings["page_offset"], settings["memory"], machine.image,
                    settings.get("phys_base", 0))
    for function in spec.functions.values():    # no dump leaves text out
        memory.touch(function.address, TEXT)
    for cpu in spec.cpus.values():              # nor a CPU's area
        memory.touch(cpu.offset + machine.labels["runqueues"], RUNQUEUE)
    if machine.era not in HAS_ORC:
        for address, data in stacks.prologues(spec):
            memory.write(address, data)
    for task in spec.tasks.values():
        for address, data in stacks.words(task, machine.era in HAS_ORC, STACK_SIZE[machine.era]):
            memory.write(address, data)
        for address, data in stacks.calls(task, spec.functions):
            memory.write(address, data)
    for cpu in spec.cpus.values():
        if cpu.fault:
            memory.write(*stacks.exception(registers(spec, cpu), cpu.fault))
    for address, size in spec.percpu_zero:
        for cpu in spec.cpus.values():
            memory.write(cpu.offset + address, bytes(size))
    for address, data in content.items():
        memory.write(address, data)
    for address, data in machine.raw + spec.data:
        memory.write(address, data)
    for address, words in spec.words:
        memory.write(address, b"".join(struct.pack("<Q", machine.word(w)) for w in words))
    return memory


def write_vmlinux(machine, directory, path):
    kaslr = machine.spec.settings.get("kaslr", 0)
    symbols = [(name, machine.labels[name] - (0 if kind == "abs" else kaslr), 0, kind)
               for name, kind in machine.symbols.items() if name not in ("linux_banner", "_text")]
    symbols += [(name, f.address - kaslr, f.size, "func")
                for name, f in machine.spec.functions.items() if not f.module]
    compiler.link_vmlinux(directory, machine.era, path, symbols, machine.image[0] - kaslr,
                          machine.labels["linux_banner"] - kaslr, machine.banner)


def build(spec, directory, output):
    machine = Machine(spec)
    machine.make()
    objects = {a: (kind, machine.resolve(body)) for a, (kind, body) in machine.objects.items()}
    numbers = [e for _, e in machine.numbers] + ["__builtin_offsetof(struct task_struct, thread.sp)"]
    content, values, code = compiler.compile_objects(directory, machine.era, objects, numbers)
    machine.raw += [(spec.functions[name].address, data) for name, data in code.items()]
    machine.raw.append((machine.switch_place(), stacks.switch(values[-1], machine.era in HAS_ORC)))
    lines = machine.info + [f"{label}={v}" for (label, _), v in zip(machine.numbers, values)]
    memory = fill(machine, content)
    pages = memory.finish(machine.root)
    elf.write_core(os.path.join(output, "vmcore"), pages, notes(machine, memory, "\n".join(lines) + "\n"),
                   spec.settings["memory"], memory.virtual_of)
    write_vmlinux(machine, directory, os.path.join(output, "vmlinux"))
