/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine of 64 pages: its direct map and its kernel image are one 2M page each, both at
 * physical 0; the page tables lie in pages 16 to 23.
 */
#include "vmcore_file.h"

#include "kernel/dump/dump.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/memory/memory_find.h"
#include "kernel/memory/pagetable.h"

#define PAGES 64
#define ROOT 16
#define IMAGE 0xffffffff81000000ull
#define PRESENT 0x63ull
#define HUGE 0xe3ull
#define TABLE(page) ((uint64_t)(page) << 12 | PRESENT)

static uint64_t ram[PAGES][512];

/* Tables below one top-level entry each: direct map, image, and a vmalloc page with a hole. */
static void build(unsigned levels, uint64_t direct_map)
{
	unsigned p4d = levels == 5 ? 23 : ROOT, top = levels == 5 ? 48 : 39;

	memset(ram, 0, sizeof(ram));
	if (levels == 5) {
		ram[ROOT][511] = TABLE(p4d);
		ram[ROOT][direct_map >> top & 511] = TABLE(22);
		ram[22][direct_map >> 39 & 511] = TABLE(17);
	} else {
		ram[ROOT][direct_map >> top & 511] = TABLE(17);
	}
	ram[17][direct_map >> 30 & 511] = TABLE(18);
	ram[18][0] = HUGE;
	ram[p4d][511] = TABLE(19);
	ram[19][510] = TABLE(20);
	ram[20][8] = HUGE;
	ram[20][9] = TABLE(21); /* 4K pages behind the image */
	ram[21][0] = TABLE(40);
	ram[21][1] = TABLE(500);  /* no such memory */
	ram[20][10] = TABLE(501); /* a page table that is not there */
	for (uint64_t i = 0; i < PAGES; i++)
		if (i < ROOT || i > 23)
			ram[i][1] = i;
}

struct machine {
	struct dump *dump;
	struct memory *memory;
	int fd;
};

static struct machine boot(const char *vmcoreinfo, uint64_t cr3)
{
	char notes[4096] = "";
	uint64_t qemu[56] = {0};
	size_t size = vmcore_notes(notes, IMAGE + 0x10, vmcoreinfo ? vmcoreinfo : "X=1\n");
	struct vmcoreinfo *info = NULL;
	struct machine machine;

	if (cr3) {
		qemu[19 + 30 + 3] = cr3; /* header, registers, ten segments, cr0 to cr2 */
		size = vmcore_note(notes, size, "QEMU", 0, qemu, sizeof(qemu));
	}
	struct vmcore_elf elf = vmcore_elf_start(notes, size);
	vmcore_elf_load(&elf, 0, ram, sizeof(ram), sizeof(ram));
	machine.fd = vmcore_elf_finish(&elf);
	assert_ok(dump_open(machine.fd, &machine.dump));
	if (vmcoreinfo)
		assert_ok(vmcoreinfo_parse(vmcoreinfo, strlen(vmcoreinfo), &info));
	assert_ok(memory_open(machine.dump, info, &machine.memory));
	vmcoreinfo_free(info);
	return machine;
}

static void halt(struct machine *machine)
{
	memory_close(machine->memory);
	dump_close(machine->dump);
	close(machine->fd);
}

#define INFO                                                                                       \
	"SYMBOL(_stext)=ffffffff81000000\nSYMBOL(swapper_pg_dir)=ffffffff81010000\n"               \
	"NUMBER(phys_base)=-16777216\n"

static void expect_u64(struct memory *memory, uint64_t va, uint64_t expected)
{
	uint64_t value;

	assert_ok(memory_read_u64(memory, va, &value));
	ck_assert_uint_eq(value, expected);
}

static void try_regions(const char *info, unsigned levels, uint64_t direct_map)
{
	build(levels, direct_map);
	struct machine machine = boot(info, 0);
	struct memory *memory = machine.memory;

	ck_assert_int_eq(memory_is_canonical(memory, 1ull << 50), levels == 5);
	ck_assert_uint_eq(memory_page_offset(memory), direct_map);
	expect_u64(memory, direct_map + 0x3008, 3);
	expect_u64(memory, IMAGE + 0x4008, 4);
	expect_u64(memory, IMAGE + 0x200008, 40);
	ck_assert_int_eq(memory_class(memory, direct_map + 0x3000), VA_DIRECT_MAP);
	ck_assert_int_eq(memory_class(memory, IMAGE + 1), VA_IMAGE);
	halt(&machine);
}

START_TEST(four_and_five_levels_wherever_the_direct_map_is)
{
	try_regions(INFO, 4, 0xffff888000000000);
	try_regions(INFO, 4, 0xffff880000000000); /* before 4.20 */
	try_regions(INFO, 4, 0xffff9bb980000000); /* randomised */
	try_regions(INFO "NUMBER(pgtable_l5_enabled)=1\n", 5, 0xff11000000000000);
	try_regions(INFO, 5, 0xff2a4c1380000000); /* by its shape alone */
}
END_TEST

START_TEST(errors_say_which_page_is_missing)
{
	uint64_t value;

	build(4, 0xffff888000000000);
	struct machine machine = boot(INFO, 0);
	struct memory *memory = machine.memory;

	assert_err(memory_read_u64(memory, IMAGE + 0x202000, &value), ERR_UNMAPPED);
	assert_err(memory_read_u64(memory, 0x1000, &value), ERR_UNMAPPED);
	assert_err(memory_read_u64(memory, 0x8000000000000000, &value), ERR_UNMAPPED);
	_err_ struct err *err = memory_read_u64(memory, IMAGE + 0x201000, &value);
	ck_assert(err && err->code == ERR_ABSENT && err->address == IMAGE + 0x201000);
	/* Its page table is missing: the image goes on linearly, to memory that is not there. */
	assert_err(memory_read_u64(memory, IMAGE + 0x400000, &value), ERR_ABSENT);
	halt(&machine);
}
END_TEST

/* A pair of tables: the user's, marked by bit 12, has the image but no direct map. */
START_TEST(cr3_of_the_user_half_is_not_trusted)
{
	build(4, 0xffff888000000000);
	memcpy(ram[26], ram[ROOT], sizeof(ram[26]));
	ram[27][511] = ram[ROOT][511];
	ram[27][1] = 0;
	struct machine machine = boot(NULL, 27 << 12 | 0x802);

	ck_assert_uint_eq(memory_page_offset(machine.memory), 0xffff888000000000);
	expect_u64(machine.memory, IMAGE + 0x4008, 4);
	expect_u64(machine.memory, 0xffff888000005008, 5);
	halt(&machine);
}
END_TEST

START_TEST(tables_that_point_at_themselves_end)
{
	uint64_t value;

	build(4, 0xffff888000000000);
	ram[ROOT][256] = TABLE(ROOT);
	ram[ROOT][300] = TABLE(17);
	ram[17][7] = TABLE(17);
	struct machine machine = boot(INFO, 0);

	ck_assert_uint_eq(memory_page_offset(machine.memory), 0xffff888000000000);
	err_free(memory_read_u64(machine.memory, 0xffff800000000000, &value));
	err_free(memory_read_u64(machine.memory, 0xffff9601c0e07000, &value));
	expect_u64(machine.memory, IMAGE + 0x4008, 4);
	halt(&machine);
}
END_TEST

START_TEST(reads_cross_pages_and_strings_end)
{
	uint64_t base = 0xffff888000000000, value;
	char text[32];
	uint8_t byte;

	build(4, base);
	memset(ram[30], 'x', 4096);
	memcpy((char *)ram[29] + 4090, "triage", 6);
	memcpy(ram[30], "d", 2);
	ram[31][0] = 0x1122334455667788;
	struct machine machine = boot(INFO, 0);
	struct memory *memory = machine.memory;

	assert_ok(memory_read_string(memory, base + (29 << 12) + 4090, text, sizeof(text)));
	ck_assert_str_eq(text, "triaged");
	assert_err(memory_read_string(memory, base + (30 << 12) + 8, text, 5), ERR_LIMIT);
	ck_assert_str_eq(text, "xxxx");
	assert_ok(memory_read_uint(memory, base + (31 << 12) - 1, 3, &value));
	ck_assert_uint_eq(value, 0x778878);
	assert_ok(memory_read_u8(memory, base + (31 << 12) + 7, &byte));
	ck_assert_uint_eq(byte, 0x11);
	assert_err(memory_read_uint(memory, base, 9, &value), ERR_INVALID);
	halt(&machine);
}
END_TEST

START_TEST(without_any_way_in_there_is_no_memory)
{
	struct vmcore_elf elf = vmcore_elf_start(NULL, 0);
	struct memory *memory;
	struct dump *dump;

	memset(ram, 0, sizeof(ram));
	vmcore_elf_load(&elf, 0, ram, sizeof(ram), sizeof(ram));
	int fd = vmcore_elf_finish(&elf);
	assert_ok(dump_open(fd, &dump));
	assert_err(memory_open(dump, NULL, &memory), ERR_NOT_FOUND);
	dump_close(dump);
	close(fd);
}
END_TEST

/* The entry that maps an address, or that does not; none where its table is not in the dump. */
START_TEST(entries_of_the_tables_are_found)
{
	struct table_entry entry;

	build(4, 0xffff888000000000);
	struct machine machine = boot(INFO, 0);

	ck_assert(memory_table_entry(machine.memory, IMAGE + 0x200008, &entry));
	ck_assert_uint_eq(entry.level, 1);
	ck_assert_uint_eq(entry.phys, 21 * PAGE_SIZE);
	ck_assert_uint_eq(entry.value, TABLE(40));
	ck_assert(memory_table_entry(machine.memory, IMAGE + 0x202000, &entry));
	ck_assert_uint_eq(entry.level, 1);
	ck_assert_uint_eq(entry.phys, 21 * PAGE_SIZE + 2 * 8);
	ck_assert_uint_eq(entry.value, 0);
	ck_assert(memory_table_entry(machine.memory, IMAGE + 8, &entry));
	ck_assert_uint_eq(entry.level, 2);
	ck_assert_uint_eq(entry.value, HUGE);
	ck_assert(!memory_table_entry(machine.memory, IMAGE + 0x400000, &entry));
	ck_assert(!memory_table_entry(machine.memory, 0x8000000000000000, &entry));
	halt(&machine);
}
END_TEST

/* --- a way in that is searched for --------------------------------------------------------------- */

static void put_copy(unsigned page, const char *text)
{
	memset(ram[page], 0, 4096);
	memcpy(ram[page], text, strlen(text));
}

/* What memory_find() makes of the machine with this note in its dump; NULL: none. */
static struct memory *search(const char *note, struct dump **dump, int *fd, bool *belied)
{
	struct vmcoreinfo *info = NULL;
	struct memory *memory = NULL;
	struct err *why = NULL;

	struct vmcore_elf elf = vmcore_elf_start("", 0);
	vmcore_elf_load(&elf, 0, ram, sizeof(ram), sizeof(ram));
	*fd = vmcore_elf_finish(&elf);
	assert_ok(dump_open(*fd, dump));
	if (note)
		assert_ok(vmcoreinfo_parse(note, strlen(note), &info));
	err_free(memory_find(*dump, &info, &memory, &why));
	*belied = why;
	err_free(why);
	vmcoreinfo_free(info);
	return memory;
}

#define OTHER_BOOT                                                                                 \
	"SYMBOL(_stext)=ffffffff81000000\nSYMBOL(swapper_pg_dir)=ffffffff81030000\nNUMBER(phys_"   \
	"base)=-16777216\n"

START_TEST(the_kernels_own_copy_leads_into_memory)
{
	static const char *const notes[] = {NULL, OTHER_BOOT};
	struct dump *dump;
	bool belied;
	int fd;

	for (size_t i = 0; i < ARRAY_SIZE(notes); i++) {
		build(4, 0xffff888000000000);
		put_copy(50, "OSRELEASE=6.1.0\n" INFO);
		struct memory *memory = search(notes[i], &dump, &fd, &belied);

		ck_assert_ptr_nonnull(memory);
		ck_assert_int_eq(belied, notes[i] != NULL);
		expect_u64(memory, IMAGE + 0x4008, 4);
		memory_close(memory);
		dump_close(dump);
		close(fd);
	}
}
END_TEST

/* Copies without an end, of no page table, of tables that are none, more than are looked at: none is believed. */
START_TEST(absurd_copies_lead_nowhere)
{
	static const char *const copies[] = {
		"OSRELEASE=",
		"OSRELEASE=6.1.0\n" OTHER_BOOT,
		"OSRELEASE=6.1.0\nSYMBOL(_stext)=ffffffffffffffff\nSYMBOL(swapper_pg_dir)="
		"ffffffffffffffff\n",
		"OSRELEASE=6.1.0\nSYMBOL(_stext)=ffffffff81000000\nSYMBOL(swapper_pg_dir)="
		"ffffffff81010000\n"
		"NUMBER(phys_base)=9223372036854775807\n",
	};
	struct dump *dump;
	bool belied;
	int fd;

	build(4, 0xffff888000000000);
	for (unsigned page = 24; page < PAGES; page++) {
		put_copy(page, copies[page % ARRAY_SIZE(copies)]);
		if (page % 2)
			memset((char *)ram[page] + 200, '=', 4096 - 200);
	}
	struct memory *memory = search(OTHER_BOOT, &dump, &fd, &belied);

	ck_assert(!memory || !memory_has_table(memory));
	memory_close(memory);
	dump_close(dump);
	close(fd);
}
END_TEST

UNIT_MAIN("memory", four_and_five_levels_wherever_the_direct_map_is,
	  errors_say_which_page_is_missing, entries_of_the_tables_are_found,
	  cr3_of_the_user_half_is_not_trusted, tables_that_point_at_themselves_end,
	  reads_cross_pages_and_strings_end, without_any_way_in_there_is_no_memory,
	  the_kernels_own_copy_leads_into_memory, absurd_copies_lead_nowhere)
