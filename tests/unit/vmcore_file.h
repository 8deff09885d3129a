/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_VMCORE_FILE_H
#define TRIAGE_VMCORE_FILE_H

#include <elf.h>
#include <lzo/lzo1x.h>
#include <snappy-c.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#include "kernel/dump/decompress.h"
#include "kernel/dump/dump.h"
#include "unit.h"

/* Small dump files in memory, for tests. */

static inline int vmcore_file(void)
{
	int fd = memfd_create("vmcore", MFD_CLOEXEC);

	ck_assert_int_ge(fd, 0);
	return fd;
}

static inline void vmcore_put(int fd, uint64_t offset, const void *data, size_t size)
{
	ck_assert_int_eq(pwrite(fd, data, size, (off_t)offset), (ssize_t)size);
}

/* One ELF note at the end of what out holds; returns the new length. */
static inline size_t vmcore_note(char *out, size_t length, const char *name, uint32_t type,
				 const void *desc, size_t size)
{
	Elf64_Nhdr header = {(Elf64_Word)strlen(name) + 1, (Elf64_Word)size, type};

	memcpy(out + length, &header, sizeof(header));
	length += sizeof(header);
	memcpy(out + length, name, strlen(name) + 1);
	length += (strlen(name) + 4) & ~(size_t)3;
	memcpy(out + length, desc, size);
	return length + ((size + 3) & ~(size_t)3);
}

/* PRSTATUS of a CPU that stopped at rip, and VMCOREINFO; returns the length. */
static inline size_t vmcore_notes(char out[4096], uint64_t rip, const char *vmcoreinfo)
{
	uint64_t status[42] = {[14 + 16] = rip};
	size_t length = vmcore_note(out, 0, "CORE", NT_PRSTATUS, status, sizeof(status));

	return vmcore_note(out, length, "VMCOREINFO", 0, vmcoreinfo, strlen(vmcoreinfo));
}

#define VMCORE_LOADS 8
struct vmcore_elf {
	Elf64_Ehdr header;
	Elf64_Phdr notes, loads[VMCORE_LOADS];
	unsigned count;
	uint64_t end; /* of the file so far */
	int fd;
};

static inline struct vmcore_elf vmcore_elf_start(const char *notes, size_t notes_size)
{
	struct vmcore_elf elf = {
		.header = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
			   .e_type = ET_CORE,
			   .e_machine = EM_X86_64,
			   .e_version = EV_CURRENT,
			   .e_phoff = sizeof(Elf64_Ehdr),
			   .e_ehsize = sizeof(Elf64_Ehdr),
			   .e_phentsize = sizeof(Elf64_Phdr)},
		.notes = {.p_type = PT_NOTE, .p_offset = 4096, .p_filesz = notes_size},
		.end = 8192,
		.fd = vmcore_file(),
	};

	if (notes_size)
		vmcore_put(elf.fd, 4096, notes, notes_size);
	return elf;
}

static inline void vmcore_elf_load(struct vmcore_elf *elf, uint64_t phys, const void *data,
				   size_t filesz, size_t memsz)
{
	ck_assert_uint_lt(elf->count, VMCORE_LOADS);
	elf->loads[elf->count++] = (Elf64_Phdr){.p_type = PT_LOAD,
						.p_offset = elf->end,
						.p_paddr = phys,
						.p_filesz = filesz,
						.p_memsz = memsz};
	vmcore_put(elf->fd, elf->end, data, filesz);
	elf->end += filesz;
}

static inline int vmcore_elf_finish(struct vmcore_elf *elf)
{
	elf->header.e_phnum = (Elf64_Half)(elf->count + 1);
	vmcore_put(elf->fd, 0, &elf->header, sizeof(elf->header));
	vmcore_put(elf->fd, sizeof(elf->header), &elf->notes,
		   sizeof(elf->notes) * (elf->count + 1));
	return elf->fd;
}

/*
 * A kdump-compressed dump of 16 pages (header version 6): 0 and 1 are no RAM, even ones from 2 on
 * are dumped with their number in every byte, odd ones excluded.
 */
#define VMCORE_PAGES 16
#define VMCORE_DESCRIPTORS (4 * 4096)
#define VMCORE_ZLIB ((uint32_t)PAGE_ZLIB)

struct vmcore_kdump_header {
	char signature[8];
	uint32_t version;
	char uts[6][65];
	char pad[6];
	int64_t time[2];
	uint32_t status, block_size, sub_header_blocks, bitmap_blocks, max_mapnr, counters[4], cpus;
};

struct vmcore_kdump_sub_header {
	uint64_t phys_base;
	uint32_t dump_level, split;
	uint64_t start_pfn, end_pfn, vmcoreinfo[2], notes[2], eraseinfo[2], pfns[3];
};

struct vmcore_descriptor {
	uint64_t offset;
	uint32_t size, flags;
	uint64_t page_flags;
};

static inline size_t vmcore_pack(uint32_t flags, const uint8_t page[4096], uint8_t packed[8192])
{
	char work[LZO1X_1_MEM_COMPRESS];
	uLongf zlib_size = 8192;
	size_t size = 8192;

	switch (flags) {
	case PAGE_ZLIB:
		ck_assert_int_eq(compress(packed, &zlib_size, page, 4096), Z_OK);
		return zlib_size;
	case PAGE_LZO:
		ck_assert_int_eq(lzo1x_1_compress(page, 4096, packed, &size, work), LZO_E_OK);
		return size;
	case PAGE_SNAPPY:
		ck_assert_int_eq(snappy_compress((const char *)page, 4096, (char *)packed, &size),
				 SNAPPY_OK);
		return size;
	case PAGE_ZSTD:
		return ZSTD_compress(packed, size, page, 4096, 1);
	default:
		memcpy(packed, page, 4096);
		return 4096;
	}
}

static inline int vmcore_kdump(uint32_t flags)
{
	struct vmcore_kdump_header header = {
		.signature = "KDUMP  ",
		.version = 6,
		.uts = {"Linux", "host", "6.1.0"},
		.time = {1700000000},
		.status = flags,
		.block_size = 4096,
		.sub_header_blocks = 1,
		.bitmap_blocks = 2,
		.max_mapnr = VMCORE_PAGES,
	};
	struct vmcore_kdump_sub_header sub = {
		.dump_level = 31, .pfns = {0, 0, VMCORE_PAGES}, .notes = {6 * 4096}};
	uint16_t exists = 0xfffc, dumped = 0x5554;
	char notes[4096] = "";
	int fd = vmcore_file();
	uint64_t at = 8 * 4096;

	header.signature[7] = ' ';
	sub.notes[1] = vmcore_notes(notes, 0xffffffff81000010, "OSRELEASE=6.1.0\n");
	vmcore_put(fd, 0, &header, sizeof(header));
	vmcore_put(fd, 4096, &sub, sizeof(sub));
	vmcore_put(fd, 2 * 4096, &exists, sizeof(exists));
	vmcore_put(fd, 3 * 4096, &dumped, sizeof(dumped));
	vmcore_put(fd, sub.notes[0], notes, sub.notes[1]);
	for (unsigned pfn = 2, index = 0; pfn < VMCORE_PAGES; pfn += 2, index++) {
		uint8_t page[4096], packed[8192];

		memset(page, (int)pfn, sizeof(page));
		size_t size = vmcore_pack(flags, page, packed);
		struct vmcore_descriptor descriptor = {at, (uint32_t)size, flags, 0};

		vmcore_put(fd, VMCORE_DESCRIPTORS + index * sizeof(descriptor), &descriptor,
			   sizeof(descriptor));
		vmcore_put(fd, at, packed, size);
		at += size;
	}
	return fd;
}

/* Opening one, or being refused it for a reason. */

static inline struct dump *vmcore_open(int fd)
{
	struct dump *dump;

	assert_ok(dump_open(fd, &dump));
	return dump;
}

static inline void vmcore_refuse(int fd, enum err_code code, const char *words)
{
	struct dump *dump;
	_err_ struct err *err = dump_open(fd, &dump);

	ck_assert_ptr_nonnull(err);
	ck_assert_msg(err->code == code && strstr(err->message, words), "%s: %s",
		      err_code_name(err->code), err->message);
	close(fd);
}

static inline void vmcore_expect_byte(struct dump *dump, uint64_t phys, uint8_t expected)
{
	uint8_t byte;

	assert_ok(dump_read(dump, phys, &byte, 1));
	ck_assert_uint_eq(byte, expected);
}

#endif
