/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump/dump.h"
#include "kernel/dump/regs.h"
#include "vmcore_file.h"

#define RIP 0xffffffff81000010
#define FIRST_PAGE (8 * 4096)

START_TEST(kdump_pages_are_told_apart)
{
	uint32_t flags[] = {0, VMCORE_ZLIB};

	for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
		int fd = vmcore_kdump(flags[i]);
		struct dump *dump = vmcore_open(fd);
		const struct dump_info *info = dump_info(dump);
		struct regs regs;
		uint8_t byte;
		size_t length;

		ck_assert_str_eq(info->format, "kdump");
		ck_assert_str_eq(info->compression, flags[i] ? "zlib" : "none");
		ck_assert_str_eq(info->release, "6.1.0");
		ck_assert_int_eq(info->dump_level, 31);
		ck_assert(!info->truncated && !info->incomplete);
		vmcore_expect_byte(dump, 0x2fff, 2);
		vmcore_expect_byte(dump, 0xe000, 14);
		assert_ok(dump_stream(dump, 0x4800, &byte, 1));
		ck_assert_uint_eq(byte, 4);
		assert_err(dump_read(dump, 0x3000, &byte, 1), ERR_EXCLUDED);
		assert_err(dump_read(dump, 0x1000, &byte, 1), ERR_ABSENT);
		assert_err(dump_read(dump, 0x10000, &byte, 1), ERR_ABSENT);
		assert_err(dump_read(dump, UINT64_MAX, &byte, 1), ERR_ABSENT);
		ck_assert_uint_eq(dump_cpu_count(dump), 1);
		assert_ok(dump_cpu_regs(dump, 0, &regs));
		ck_assert_uint_eq(regs.value[REG_RIP], RIP);
		ck_assert(!regs_known(&regs, REG_GS_BASE));
		ck_assert(!memcmp(dump_vmcoreinfo(dump, &length), "OSRELEASE", 9));
		dump_close(dump);
		close(fd);
	}
}
END_TEST

/* Zero pages are raw in any dump, and low memory is full of them. */
START_TEST(raw_pages_at_first_do_not_name_the_compression)
{
	int fd = vmcore_kdump(VMCORE_ZLIB);
	struct vmcore_descriptor raw = {FIRST_PAGE, 4096, 0, 0};
	struct dump *dump;

	for (size_t i = 0; i < 5; i++)
		vmcore_put(fd, VMCORE_DESCRIPTORS + i * sizeof(raw), &raw, sizeof(raw));
	dump = vmcore_open(fd);
	ck_assert_str_eq(dump_info(dump)->compression, "zlib");
	dump_close(dump);
	close(fd);
}
END_TEST

START_TEST(kdump_cut_short_says_so)
{
	int fd = vmcore_kdump(0);
	struct dump *dump;

	/* Two whole pages and half of the third. */
	ck_assert_int_eq(ftruncate(fd, FIRST_PAGE + 2 * 4096 + 2048), 0);
	dump = vmcore_open(fd);
	ck_assert(dump_info(dump)->truncated);
	vmcore_expect_byte(dump, 0x4000, 4);
	ck_assert_int_eq(dump_page_state(dump, 6), PAGE_TRUNCATED);
	uint8_t byte;
	assert_err(dump_read(dump, 0x6000, &byte, 1), ERR_TRUNCATED);
	dump_close(dump);
	ck_assert_int_eq(ftruncate(fd, 3 * 4096), 0);
	vmcore_refuse(fd, ERR_TRUNCATED, "bitmaps");
}
END_TEST

START_TEST(kdump_with_broken_pages_is_damaged_there)
{
	int fd = vmcore_kdump(VMCORE_ZLIB);
	struct vmcore_descriptor huge = {FIRST_PAGE, 5000, VMCORE_ZLIB, 0};
	struct dump *dump;
	uint8_t byte;

	vmcore_put(fd, FIRST_PAGE, "garbage", 7);
	vmcore_put(fd, VMCORE_DESCRIPTORS + sizeof(huge), &huge, sizeof(huge));
	ck_assert_int_eq(ftruncate(fd, 16 * 4096), 0);
	dump = vmcore_open(fd);
	assert_err(dump_read(dump, 0x2000, &byte, 1), ERR_DAMAGED);
	assert_err(dump_read(dump, 0x4000, &byte, 1), ERR_DAMAGED);
	vmcore_expect_byte(dump, 0x6000, 6);
	assert_err(dump_read(dump, 0x2000, &byte, 1), ERR_DAMAGED);
	ck_assert_uint_eq(dump_losses(dump)->count, 2);
	ck_assert_uint_eq(dump_losses(dump)->truncated, 0);
	dump_close(dump);
	close(fd);
}
END_TEST

static int broken_header(size_t offset, uint64_t value, size_t size)
{
	int fd = vmcore_kdump(0);

	vmcore_put(fd, offset, &value, size);
	return fd;
}

#define HEADER(field) offsetof(struct vmcore_kdump_header, field)
#define SUB_HEADER(field) (4096 + offsetof(struct vmcore_kdump_sub_header, field))

START_TEST(absurd_kdump_headers_are_refused)
{
	vmcore_refuse(broken_header(HEADER(version), 7, 4), ERR_UNSUPPORTED, "version 7");
	vmcore_refuse(broken_header(HEADER(block_size), 1 << 30, 4), ERR_CORRUPT, "blocks of");
	vmcore_refuse(broken_header(HEADER(sub_header_blocks), 0, 4), ERR_CORRUPT, "sub header");
	vmcore_refuse(broken_header(HEADER(bitmap_blocks), UINT32_MAX, 4), ERR_TRUNCATED,
		      "bitmaps");
	vmcore_refuse(broken_header(HEADER(uts[4]), 0x6c6c656873, 6), ERR_UNSUPPORTED, "shell");
	vmcore_refuse(broken_header(SUB_HEADER(pfns[2]), UINT64_MAX, 8), ERR_CORRUPT, "pages");
	vmcore_refuse(broken_header(SUB_HEADER(notes[1]), 1ull << 40, 8), ERR_CORRUPT, "of notes");
	vmcore_refuse(broken_header(SUB_HEADER(pfns[2]), 1ull << 39, 8), ERR_CORRUPT, "bitmaps");
	vmcore_refuse(broken_header(SUB_HEADER(split), 1, 4), ERR_UNSUPPORTED, "split");
}
END_TEST

static int elf_with_pages(void)
{
	static char pages[4 * 4096];
	char notes[4096] = "";
	size_t size = vmcore_notes(notes, RIP, "OSRELEASE=6.1.0\n");
	struct vmcore_elf elf = vmcore_elf_start(notes, size);

	elf.header.e_ehsize = 8; /* as QEMU 7.2 has it */
	memset(pages, 'a', 4096);
	memset(pages + 4096, 'b', 4096);
	memset(pages + 8192, 'c', 4096);
	vmcore_elf_load(&elf, 0x1000, pages, 2 * 4096, 4 * 4096); /* a b, then two left out */
	vmcore_elf_load(&elf, 0x2000, pages + 8192, 4096, 4096);  /* over b */
	vmcore_elf_load(&elf, 0x9c00, pages, 0x400, 0x400);	  /* the end of a page */
	return vmcore_elf_finish(&elf);
}

START_TEST(elf_segments_may_overlap_and_have_gaps)
{
	int fd = elf_with_pages();
	struct dump *dump = vmcore_open(fd);
	uint8_t byte;

	ck_assert_str_eq(dump_info(dump)->format, "elf");
	ck_assert_uint_eq(dump_info(dump)->max_pfn, 10);
	vmcore_expect_byte(dump, 0x1000, 'a');
	vmcore_expect_byte(dump, 0x2fff, 'b');
	vmcore_expect_byte(dump, 0x9fff, 'a');
	vmcore_expect_byte(dump, 0x9000, 0);
	assert_err(dump_read(dump, 0x3000, &byte, 1), ERR_EXCLUDED);
	assert_err(dump_read(dump, 0x5000, &byte, 1), ERR_ABSENT);
	assert_err(dump_read(dump, 0, &byte, 1), ERR_ABSENT);
	assert_err(dump_read(dump, UINT64_MAX, &byte, 1), ERR_ABSENT);
	ck_assert_uint_eq(dump_cpu_count(dump), 1);
	dump_close(dump);

	ck_assert_int_eq(ftruncate(fd, 8192 + 4096), 0);
	dump = vmcore_open(fd);
	ck_assert(dump_info(dump)->truncated);
	assert_err(dump_read(dump, 0x2000, &byte, 1), ERR_TRUNCATED);
	dump_close(dump);
	close(fd);
}
END_TEST

START_TEST(other_machines_and_programs_are_named)
{
	static const struct {
		unsigned machine, type;
		enum err_code code;
		const char *words;
	} cases[] = {
		{EM_AARCH64, ET_CORE, ERR_UNSUPPORTED, "aarch64"},
		{EM_S390 << 8, ET_CORE, ERR_UNSUPPORTED, "s390x"}, /* big-endian */
		{EM_386, ET_CORE, ERR_UNSUPPORTED, "i386"},
		{4242, ET_CORE, ERR_UNSUPPORTED, "4242"},
		{EM_X86_64, ET_EXEC, ERR_INVALID, "not a crash dump"},
		{EM_X86_64, ET_CORE, ERR_CORRUPT, "no memory"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vmcore_elf elf = vmcore_elf_start(NULL, 0);

		elf.header.e_machine = (Elf64_Half)cases[i].machine;
		if (!(cases[i].machine & 0xff))
			elf.header.e_ident[EI_DATA] = ELFDATA2MSB;
		elf.header.e_type = (Elf64_Half)cases[i].type;
		if (cases[i].machine == EM_386)
			vmcore_elf_load(&elf, 0, "memory", 6, 4096);
		vmcore_refuse(vmcore_elf_finish(&elf), cases[i].code, cases[i].words);
	}
}
END_TEST

START_TEST(what_is_no_dump_is_named)
{
	static const struct {
		const char *data;
		size_t size;
		const char *words;
	} cases[] = {
		{"", 0, "empty"},
		{"[    0.000000] Linux version\n", 29, "text"},
		{"\x1f\x8b\x08", 3, "gzip"},
		{"\xfd"
		 "7zXZ",
		 5, "xz"},
		{"\x28\xb5\x2f\xfd", 4, "zstd"},
		{"\x04\x22\x4d\x18", 4, "lz4"},
		{"BZh9", 4, "bzip2"},
		{"\0\0\0\0\0\0", 6, "no Linux kernel"},
		{"\x01\x02\x03", 3, "not known"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		int fd = vmcore_file();

		vmcore_put(fd, 0, cases[i].data, cases[i].size);
		vmcore_refuse(fd, ERR_INVALID, cases[i].words);
	}
}
END_TEST

/* Three times what the cache holds: each page is what it was, and none is read twice in a row. */
START_TEST(the_cache_evicts_and_stays_right)
{
	enum { PAGES = 6144 };
	static uint64_t memory[PAGES][512];
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	struct dump *dump;
	int fd;

	for (uint64_t pfn = 0; pfn < PAGES; pfn++)
		memory[pfn][7] = pfn;
	vmcore_elf_load(&elf, 0, memory, sizeof(memory), sizeof(memory));
	fd = vmcore_elf_finish(&elf);
	dump = vmcore_open(fd);
	for (uint64_t i = 0; i < 2 * PAGES; i++) {
		uint64_t pfn = i % PAGES, value[2];

		for (int twice = 0; twice < 2; twice++)
			assert_ok(dump_read(dump, (pfn << PAGE_SHIFT) + 56, &value[twice], 8));
		ck_assert(value[0] == pfn && value[1] == pfn);
	}
	ck_assert_uint_le(dump_pages_read(dump), 2 * PAGES);
	dump_close(dump);
	close(fd);
}
END_TEST

UNIT_MAIN("dump", kdump_pages_are_told_apart, raw_pages_at_first_do_not_name_the_compression,
	  kdump_cut_short_says_so, kdump_with_broken_pages_is_damaged_there,
	  absurd_kdump_headers_are_refused, elf_segments_may_overlap_and_have_gaps,
	  other_machines_and_programs_are_named, what_is_no_dump_is_named,
	  the_cache_evicts_and_stays_right)
