# SPDX-License-Identifier: GPL-2.0-or-later
"""The kernel's own symbol table, as scripts/kallsyms.c lays it out, without its compression."""
import struct

# A search for the tables looks at one page in 32 (kallsyms_scan.c): real ones are longer than that.
PAGES = 34
PAGE = 4096
READ_AHEAD = 2 * PAGE   # of a real image more follows: who looks for the tables reads pages at a time


def padded(data):
    return data + bytes(-len(data) % 8)


def letter(kind):
    return {"func": "T", "abs": "A"}.get(kind, "D")


def tokens():
    """Each byte that names are made of stands for itself."""
    table, index = b"", b""
    for code in range(256):
        index += struct.pack("<H", len(table))
        table += (bytes([code]) if 0x20 < code < 0x7f else b"") + b"\0"
    return padded(table) + index


def names_and_markers(symbols):
    names, markers = bytearray(), b""
    for i, (_, kind, name) in enumerate(symbols):
        if i % 256 == 0:
            markers += struct.pack("<Q", len(names))
        text = (letter(kind) + name).encode()
        names += bytes([len(text)]) + text
    return padded(bytes(names)) + markers


def numbers(symbols, relative_base):
    """Addresses; since 2213e9a66bb8 (v4.6) offsets, below zero where they are not of a CPU's area."""
    if relative_base is None:
        return struct.pack(f"<{len(symbols)}Q", *(address for address, _, _ in symbols))
    offsets = [address if address < relative_base else relative_base - 1 - address
               for address, _, _ in symbols]
    return padded(struct.pack(f"<{len(offsets)}i", *offsets)) + struct.pack("<Q", relative_base)


def tables(symbols, place, relative_base):
    """
    symbols: [(address, kind, name)]; place: where the bytes that are returned will lie. Symbols of
    no meaning, within the tables themselves, make them as long as a real kernel's.
    """
    count = PAGES * PAGE // (8 if relative_base is None else 4)
    fillers = [(place + 8 * i, "data", f"k{i:x}") for i in range(count)]
    symbols = sorted(symbols + fillers, key=lambda symbol: symbol[0])
    return (numbers(symbols, relative_base) + struct.pack("<Q", len(symbols)) +
            names_and_markers(symbols) + tokens() + bytes(READ_AHEAD))
