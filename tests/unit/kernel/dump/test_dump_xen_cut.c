/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kernel/dump/dump_xen_cut.h"

#include <elf.h>

#include "kernel/dump/dump.h"
#include "vmcore_file.h"

#define SECTIONS 5
#define CONTEXT 5168
#define CPUS_AT 4096
#define PAGES_AT 16384

/* A core of count pages, whose list and names have the place that they have where it is whole. */
struct core {
	int fd;
	Elf64_Shdr sections[SECTIONS];
};

static Elf64_Shdr section(uint32_t type, uint64_t at, uint64_t size, uint64_t each)
{
	return (Elf64_Shdr){.sh_type = type, .sh_offset = at, .sh_size = size, .sh_entsize = each};
}

static void put_headers(const struct core *core)
{
	Elf64_Ehdr ehdr = {
		.e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB,
			    EV_CURRENT},
		.e_type = ET_CORE,
		.e_machine = EM_X86_64,
		.e_shoff = sizeof(ehdr),
		.e_shentsize = sizeof(Elf64_Shdr),
		.e_shnum = SECTIONS,
	};

	vmcore_put(core->fd, 0, &ehdr, sizeof(ehdr));
	vmcore_put(core->fd, sizeof(ehdr), core->sections, sizeof(core->sections));
}

static struct core make_core(uint64_t count, uint64_t each)
{
	uint64_t list = PAGES_AT + count * PAGE_SIZE, rip = 0xffffffff81000010;
	struct core core = {.fd = vmcore_file()};

	core.sections[1] = section(SHT_STRTAB, list + count * each, 64, 0);
	core.sections[2] = section(SHT_PROGBITS, CPUS_AT, 2 * CONTEXT, CONTEXT);
	core.sections[3] = section(SHT_PROGBITS, PAGES_AT, count * PAGE_SIZE, PAGE_SIZE);
	core.sections[4] = section(SHT_PROGBITS, list, count * each, each);
	vmcore_put(core.fd, CPUS_AT + CONTEXT + 520 + 128, &rip, sizeof(rip));
	put_headers(&core);
	return core;
}

/* Each page begins with its number in the file; so many of them are there. */
static void put_pages(const struct core *core, uint8_t count)
{
	for (uint8_t i = 0; i < count; i++)
		vmcore_put(core->fd, PAGES_AT + i * PAGE_SIZE, &i, 1);
	ck_assert_int_eq(ftruncate(core->fd, PAGES_AT + count * PAGE_SIZE), 0);
}

START_TEST(without_the_list_pages_are_in_xens_order)
{
	struct core core = make_core(300, 8);
	struct regs regs;

	put_pages(&core, 200);
	struct dump *dump = vmcore_open(core.fd);

	vmcore_expect_byte(dump, 0x9f000, 0x9f);
	vmcore_expect_byte(dump, 0xc0000, 0xa0);
	vmcore_expect_byte(dump, 0xe7000, 199);
	ck_assert_int_eq(dump_page_state(dump, 0xa0), PAGE_ABSENT);
	ck_assert_int_eq(dump_page_state(dump, 0xe8), PAGE_TRUNCATED);
	ck_assert(dump_info(dump)->truncated && dump_info(dump)->presumed);
	ck_assert_uint_eq(dump_info(dump)->whole_size, PAGES_AT + 300 * PAGE_SIZE + 300 * 8 + 64);
	ck_assert_uint_eq(dump_cpu_count(dump), 2);
	assert_ok(dump_cpu_regs(dump, 1, &regs));
	ck_assert_uint_eq(regs.value[REG_RIP], 0xffffffff81000010);
	dump_close(dump);
	close(core.fd);
}
END_TEST

/* The names alone are cut off. */
START_TEST(the_list_is_believed_where_it_is_there)
{
	static const uint64_t list[] = {0x100, 0x101, 7, UINT64_MAX, 0x200};
	struct core core = make_core(ARRAY_SIZE(list), 8);

	put_pages(&core, ARRAY_SIZE(list));
	vmcore_put(core.fd, core.sections[4].sh_offset, list, sizeof(list));
	struct dump *dump = vmcore_open(core.fd);

	vmcore_expect_byte(dump, 0x101000, 1);
	vmcore_expect_byte(dump, 0x7000, 2);
	vmcore_expect_byte(dump, 0x200000, 4);
	ck_assert_int_eq(dump_page_state(dump, 0), PAGE_ABSENT);
	ck_assert(!dump_info(dump)->presumed);
	dump_close(dump);
	close(core.fd);
}
END_TEST

START_TEST(what_cannot_be_read_is_said)
{
	struct core core = make_core(300, 8);

	ck_assert_int_eq(ftruncate(core.fd, PAGES_AT), 0);
	vmcore_refuse(core.fd, ERR_TRUNCATED, "cut off before its pages");
	core = make_core(300, 8);
	ck_assert_int_eq(ftruncate(core.fd, sizeof(Elf64_Ehdr) + 80), 0);
	vmcore_refuse(core.fd, ERR_TRUNCATED, "");
	core = make_core(300, 16);
	put_pages(&core, 10);
	vmcore_refuse(core.fd, ERR_UNSUPPORTED, "paravirtualized");
}
END_TEST

/* Absurd places and sizes: a dump or an error, and soon. */
START_TEST(absurd_sections_end_it)
{
	static const uint64_t absurd[] = {
		1, 4095, 1ull << 40, INT64_MAX, 1ull << 63, UINT64_MAX - 4095, UINT64_MAX};

	for (size_t i = 0; i < ARRAY_SIZE(absurd) * (SECTIONS - 1) * 2; i++) {
		struct core core = make_core(300, 8);
		Elf64_Shdr *changed = &core.sections[1 + i / 2 % (SECTIONS - 1)];
		uint64_t value = absurd[i / 2 / (SECTIONS - 1)];
		struct dump *dump;
		uint8_t byte;

		*(i % 2 ? &changed->sh_offset : &changed->sh_size) = value;
		put_pages(&core, 10);
		put_headers(&core);
		if (err_ok(dump_open(core.fd, &dump))) {
			(void)err_ok(dump_read(dump, 0x3000, &byte, 1));
			dump_close(dump);
		}
		close(core.fd);
	}
}
END_TEST

UNIT_MAIN("dump_xen_cut", without_the_list_pages_are_in_xens_order,
	  the_list_is_believed_where_it_is_there, what_cannot_be_read_is_said,
	  absurd_sections_end_it)
