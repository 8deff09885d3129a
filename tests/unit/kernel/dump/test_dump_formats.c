/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Forms of dumps beside the common ones, and absurd values in each; whole ones are in tests/formats. */
#include "kernel/dump/dump.h"
#include "kernel/dump/dump_sadump_format.h"
#include "kernel/dump/dump_vmware.h"
#include "kernel/dump/regs.h"
#include "vmcore_file.h"

static void close_dump(struct dump *dump, int fd)
{
	dump_close(dump);
	close(fd);
}

/* --- kdump headers ----------------------------------------------------------------------------- */

#define UTS(field) (offsetof(struct vmcore_kdump_header, uts) + (field)*65)

static int kdump_of(const char *machine)
{
	int fd = vmcore_kdump(0);

	vmcore_put(fd, UTS(4), machine, strlen(machine) + 1);
	return fd;
}

START_TEST(names_that_begin_too_late_are_put_right)
{
	static const char *const names[] = {"x", "web-1", "-46-generic", "#49", "64"};
	int fd = vmcore_kdump(0);

	/* 4 bytes late, each name's own first four are the end of the field before. */
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++)
		vmcore_put(fd, UTS(i), names[i], strlen(names[i]) + 1);
	vmcore_put(fd, UTS(2) - 4, "5.15", 4);
	vmcore_put(fd, UTS(4) - 4, "x86_", 4);
	struct dump *dump = vmcore_open(fd);

	ck_assert_str_eq(dump_info(dump)->release, "5.15-46-generic");
	ck_assert_str_eq(dump_info(dump)->machine, "x86_64");
	close_dump(dump, fd);
}
END_TEST

/* A dump of this machine by its header, with these notes. */
static int kdump_with(const char *machine, const void *notes, size_t size)
{
	uint64_t range[2] = {6 * 4096, size};
	int fd = kdump_of(machine);

	vmcore_put(fd, 6 * 4096, notes, size);
	vmcore_put(fd, 4096 + offsetof(struct vmcore_kdump_sub_header, notes), range,
		   sizeof(range));
	return fd;
}

START_TEST(what_the_header_calls_the_machine_need_not_be_true)
{
	static const char *const machines[] = {"i686", "Unknown"};
	char notes[4096] = "";
	size_t size = vmcore_notes(notes, 0, "SYMBOL(_stext)=ffffffff81000000\n");
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(machines); i++) {
		fd = kdump_with(machines[i], notes, size);
		close_dump(vmcore_open(fd), fd);
	}
	vmcore_refuse(kdump_of("i686"), ERR_UNSUPPORTED, "a dump of i386");
	vmcore_refuse(kdump_of("Unknown"), ERR_UNSUPPORTED, "a machine that it does not name");
	vmcore_refuse(kdump_of("aarch64"), ERR_UNSUPPORTED, "a dump of aarch64");
	fd = kdump_of("s390x");
	vmcore_put(fd, offsetof(struct vmcore_kdump_header, version), "\0\0\0\x6", 4);
	vmcore_refuse(fd, ERR_UNSUPPORTED, "big-endian dump of s390x");
}
END_TEST

/* One of QEMU's own notes a CPU tells, where the guest left no VMCOREINFO; without the CPU's registers it does not. */
START_TEST(qemus_notes_tell_the_machine)
{
	static const uint64_t status[42] = {0}, qemu[55] = {0}; /* 336 and 440 bytes */

	for (unsigned cpus = 0; cpus < 2; cpus++) {
		char notes[4096] = "";
		size_t size = 0;

		if (cpus)
			size = vmcore_note(notes, 0, "CORE", NT_PRSTATUS, status, sizeof(status));
		size = vmcore_note(notes, size, "QEMU", 0, qemu, sizeof(qemu));
		int fd = kdump_with("Unknown", notes, size);

		if (cpus)
			close_dump(vmcore_open(fd), fd);
		else
			vmcore_refuse(fd, ERR_UNSUPPORTED, "a machine that it does not name");
	}
}
END_TEST

/* --- runs of memory ---------------------------------------------------------------------------- */

struct lime {
	uint32_t magic, version;
	uint64_t first, last, reserved;
};

static void put_lime(int fd, uint64_t at, uint64_t first, uint64_t last)
{
	struct lime header = {0x4c694d45, 1, first, last, 0};

	vmcore_put(fd, at, &header, sizeof(header));
}

START_TEST(lime_ranges_are_read)
{
	uint8_t page[4096];
	int fd = vmcore_file();
	struct dump *dump;

	put_lime(fd, 0, 0x1000, 0x1fff);
	memset(page, 'a', sizeof(page));
	vmcore_put(fd, sizeof(struct lime), page, sizeof(page));
	put_lime(fd, 4096 + sizeof(struct lime), 0x5000, 0x5fff);
	memset(page, 'b', sizeof(page));
	vmcore_put(fd, 4096 + 2 * sizeof(struct lime), page, sizeof(page));
	dump = vmcore_open(fd);
	ck_assert_str_eq(dump_info(dump)->format, "lime");
	ck_assert(!dump_info(dump)->truncated);
	vmcore_expect_byte(dump, 0x1fff, 'a');
	vmcore_expect_byte(dump, 0x5000, 'b');
	ck_assert_int_eq(dump_page_state(dump, 2), PAGE_ABSENT);
	dump_close(dump);
	ck_assert_int_eq(ftruncate(fd, 4096 + 2 * sizeof(struct lime) + 100), 0);
	dump = vmcore_open(fd);
	ck_assert(dump_info(dump)->truncated);
	ck_assert_int_eq(dump_page_state(dump, 5), PAGE_TRUNCATED);
	close_dump(dump, fd);
}
END_TEST

START_TEST(absurd_lime_ranges_end_it)
{
	int fd = vmcore_file();

	put_lime(fd, 0, 0, UINT64_MAX);
	vmcore_refuse(fd, ERR_CORRUPT, "no memory");
	fd = vmcore_file();
	put_lime(fd, 0, 0x2000, 0x1fff);
	vmcore_refuse(fd, ERR_CORRUPT, "no memory");
}
END_TEST

static int raw(uint64_t size)
{
	int fd = vmcore_file();

	ck_assert_int_eq(ftruncate(fd, (off_t)size), 0);
	vmcore_put(fd, 0x7000, "OSRELEASE=6.1.0\n", 16);
	return fd;
}

START_TEST(a_raw_image_is_told_by_the_kernel_in_it)
{
	const char banner[] = "Linux version 2.6.32-754.el6.x86_64 (mockbuild@x86-01) ";
	int fd = raw(2 << 20);
	struct dump *dump = vmcore_open(fd);

	ck_assert_str_eq(dump_info(dump)->format, "raw");
	vmcore_expect_byte(dump, 0x7000, 'O');
	close_dump(dump, fd);
	fd = vmcore_file();
	ck_assert_int_eq(ftruncate(fd, 4 << 20), 0);
	vmcore_put(fd, (1 << 20) - 10, banner, sizeof(banner)); /* over the end of a look */
	close_dump(vmcore_open(fd), fd);
	fd = vmcore_file();
	ck_assert_int_eq(ftruncate(fd, 4 << 20), 0);
	vmcore_put(fd, 0x7010, "OSRELEASE=6.1.0\nLinux version of what", 38);
	vmcore_refuse(fd, ERR_INVALID, "no Linux kernel in it");
}
END_TEST

/* Where a writer may have skipped the hole below 4 GiB, what lies behind it has no certain address. */
START_TEST(what_lies_behind_a_hole_is_believed_where_it_shows)
{
	int fd = raw(5ull << 30);
	struct dump *dump = vmcore_open(fd);

	ck_assert_int_eq(dump_page_state(dump, 0x100000), PAGE_PRESENT);
	dump_close(dump);
	vmcore_put(fd, 0xfd000000, "memory", 6);
	dump = vmcore_open(fd);
	ck_assert_int_eq(dump_page_state(dump, 0x7ffff), PAGE_PRESENT);
	ck_assert_int_eq(dump_page_state(dump, 0x80000), PAGE_ABSENT);
	ck_assert_uint_eq(dump_info(dump)->unplaced, 3ull << 30);
	close_dump(dump, fd);
}
END_TEST

/* --- a raw image of a machine with memory above 4 GiB ------------------------------------------- */

#define GIB (1ull << 30)
#define ROOT_TABLE 0x2000000ull		 /* in the kernel's image, which is low */
#define TABLES (4 * GIB + (16ull << 20)) /* the rest is where memory ends */
#define MAPPED_AT 0xffff888000000000ull

/* Of 3 GiB with a hole from 2 GiB on: where physical memory is in the file. */
static uint64_t in_file(uint64_t phys, uint64_t hole)
{
	return hole && phys >= 4 * GIB ? phys - 4 * GIB + hole : phys;
}

static void put_entry(int fd, uint64_t at, unsigned index, uint64_t entry)
{
	vmcore_put(fd, at + index * 8ull, &entry, sizeof(entry));
}

/* hole: that is left out in the file; 0: kept. The direct map has memory up to 2 GiB, and from 4 to 5. */
static int image_with_hole(uint64_t hole)
{
	static const char note[] = "OSRELEASE=6.1.0\nSYMBOL(swapper_pg_dir)=ffffffff83000000\n"
				   "NUMBER(phys_base)=-16777216\n";
	static const unsigned mapped[] = {0, 1, 4};
	int fd = vmcore_file();

	ck_assert_int_eq(ftruncate(fd, (off_t)(hole ? 3 * GIB : 5 * GIB)), 0);
	vmcore_put(fd, 0x7000, note, sizeof(note));
	put_entry(fd, ROOT_TABLE, MAPPED_AT >> 39 & 511, TABLES | 3);
	for (unsigned i = 0; i < ARRAY_SIZE(mapped); i++) {
		uint64_t table = TABLES + (i + 1) * 4096ull;

		put_entry(fd, in_file(TABLES, hole), mapped[i], table | 3);
		for (unsigned j = 0; j < 512; j++)
			put_entry(fd, in_file(table, hole), j,
				  (mapped[i] * GIB + ((uint64_t)j << 21)) | 0x83);
	}
	vmcore_put(fd, in_file(5 * GIB - 4096, hole), "end", 3);
	/* In the hole, or where it would be: so that nothing but the tables tells. */
	vmcore_put(fd, hole ? 3 * GIB - 8192 : 0xfd000000, "device", 6);
	return fd;
}

START_TEST(page_tables_tell_where_memory_goes_on)
{
	static const uint64_t holes[] = {0, 2 * GIB};

	for (size_t i = 0; i < ARRAY_SIZE(holes); i++) {
		int fd = image_with_hole(holes[i]);
		struct dump *dump = vmcore_open(fd);

		ck_assert_uint_eq(dump_info(dump)->unplaced, 0);
		vmcore_expect_byte(dump, 5 * GIB - 4096, 'e');
		vmcore_expect_byte(dump, 0x7000, 'O');
		close_dump(dump, fd);
	}
}
END_TEST

/* Tables that lead in a circle, to nowhere, or say what does not fit the file: then nothing is believed. */
START_TEST(absurd_page_tables_place_nothing)
{
	static const struct {
		uint64_t at, entry;
	} absurd[] = {
		{TABLES, TABLES | 3},	       /* itself */
		{TABLES, 0xffffffffff000 | 3}, /* beyond all */
		{TABLES + 4096, 0},	       /* a single one is missing: it still fits */
		{TABLES + 3 * 4096 + 511 * 8, 40 * GIB | 0x83}, /* at another distance: not of it */
	};
	struct dump *dump;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(absurd); i++) {
		fd = image_with_hole(2 * GIB);
		put_entry(fd, in_file(absurd[i].at, 2 * GIB), 0, absurd[i].entry);
		close_dump(vmcore_open(fd), fd);
	}
	fd = image_with_hole(2 * GIB);
	ck_assert_int_eq(ftruncate(fd, (off_t)(2 * GIB + GIB / 2)), 0); /* its end is not there */
	dump = vmcore_open(fd);
	ck_assert_uint_eq(dump_info(dump)->unplaced, GIB / 2);
	ck_assert_int_eq(dump_page_state(dump, 4 * GIB >> 12), PAGE_ABSENT);
	close_dump(dump, fd);
}
END_TEST

/* --- VMware -------------------------------------------------------------------------------------- */

static size_t put_item(int fd, size_t at, const char *name, unsigned indices, uint32_t index,
		       uint64_t value, unsigned size)
{
	uint16_t tag = (uint16_t)(strlen(name) << 8 | indices << 6 | size);

	vmcore_put(fd, at, &tag, 2);
	vmcore_put(fd, at += 2, name, strlen(name));
	vmcore_put(fd, at += strlen(name), &index, 4);
	vmcore_put(fd, at += 4ul * indices, &value, 8);
	return at + size;
}

#define VMWARE_CPU 1000
#define VMWARE_MEMORY 2000

static int vmware(void)
{
	static const struct {
		uint32_t magic, version, groups;
	} header = {0xbed2bed2, 8, 2};
	struct {
		char name[64];
		uint64_t position, size;
	} groups[] = {{"cpu", VMWARE_CPU, 0}, {"memory", VMWARE_MEMORY, 0}};
	int fd = vmcore_file();

	vmcore_put(fd, 0, &header, sizeof(header));
	vmcore_put(fd, 12, groups, sizeof(groups));
	return fd;
}

START_TEST(a_snapshot_needs_its_memory)
{
	int fds[2] = {vmware(), vmcore_file()};
	struct dump *dump;
	struct regs regs;
	size_t at = put_item(fds[0], VMWARE_CPU, "cpu:numVCPUs", 0, 0, 1, 4);

	at = put_item(fds[0], at, "rip", 1, 0, 0xffffffff81000010, 8);
	put_item(fds[0], at, "rsp", 1, 7, 1, 8); /* of a CPU that is not there */
	at = put_item(fds[0], VMWARE_MEMORY, "regionsCount", 0, 0, 1, 4);
	at = put_item(fds[0], at, "regionPageNum", 1, 0, 0, 4);
	at = put_item(fds[0], at, "regionPPN", 1, 0, 0x100, 4);
	at = put_item(fds[0], at, "regionSize", 1, 99, 7, 4); /* likewise */
	put_item(fds[0], at, "regionSize", 1, 0, 2, 4);
	vmcore_put(fds[1], 0x1fff, "m", 1);
	assert_ok(dump_open_set(fds, 2, &dump));
	vmcore_expect_byte(dump, 0x101fff, 'm');
	ck_assert_uint_eq(dump_cpu_count(dump), 1);
	assert_ok(dump_cpu_regs(dump, 0, &regs));
	ck_assert_uint_eq(regs.value[REG_RIP], 0xffffffff81000010);
	ck_assert(!regs_known(&regs, REG_RSP));
	uint64_t size;
	ck_assert(vmware_memory_is_beside(fds[0], &size));
	ck_assert_uint_eq(size, 0x2000);
	put_item(fds[0], at, "regionSize", 1, 0, UINT32_MAX, 4);
	ck_assert(vmware_memory_is_beside(fds[0], &size) && size > 0x2000);
	ck_assert(!vmware_memory_is_beside(fds[1], &size));
	close_dump(dump, fds[1]);
	vmcore_refuse(fds[0], ERR_UNSUPPORTED, "give the .vmem");
}
END_TEST

START_TEST(absurd_snapshots_are_refused)
{
	uint64_t far = UINT64_MAX - 1;
	uint32_t many = UINT32_MAX;
	int fd = vmware();

	vmcore_put(fd, 12 + 64, &far, 8);
	vmcore_put(fd, 12 + 80 + 64, &far, 8);
	vmcore_refuse(fd, ERR_UNSUPPORTED, "without its memory");
	fd = vmware();
	vmcore_put(fd, 8, &many, 4);
	vmcore_refuse(fd, ERR_TRUNCATED, "truncated");
	fd = vmware();
	vmcore_put(fd, 0, "\xd0\xbe\xd0\xbe", 4);
	vmcore_refuse(fd, ERR_UNSUPPORTED, "old, 32-bit");
}
END_TEST

/* --- SADUMP -------------------------------------------------------------------------------------- */

#define SADUMP_PAGES 64
#define SADUMP_HEADER 4096 /* of one partition; each of these has a block */
#define SADUMP_SUB 8192
#define SADUMP_RAM 12288
#define SADUMP_DUMPED 16384
#define SADUMP_DATA 20480

static void put_part(int fd, uint32_t number)
{
	struct sadump_part_header part = {.signature = SADUMP_SIGNATURE, .number = number};
	uint32_t word = 7;

	vmcore_put(fd, 0, &part, sizeof(part));
	for (uint64_t at = sizeof(part); at < 4096; at += 4, word = sadump_next_word(word))
		vmcore_put(fd, at, &word, sizeof(word));
}

static struct sadump_header sadump_header(void)
{
	return (struct sadump_header){.signature = SADUMP_SIGNATURE,
				      .version = 1,
				      .time = {.year = 2023, .month = 11, .day = 14},
				      .block_size = 4096,
				      .sub_blocks = 1,
				      .bitmap_blocks = 1,
				      .dumpable_blocks = 1,
				      .cpus = 1,
				      .max_mapnr_64 = SADUMP_PAGES};
}

/* Of 64 pages: 3 to 6 are dumped, their number in each byte, 7 is RAM that is not. */
static int sadump(const struct sadump_header *header)
{
	struct sadump_smram saved = {.rip = 0xffffffff81000010, .rsp = 0xffff888000001000};
	uint8_t page[4096];
	int fd = vmcore_file();

	put_part(fd, 0);
	vmcore_put(fd, SADUMP_HEADER, header, sizeof(*header));
	vmcore_put(fd, SADUMP_SUB + 4 + sizeof(struct sadump_apic), &saved, sizeof(saved));
	vmcore_put(fd, SADUMP_RAM, "\x1f", 1);
	vmcore_put(fd, SADUMP_DUMPED, "\x1e", 1);
	for (unsigned i = 3; i < 7; i++) {
		memset(page, (int)i, sizeof(page));
		vmcore_put(fd, SADUMP_DATA + (i - 3) * 4096, page, sizeof(page));
	}
	return fd;
}

START_TEST(each_page_of_a_sadumps_run_is_its_own)
{
	struct sadump_header header = sadump_header();
	int fd = sadump(&header);
	struct dump *dump = vmcore_open(fd);
	struct regs regs;

	ck_assert_str_eq(dump_info(dump)->format, "sadump");
	ck_assert_int_eq(dump_info(dump)->crash_time, 1699920000);
	for (unsigned i = 3; i < 7; i++)
		vmcore_expect_byte(dump, i * 4096ull + 5, (uint8_t)i);
	ck_assert_int_eq(dump_page_state(dump, 7), PAGE_EXCLUDED);
	ck_assert_int_eq(dump_page_state(dump, 2), PAGE_ABSENT);
	ck_assert_uint_eq(dump_cpu_count(dump), 1);
	assert_ok(dump_cpu_regs(dump, 0, &regs));
	ck_assert_uint_eq(regs.value[REG_RIP], 0xffffffff81000010);
	dump_close(dump);
	ck_assert_int_eq(ftruncate(fd, SADUMP_DATA + 4096 + 5), 0);
	dump = vmcore_open(fd);
	ck_assert(dump_info(dump)->truncated);
	ck_assert_int_eq(dump_page_state(dump, 3), PAGE_PRESENT);
	ck_assert_int_eq(dump_page_state(dump, 6), PAGE_TRUNCATED);
	close_dump(dump, fd);
}
END_TEST

START_TEST(absurd_sadumps_are_refused)
{
	struct sadump_header header = sadump_header();
	int fd;

	header.bitmap_blocks = header.dumpable_blocks = UINT32_MAX;
	header.max_mapnr_64 = UINT64_MAX;
	vmcore_refuse(sadump(&header), ERR_TRUNCATED, "");
	header = sadump_header();
	header.sub_blocks = UINT32_MAX;
	vmcore_refuse(sadump(&header), ERR_TRUNCATED, "");
	header = sadump_header();
	header.cpus = UINT32_MAX; /* whose registers are not there */
	fd = sadump(&header);
	close_dump(vmcore_open(fd), fd);
	header.block_size = 0;
	vmcore_refuse(sadump(&header), ERR_CORRUPT, "without its header");
	fd = vmcore_file();
	put_part(fd, UINT32_MAX);
	vmcore_refuse(fd, ERR_CORRUPT, "with no end");
	for (unsigned size = 0; size < SADUMP_DATA; size += 1024) {
		header = sadump_header();
		fd = sadump(&header);
		ck_assert_int_eq(ftruncate(fd, size), 0);
		struct dump *dump = NULL;

		ck_assert(!err_ok(dump_open(fd, &dump)));
		close(fd);
	}
}
END_TEST

/* The pages go on from one disk to the next in the midst of a run. */
START_TEST(a_sadump_over_two_disks_needs_both)
{
	struct sadump_header header = sadump_header();
	struct sadump_set_header set = {.blocks = 1, .disks = 2};
	struct sadump_part_header part = {
		.signature = SADUMP_SIGNATURE, .number = 1, .used = SADUMP_DATA + 2 * 4096};
	int fds[2] = {vmcore_file(), sadump(&header)};
	uint8_t page[4096];
	struct dump *dump;

	put_part(fds[0], 2);
	for (unsigned i = 5; i < 7; i++) {
		memset(page, (int)(i + 'a'), sizeof(page));
		vmcore_put(fds[0], (i - 4) * 4096, page, sizeof(page));
	}
	/* On the first disk there is one block more, the header of the set. */
	part.used += 4096;
	vmcore_put(fds[1], 0, &part, sizeof(part));
	for (uint64_t at = SADUMP_DATA + 4096; at > SADUMP_HEADER; at -= 4096) {
		ck_assert_int_eq(pread(fds[1], page, 4096, (off_t)at - 4096), 4096);
		vmcore_put(fds[1], at, page, 4096);
	}
	memset(page, 4, sizeof(page));
	vmcore_put(fds[1], SADUMP_DATA + 2 * 4096, page, sizeof(page));
	vmcore_put(fds[1], SADUMP_HEADER, &set, sizeof(set));
	assert_ok(dump_open_set(fds, 2, &dump));
	vmcore_expect_byte(dump, 4 * 4096, 4);
	vmcore_expect_byte(dump, 5 * 4096, 5 + 'a');
	vmcore_expect_byte(dump, 6 * 4096 + 4095, 6 + 'a');
	dump_close(dump);
	vmcore_refuse(fds[0], ERR_UNSUPPORTED, "disk 1 is missing");
	vmcore_refuse(fds[1], ERR_UNSUPPORTED, "disk 2 is missing");
}
END_TEST

/* --- LKCD --------------------------------------------------------------------------------------- */

/* Zeros are headers of pages of no bytes: the library would go through all of them. */
START_TEST(an_lkcd_of_too_many_pages_is_refused)
{
	const uint64_t magic = 0xa8190173618f23edull, start = 65536;
	const uint32_t version = 9;
	int fd = vmcore_file();

	vmcore_put(fd, 0, &magic, sizeof(magic));
	vmcore_put(fd, 8, &version, sizeof(version));
	vmcore_put(fd, 734, &start, sizeof(start));
	ck_assert_int_eq(ftruncate(fd, 80 << 20), 0);
	vmcore_refuse(fd, ERR_LIMIT, "more than 4194304 pages");
}
END_TEST

/* --- whose core it is ---------------------------------------------------------------------------- */

START_TEST(a_process_is_not_a_kernel)
{
	char notes[4096] = "", info[136] = "";
	size_t size;

	strcpy(info + 40, "qemu-kvm");
	size = vmcore_note(notes, 0, "CORE", NT_PRPSINFO, info, sizeof(info));
	size = vmcore_note(notes, size, "CORE", NT_AUXV, info, 16);
	struct vmcore_elf elf = vmcore_elf_start(notes, size);

	vmcore_elf_load(&elf, 0, "memory", 6, 4096);
	vmcore_refuse(vmcore_elf_finish(&elf), ERR_UNSUPPORTED,
		      "(qemu-kvm), not of a kernel: take");
}
END_TEST

UNIT_MAIN("dump_formats", names_that_begin_too_late_are_put_right,
	  what_the_header_calls_the_machine_need_not_be_true, qemus_notes_tell_the_machine,
	  lime_ranges_are_read, absurd_lime_ranges_end_it, a_raw_image_is_told_by_the_kernel_in_it,
	  what_lies_behind_a_hole_is_believed_where_it_shows, page_tables_tell_where_memory_goes_on,
	  absurd_page_tables_place_nothing, a_snapshot_needs_its_memory,
	  absurd_snapshots_are_refused, each_page_of_a_sadumps_run_is_its_own,
	  absurd_sadumps_are_refused, a_sadump_over_two_disks_needs_both,
	  an_lkcd_of_too_many_pages_is_refused, a_process_is_not_a_kernel)
