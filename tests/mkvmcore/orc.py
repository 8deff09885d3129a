# SPDX-License-Identifier: GPL-2.0-or-later
"""ORC unwind tables (arch/x86/include/asm/orc_types.h) out of the frames of backtraces."""
import struct

REG_SP, REG_UNDEFINED = 5, 0
CALL, REGS = 0, 1


def entries(functions, spans):
    """
    functions: [(start, end)], spans: {where it begins: size of the frame, "regs" or "end"}.
    Returns [(ip, initialiser of struct orc_entry)] in order; outside of functions nothing is known.
    """
    found = {}
    for start, end in functions:
        found[end] = "{ 0 }"
        found[start] = entry(8, CALL)
    for start, _ in functions:  # one may begin where another ends
        found[start] = entry(8, CALL)
    for address, size in spans.items():
        if size == "end":
            found[address] = "{ .end = 1 }"
        elif size == "regs":
            found[address] = entry(0, REGS)
        else:
            found[address] = entry(size, CALL)
    return sorted(found.items())


def entry(offset, kind):
    return f"{{ .sp_offset = {offset}, .sp_reg = {REG_SP}, .type = {kind} }}"


def ip_table(ips, address):
    """.orc_unwind_ip: each entry is relative to its own place."""
    return b"".join(struct.pack("<i", ip - (address + 4 * i)) for i, ip in enumerate(ips))
