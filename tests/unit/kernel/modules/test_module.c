/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <elf.h>
#include <sys/mman.h>

#define FAKE_REAL_SYMBOLS
#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/modules/module.h"
#include "kernel/modules/module_symbols.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"
#include "vmlinux_build.h"

/* The shapes struct module has had. */
enum era { ERA_MEM, ERA_LAYOUT, ERA_PLAIN, ERA_COUNT };

#define HEAD (FAKE_BASE + 0x100)
#define FIRST (FAKE_BASE + 0x1000)
#define SECOND (FAKE_BASE + 0x2000)
#define KALLSYMS (FAKE_BASE + 0x3000)
#define SYMTAB (FAKE_BASE + 0x4000)
#define STRTAB (FAKE_BASE + 0x6000)
#define TYPETAB (FAKE_BASE + 0x5000)
#define CORE 0xffffffffc0000000ull
#define INIT 0xffffffffc0100000ull

/* Offsets the types below give the members. */
enum { STATE = 0, LIST = 8, NAME = 24, SHAPE = 128, TAINTS = 248, ARCH = 256, BTF = 280 };

static struct kernel kernel;

struct ids {
	uint32_t c, i, l, pointer, list, name;
};

static void add_enum(struct btf_build *b, const char *name, unsigned count,
		     const char *const *values)
{
	b_head(b, name, (uint32_t)B_ENUM << 24 | count, 4);
	for (unsigned i = 0; i < count; i++) {
		b_u32(b, b_string(b, values[i]));
		b_u32(b, i);
	}
}

static void module_of_mem(struct btf_build *b, const struct ids *id)
{
	static const char *const kinds[] = {"MOD_TEXT",		 "MOD_DATA",	  "MOD_RODATA",
					    "MOD_RO_AFTER_INIT", "MOD_INIT_TEXT", "MOD_INIT_DATA",
					    "MOD_INIT_RODATA"};
	uint32_t memory = b_record(b, B_STRUCT, "module_memory", 16, 2, "base", id->pointer, 0,
				   "size", id->i, 64);
	uint32_t mem = b_array(b, memory, 7);
	uint32_t arch = b_record(b, B_STRUCT, "mod_arch_specific", 24, 3, "num_orcs", id->i, 0,
				 "orc_unwind_ip", id->pointer, 64, "orc_unwind", id->pointer, 128);

	add_enum(b, "mod_mem_type", 7, kinds);
	b_record(b, B_STRUCT, "mod_kallsyms", 32, 4, "symtab", id->pointer, 0, "num_symtab", id->i,
		 64, "strtab", id->pointer, 128, "typetab", id->pointer, 192);
	b_record(b, B_STRUCT, "module", 296, 9, "state", id->i, STATE * 8, "list", id->list,
		 LIST * 8, "name", id->name, NAME * 8, "mem", mem, SHAPE * 8, "kallsyms",
		 id->pointer, 240 * 8, "taints", id->l, TAINTS * 8, "arch", arch, ARCH * 8,
		 "btf_data_size", id->i, BTF * 8, "btf_data", id->pointer, (BTF + 8) * 8);
}

static void module_of_layout(struct btf_build *b, const struct ids *id)
{
	uint32_t layout = b_record(b, B_STRUCT, "module_layout", 16, 3, "base", id->pointer, 0,
				   "size", id->i, 64, "text_size", id->i, 96);

	b_record(b, B_STRUCT, "mod_kallsyms", 24, 3, "symtab", id->pointer, 0, "num_symtab", id->i,
		 64, "strtab", id->pointer, 128);
	b_record(b, B_STRUCT, "module", 256, 7, "state", id->i, STATE * 8, "list", id->list,
		 LIST * 8, "name", id->name, NAME * 8, "core_layout", layout, SHAPE * 8,
		 "init_layout", layout, (SHAPE + 16) * 8, "kallsyms", id->pointer, 240 * 8,
		 "taints", id->l, TAINTS * 8);
}

static void module_plain(struct btf_build *b, const struct ids *id)
{
	b_record(b, B_STRUCT, "module", 256, 13, "state", id->i, STATE * 8, "list", id->list,
		 LIST * 8, "name", id->name, NAME * 8, "module_init", id->pointer, SHAPE * 8,
		 "module_core", id->pointer, (SHAPE + 8) * 8, "init_size", id->i, (SHAPE + 16) * 8,
		 "core_size", id->i, (SHAPE + 20) * 8, "init_text_size", id->i, (SHAPE + 24) * 8,
		 "core_text_size", id->i, (SHAPE + 28) * 8, "symtab", id->pointer, (SHAPE + 32) * 8,
		 "num_symtab", id->i, (SHAPE + 40) * 8, "strtab", id->pointer, (SHAPE + 48) * 8,
		 "taints", id->i, TAINTS * 8);
}

static void open_types(enum era era)
{
	static const char *const states[] = {"MODULE_STATE_LIVE", "MODULE_STATE_COMING",
					     "MODULE_STATE_GOING", "MODULE_STATE_UNFORMED"};
	struct btf_build b = {0};
	struct ids id;

	id.c = b_int(&b, "char", 1);
	id.i = b_int(&b, "unsigned int", 4);
	id.l = b_int(&b, "unsigned long", 8);
	id.pointer = b_plain(&b, B_PTR, NULL, 0);
	id.list = b_record(&b, B_STRUCT, "list_head", 16, 2, "next", id.pointer, 0, "prev",
			   id.pointer, 64);
	id.name = b_array(&b, id.c, 56);
	add_enum(&b, "module_state", 4, states);
	(era == ERA_MEM	     ? module_of_mem
	 : era == ERA_LAYOUT ? module_of_layout
			     : module_plain)(&b, &id);
	b_open_kernel(&b, &kernel.types, &kernel.members);
}

static void open_symbols(void)
{
	char nm[256];

	snprintf(nm, sizeof(nm),
		 "ffffffff81000000 T _text\nffffffff81002000 B _end\n%llx d modules\n",
		 (unsigned long long)HEAD);
	_close_ int fd = vmlinux_build(nm);
	assert_ok(symbols_open_vmlinux(fd, 0, &kernel.symbols));
}

static void put_u32(uint64_t address, uint32_t value)
{
	fake_put(address, &value, 4);
}

static void link_modules(uint64_t a, uint64_t b)
{
	fake_u64(a, b);
	fake_u64(b + 8, a);
}

static void put_shape(enum era era, uint64_t module, uint64_t core, uint64_t init)
{
	uint64_t shape = module + SHAPE;

	if (era == ERA_MEM) {
		fake_u64(shape, core);
		put_u32(shape + 8, 0x1000);
		fake_u64(shape + 16, core + 0x8000);
		put_u32(shape + 24, 0x2000);
		fake_u64(shape + 4 * 16, init);
		put_u32(shape + 4 * 16 + 8, init ? 0x1000 : 0);
	} else if (era == ERA_LAYOUT) {
		fake_u64(shape, core);
		put_u32(shape + 8, 0x3000);
		put_u32(shape + 12, 0x1000);
		fake_u64(shape + 16, init);
		put_u32(shape + 24, init ? 0x1000 : 0);
		put_u32(shape + 28, init ? 0x1000 : 0);
	} else {
		fake_u64(shape, init);
		fake_u64(shape + 8, core);
		put_u32(shape + 16, init ? 0x1000 : 0);
		put_u32(shape + 20, 0x3000);
		put_u32(shape + 24, init ? 0x1000 : 0);
		put_u32(shape + 28, 0x1000);
	}
}

static void put_kallsyms(enum era era, uint64_t module, uint32_t count)
{
	uint64_t place = era == ERA_PLAIN ? module + SHAPE + 32 : KALLSYMS;

	if (era != ERA_PLAIN)
		fake_u64(module + 240, KALLSYMS);
	fake_u64(place, SYMTAB);
	put_u32(place + 8, count);
	fake_u64(place + 16, STRTAB);
	if (era == ERA_MEM)
		fake_u64(place + 24, TYPETAB);
}

static const char strings[] = "\0start\0finish\0variable\0.Llabel\0boot\0bad\033name";

static void put_symbol(unsigned i, const char *name, uint64_t value, uint16_t section)
{
	const char *place = memmem(strings, sizeof(strings), name, strlen(name));
	Elf64_Sym symbol = {.st_name = place ? (uint32_t)(place - strings) : 0xfffff000,
			    .st_info = 't',
			    .st_shndx = section,
			    .st_value = value};

	fake_put(SYMTAB + i * sizeof(symbol), &symbol, sizeof(symbol));
}

/* Two modules, "first" with symbols and init memory still there, "second" without either. */
static void open_kernel(enum era era)
{
	memset(&fake, 0, sizeof(fake));
	open_types(era);
	open_symbols();
	link_modules(HEAD, FIRST + LIST);
	link_modules(FIRST + LIST, SECOND + LIST);
	link_modules(SECOND + LIST, HEAD);
	fake_put(FIRST + NAME, "first", 6);
	fake_put(SECOND + NAME, "second", 7);
	put_shape(era, FIRST, CORE, INIT);
	put_shape(era, SECOND, CORE + 0x20000, 0);
	fake_put(FIRST + TAINTS, "\x00\x30", 2);
	put_kallsyms(era, FIRST, 8);
	fake_put(STRTAB, strings, sizeof(strings));
	put_symbol(1, "start", CORE, 1);
	put_symbol(2, "finish", CORE + 0x80, 1);
	put_symbol(3, ".Llabel", CORE + 0x90, 1);
	put_symbol(4, "boot", INIT + 0x10, 2);
	put_symbol(5, "variable", CORE + 0x40, SHN_UNDEF);
	put_symbol(6, "bad\033name", CORE + 0x20, 1);
	put_symbol(7, "beyond the strings", CORE + 0x30, 1);
	fake_put(TYPETAB, "?Tttttttt", 9);
}

static void close_kernel(void)
{
	symbols_close(kernel.symbols);
	modules_close(kernel.modules);
	members_close(kernel.members);
	types_close(kernel.types);
	kernel = (struct kernel){0};
}

static void expect_format(uint64_t address, const char *expected)
{
	char text[64];

	symbols_format(kernel.symbols, address, text, sizeof(text));
	ck_assert_str_eq(text, expected);
}

START_TEST(every_shape_is_read)
{
	enum era era = (enum era)_i;
	struct symbol symbol;

	open_kernel(era);
	assert_ok(modules_open(&kernel, &kernel.modules));
	ck_assert_ptr_null(modules_error(kernel.modules));
	ck_assert_uint_eq(modules_count(kernel.modules), 2);
	const struct module *first = modules_at(kernel.modules, 0);
	ck_assert_str_eq(first->name, "first");
	ck_assert_uint_eq(first->base, CORE);
	ck_assert_uint_eq(first->size, 0x1000);
	ck_assert_uint_eq(first->taints, 0x3000);
	ck_assert_uint_eq(first->range_count, 3);
	ck_assert(first->ranges[0].text && !first->ranges[0].init);
	ck_assert(!first->ranges[1].text);
	ck_assert(first->ranges[2].text && first->ranges[2].init);
	ck_assert_ptr_eq(modules_find(kernel.modules, INIT + 0xfff), first);
	ck_assert_ptr_eq(modules_find(kernel.modules, CORE + 0x20010),
			 modules_at(kernel.modules, 1));
	ck_assert_ptr_null(modules_find(kernel.modules, INIT + 0x1000));

	expect_format(CORE + 4, "start+0x4/0x80 [first]");
	expect_format(CORE + 0x90, "finish+0x10/0xf80 [first]");
	expect_format(INIT + 0x10, "boot+0x0/0xff0 [first]");
	expect_format(CORE + 0x20010, "0xffffffffc0020010");
	ck_assert(symbols_at(kernel.symbols, CORE, &symbol));
	ck_assert_int_eq(symbol.type, era == ERA_MEM ? 'T' : 't');
	close_kernel();
}
END_TEST

START_TEST(unwind_tables_and_btf_are_told)
{
	open_kernel(ERA_MEM);
	put_u32(FIRST + ARCH, 7);
	fake_u64(FIRST + ARCH + 8, 0x1111);
	fake_u64(FIRST + ARCH + 16, 0x2222);
	put_u32(FIRST + BTF, 99);
	fake_u64(FIRST + BTF + 8, 0x3333);
	assert_ok(modules_open(&kernel, &kernel.modules));
	const struct module *first = modules_at(kernel.modules, 0);
	ck_assert_uint_eq(first->orc_count, 7);
	ck_assert_uint_eq(first->orc_ip, 0x1111);
	ck_assert_uint_eq(first->orc, 0x2222);
	ck_assert_uint_eq(first->btf_size, 99);
	ck_assert_uint_eq(first->btf, 0x3333);
	close_kernel();
}
END_TEST

START_TEST(symbols_are_read_late)
{
	open_kernel(ERA_MEM);
	assert_ok(modules_open(&kernel, &kernel.modules));
	unsigned before = fake.reads;
	uint64_t address;
	ck_assert(symbols_find(kernel.symbols, "_text", &address));
	ck_assert_uint_eq(fake.reads, before);
	ck_assert(symbols_find(kernel.symbols, "finish", &address));
	ck_assert_uint_gt(fake.reads, before);
	before = fake.reads;
	ck_assert(!symbols_find(kernel.symbols, "absent", &address));
	ck_assert_uint_eq(fake.reads, before);
	close_kernel();
}
END_TEST

/* Opens and expects this many modules and this error. */
static void expect_cut(size_t count, enum err_code code)
{
	assert_ok(modules_open(&kernel, &kernel.modules));
	ck_assert_uint_eq(modules_count(kernel.modules), count);
	ck_assert_ptr_nonnull(modules_error(kernel.modules));
	ck_assert_int_eq(modules_error(kernel.modules)->code, code);
	close_kernel();
}

START_TEST(broken_lists_end)
{
	open_kernel(ERA_MEM);
	fake_u64(SECOND + LIST, SECOND + LIST);
	expect_cut(2, ERR_LOOP);

	open_kernel(ERA_MEM);
	fake_u64(SECOND + LIST, FIRST + LIST); /* a ring without the head */
	expect_cut(2, ERR_CORRUPT);

	open_kernel(ERA_MEM);
	fake_u64(SECOND + LIST + 8, HEAD); /* back-pointer */
	expect_cut(1, ERR_CORRUPT);

	open_kernel(ERA_MEM);
	fake_u64(FIRST + LIST, 0xdead000000000100);
	expect_cut(1, ERR_UNMAPPED);

	open_kernel(ERA_MEM);
	fake_u64(HEAD, 0);
	expect_cut(0, ERR_UNMAPPED);

	open_kernel(ERA_MEM);
	fake_put(SECOND + NAME, "\x01", 2);
	expect_cut(1, ERR_CORRUPT);
}
END_TEST

START_TEST(absurd_ranges_are_left_out)
{
	open_kernel(ERA_MEM);
	put_u32(FIRST + SHAPE + 8, 0xffffffff);
	fake_u64(FIRST + SHAPE + 16, 0xfffffffffffff000);
	fake_u64(FIRST + SHAPE + 4 * 16, 0);
	memset(fake.bytes + (SECOND + NAME - FAKE_BASE), 'x', 56);
	assert_ok(modules_open(&kernel, &kernel.modules));
	ck_assert_uint_eq(modules_at(kernel.modules, 0)->range_count, 0);
	ck_assert_uint_eq(strlen(modules_at(kernel.modules, 1)->name), 56);
	close_kernel();
}
END_TEST

START_TEST(unformed_modules_are_passed_over)
{
	open_kernel(ERA_MEM);
	put_u32(FIRST + STATE, 3);
	assert_ok(modules_open(&kernel, &kernel.modules));
	ck_assert_uint_eq(modules_count(kernel.modules), 1);
	ck_assert_str_eq(modules_at(kernel.modules, 0)->name, "second");
	close_kernel();
}
END_TEST

/* Reads the first module's symbols and expects this error. */
static void expect_unreadable(enum err_code code)
{
	_symbol_list_ struct symbol_list list = {0};

	assert_ok(modules_open(&kernel, &kernel.modules));
	const struct module *module = modules_at(kernel.modules, 0);
	assert_err(module_symbols_read(&kernel, module->name, module->kallsyms, &list), code);
	ck_assert_uint_eq(list.count, 0);
	expect_format(CORE, "0xffffffffc0000000");
	close_kernel();
}

START_TEST(absurd_symbol_tables_are_refused)
{
	for (enum era era = 0; era < ERA_COUNT; era++) {
		open_kernel(era);
		put_kallsyms(era, FIRST, UINT32_MAX);
		expect_unreadable(ERR_CORRUPT);
		open_kernel(era);
		put_kallsyms(era, FIRST, 499999);
		expect_unreadable(ERR_UNMAPPED);
	}
	open_kernel(ERA_MEM);
	fake_u64(KALLSYMS + 16, 0x1000); /* strings */
	expect_unreadable(ERR_UNMAPPED);
	open_kernel(ERA_MEM);
	fake_u64(KALLSYMS + 24, 0x1000); /* types */
	expect_unreadable(ERR_UNMAPPED);
	open_kernel(ERA_MEM);
	fake_u64(FIRST + 240, 0);
	expect_unreadable(ERR_NOT_FOUND);
}
END_TEST

START_TEST(what_is_missing_is_said)
{
	open_types(ERA_MEM);
	_close_ int fd = vmlinux_build("ffffffff81000000 T _text\nffffffff81002000 B _end\n");
	assert_ok(symbols_open_vmlinux(fd, 0, &kernel.symbols));
	assert_err(modules_open(&kernel, &kernel.modules), ERR_NOT_FOUND);
	close_kernel();
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("module");

	tcase_add_loop_test(cases, every_shape_is_read, 0, ERA_COUNT);
	tcase_add_test(cases, unwind_tables_and_btf_are_told);
	tcase_add_test(cases, symbols_are_read_late);
	tcase_add_test(cases, broken_lists_end);
	tcase_add_test(cases, absurd_ranges_are_left_out);
	tcase_add_test(cases, unformed_modules_are_passed_over);
	tcase_add_test(cases, absurd_symbol_tables_are_refused);
	tcase_add_test(cases, what_is_missing_is_said);
	return unit_run("module", cases);
}
