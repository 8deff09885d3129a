# SPDX-License-Identifier: GPL-2.0-or-later
"""The C compiler lays out what the dump holds: objects are initialisers over an era's types."""
import os
import re
import subprocess

import elf

HERE = os.path.dirname(os.path.abspath(__file__))
CC = os.environ.get("CC", "cc")
# Since GCC 14 an address that stands for a pointer is an error unless it is said to be none.
FLAGS = ["-std=gnu11", "-w", "-Wno-int-conversion", "-Wno-incompatible-pointer-types",
         "-fno-pie", "-fno-common", "-fdata-sections", "-I", HERE]


# As the kernel's own code is.
CODE = ["-O2", "-fno-stack-protector", "-fcf-protection=none", "-fno-asynchronous-unwind-tables"]
KERNEL_TEXT = ".kernel_text."


def functions(era):
    """Names of those whose code counts."""
    with open(os.path.join(HERE, f"types-{era}.c"), encoding="utf-8") as source:
        return re.findall(r"^KERNEL_FUNCTION\((\w+)\)", source.read(), re.MULTILINE)


def run(*command):
    subprocess.run(command, check=True, timeout=120)


def compile_objects(directory, era, objects, numbers):
    """
    objects: {key: (C type, initialiser)}, numbers: [C expression]. Returns ({key: bytes}, [int],
    {function: bytes}).
    """
    source, target = os.path.join(directory, "objects.c"), os.path.join(directory, "objects.o")
    names = {key: f"object_{i}" for i, key in enumerate(objects)}
    with open(source, "w") as out:
        out.write(f'#include "types-{era}.c"\n')
        for key, (kind, body) in objects.items():
            # An array is written with its length: "struct orc_entry[3]".
            base, _, length = kind.partition("[")
            suffix = f"[{length}" if length else ""
            out.write(f"{base} {names[key]}{suffix} = {body};\n")
        out.write("long numbers[] = {" + ", ".join(f"({n})" for n in numbers + ["0"]) + "};\n")
    run(CC, *FLAGS, *CODE, "-Wno-error", "-c", "-o", target, source)
    with open(target, "rb") as f:
        found = elf.sections(f.read())

    def content(name):
        return found.get(".data." + name, found.get(".bss." + name))
    raw = content("numbers") or bytes(8 * (len(numbers) + 1))
    values = [int.from_bytes(raw[8 * i:8 * i + 8], "little") for i in range(len(numbers))]
    code = {name: found[KERNEL_TEXT + name] for name in functions(era)}
    return {key: content(name) for key, name in names.items()}, values, code


def link_vmlinux(directory, era, output, symbols, text, banner_address, banner):
    """
    symbols: [(name, address, size, kind)] at their link-time addresses, kind func, data or abs.
    The program holds no code: its symbol table and its types are all that is asked of it.
    """
    assembly, types = os.path.join(directory, "symbols.s"), os.path.join(directory, "types.o")
    with open(assembly, "w") as out:
        out.write('.section .rodata\n.globl linux_banner\nlinux_banner: .asciz "%s\\n"\n' % banner)
        out.write('.section .note.GNU-stack,""\n')
        out.write('.text\n.Ltext:\n.globl _text\n_text: .quad 0\n')
        for name, address, size, kind in symbols:
            if kind == "abs":
                value = f"{address:#x}"
            else:
                value = f".Ltext + {address - text:#x}"
            out.write(f".globl {name}\n.set {name}, {value}\n.size {name}, {size}\n.type {name}, "
                      f"{'@function' if kind == 'func' else '@object'}\n")
    run(CC, *FLAGS, "-g", "-gdwarf-4", "-fno-eliminate-unused-debug-types", "-c", "-o", types,
        os.path.join(HERE, f"types-{era}.c"))
    run(CC, "-nostdlib", "-static", "-no-pie", "-Wl,-e,0", f"-Wl,-Ttext={text:#x}",
        f"-Wl,--section-start=.rodata={banner_address:#x}",
        "-Wl,--build-id=sha1", "-Wl,-z,max-page-size=4096", "-o", output, assembly, types)
