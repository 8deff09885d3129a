# SPDX-License-Identifier: GPL-2.0-or-later
"""ELF, as little of it as is needed: sections of a compiled object, a core of sparse memory."""
import struct

PAGE = 4096
EM_X86_64 = 62
ET_CORE = 4
PT_LOAD, PT_NOTE = 1, 4
NT_PRSTATUS = 1
SHT_NOBITS = 8

# struct user_regs_struct (arch/x86/include/asm/user_64.h)
USER_REGS = ("r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs rflags "
             "rsp ss fs_base gs_base ds es fs gs").split()


def sections(data):
    """{name: bytes} of a relocatable object."""
    shoff, = struct.unpack_from("<Q", data, 40)
    entsize, count, names_index = struct.unpack_from("<HHH", data, 58)
    headers = [struct.unpack_from("<IIQQQQIIQQ", data, shoff + i * entsize) for i in range(count)]
    names = headers[names_index]
    result = {}
    for name, kind, _, _, offset, size, *_ in headers:
        start = names[4] + name
        text = data[start:data.index(b"\0", start)].decode()
        result[text] = bytes(size) if kind == SHT_NOBITS else data[offset:offset + size]
    return result


def note(name, kind, desc):
    def padded(data):
        return data + bytes(-len(data) % 4)
    owner = name.encode() + b"\0"
    return struct.pack("<III", len(owner), len(desc), kind) + padded(owner) + padded(desc)


def prstatus(pid, regs):
    """struct elf_prstatus as /proc/vmcore has it (include/linux/elfcore.h)."""
    values = [regs.get(name, 0) & (1 << 64) - 1 for name in USER_REGS]
    return (struct.pack("<iiihxxQQiiii", 0, 0, 0, 0, 0, 0, pid, 0, 0, 0) + bytes(64) +
            struct.pack("<27Q", *values) + struct.pack("<ii", 0, 0))


def qemu_state(regs, cr3, gs_base):
    """QEMUCPUState, as target/i386/arch_dump.c writes it beside each CPU's prstatus."""
    names = "rax rbx rcx rdx rsi rdi rsp rbp r8 r9 r10 r11 r12 r13 r14 r15 rip rflags".split()
    values = [regs.get(name, 0) & (1 << 64) - 1 for name in names]
    segments = [(regs.get(name, 0), 0) for name in "cs ds es fs".split()] + [(0, gs_base), (regs.get("ss", 0), 0)]
    segments += [(0, 0)] * 4    # ldt, tr, gdt, idt
    return (struct.pack("<II18Q", 1, 440, *values) +
            b"".join(struct.pack("<IIIIQ", selector, 0xffffffff, 0, 0, base) for selector, base in segments) +
            struct.pack("<6Q", 0x80050033, 0, 0, cr3, 0x3606f0, 0))


def runs(pages):
    """Runs of consecutive page frames: [(first pfn, bytes)]."""
    result = []
    for pfn in sorted(pages):
        if result and result[-1][0] + len(result[-1][1]) // PAGE == pfn:
            result[-1][1].extend(pages[pfn])
        else:
            result.append((pfn, bytearray(pages[pfn])))
    return result


def write_core(path, pages, notes, memory_size, virtual_of):
    """pages: {pfn: bytes}; virtual_of(physical address) is what p_vaddr says, as /proc/vmcore."""
    loads = [(PT_LOAD, pfn * PAGE, data, len(data)) for pfn, data in runs(pages)]
    # The machine's memory as a whole: what is in no other segment was left out of the dump.
    loads.append((PT_LOAD, 0, b"", memory_size))
    header_size = 64 + 56 * (len(loads) + 1)
    with open(path, "wb") as out:
        out.write(struct.pack("<4sBBBBQHHIQQQIHHHHHH", b"\x7fELF", 2, 1, 1, 0, 0, ET_CORE,
                              EM_X86_64, 1, 0, 64, 0, 0, 64, 56, len(loads) + 1, 0, 0, 0))
        offset = header_size
        out.write(struct.pack("<IIQQQQQQ", PT_NOTE, 0, offset, 0, 0, len(notes), len(notes), 0))
        offset += len(notes) + -len(notes) % PAGE
        for kind, physical, data, size in loads:
            out.write(struct.pack("<IIQQQQQQ", kind, 7, offset, virtual_of(physical), physical,
                                  len(data), size, 0))
            offset += len(data)
        out.write(notes + bytes(-len(notes) % PAGE))
        for _, _, data, _ in loads:
            out.write(data)
