# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtual memory of the made machine: pages, where they lie physically, and its page tables."""
import struct

PAGE = 4096
START_KERNEL_MAP = 0xffffffff80000000
PRESENT_WRITE = 0x63
HUGE = 0xe3
GIB = 1 << 30


class Memory:
    def __init__(self, page_offset, size, image, phys_base):
        self.page_offset, self.size = page_offset, size
        self.image, self.phys_base = image, phys_base
        self.pages = {}     # virtual page number: bytearray

    def write(self, address, data):
        while data:
            page, offset = address // PAGE, address % PAGE
            length = min(len(data), PAGE - offset)
            self.pages.setdefault(page, bytearray(PAGE))[offset:offset + length] = data[:length]
            address, data = address + length, data[length:]

    def touch(self, address, size):
        for page in range(address // PAGE, (address + size + PAGE - 1) // PAGE):
            self.pages.setdefault(page, bytearray(PAGE))

    def linear(self, address):
        """Physical address of the direct map or of the image, else None."""
        if self.page_offset <= address < self.page_offset + self.size:
            return address - self.page_offset
        if self.image[0] <= address < self.image[1]:
            return address - START_KERNEL_MAP + self.phys_base
        return None

    def virtual_of(self, physical):
        start = self.image[0] - START_KERNEL_MAP + self.phys_base
        if start <= physical < start + self.image[1] - self.image[0]:
            return physical - self.phys_base + START_KERNEL_MAP
        return self.page_offset + physical

    def finish(self, root):
        """{pfn: bytes}, with page tables under the top level one at virtual address root."""
        self.touch(root, PAGE)
        result, elsewhere = {}, []
        for page, data in self.pages.items():
            physical = self.linear(page * PAGE)
            if physical is None:
                elsewhere.append(page)
            elif physical // PAGE in result:
                raise ValueError(f"two pages at physical address {physical:#x}")
            else:
                result[physical // PAGE] = data
        tables = Tables(result, self.linear(root) // PAGE)
        for start in range(0, self.size, GIB):
            tables.map(self.page_offset + start, start, 3)
        for start in range(self.image[0] & -0x200000, self.image[1], 0x200000):
            tables.map(start, start - START_KERNEL_MAP + self.phys_base, 2)
        for page in sorted(elsewhere):
            pfn = tables.take()
            result[pfn] = self.pages[page]
            tables.map(page * PAGE, pfn * PAGE, 1)
        return result


class Tables:
    """Four-level page tables in physical pages that nothing else uses."""

    def __init__(self, pages, root):
        self.pages, self.root, self.next = pages, root, 0x100

    def take(self):
        while self.next in self.pages:
            self.next += 1
        self.pages[self.next] = bytearray(PAGE)
        return self.next

    def map(self, virtual, physical, leaf):
        table = self.root
        for level in range(4, leaf, -1):
            offset = self.offset(virtual, level)
            entry, = struct.unpack_from("<Q", self.pages[table], offset)
            if not entry:
                entry = self.take() * PAGE | PRESENT_WRITE
                struct.pack_into("<Q", self.pages[table], offset, entry)
            table = entry // PAGE
        flags = HUGE if leaf > 1 else PRESENT_WRITE
        struct.pack_into("<Q", self.pages[table], self.offset(virtual, leaf), physical | flags)

    @staticmethod
    def offset(virtual, level):
        return (virtual >> (12 + 9 * (level - 1)) & 511) * 8
