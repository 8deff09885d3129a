/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "kallsyms_image.h"

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "vmlinux_build.h"

#define COUNT 90000
#define BANNER 0x80 /* of linux_banner, init_uts_ns and swapper_pg_dir, from _text on */
#define UTS 0xa0
#define PGD 0xc0
#define LAST (COUNT - IMAGE_PERCPU - 1)

/* Stands in for kernel/memory/memory.c: a struct memory is a struct image. */
struct err *memory_read(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return image_read(memory, va, buf, length);
}

struct err *memory_stream(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	return image_read(memory, va, buf, length);
}

struct err *memory_translate(struct memory *memory, uint64_t va, uint64_t *phys)
{
	uint8_t byte;

	*phys = va;
	return image_read(memory, va, &byte, 1);
}

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	return image_read(memory, va, buf, size);
}

uint64_t memory_kaslr_offset(const struct memory *memory)
{
	(void)memory;
	return 0;
}

static void add_line(struct str *text, const char *name, uint64_t address)
{
	str_printf(text, "SYMBOL(%s)=%llx\n", name, (unsigned long long)address);
}

/* VMCOREINFO as the kernel of that era writes it: f09bddbd8661 v6.0 added the tables. */
static struct vmcoreinfo *describe(struct image *image, enum era era, uint64_t stext)
{
	_str_ struct str text = {0};
	struct vmcoreinfo *info;

	add_line(&text, "_stext", stext);
	add_line(&text, "init_uts_ns", stext + UTS);
	add_line(&text, "swapper_pg_dir", stext + PGD);
	if (era >= ERA_SEQS) {
		add_line(&text, "kallsyms_names", image->places.names);
		add_line(&text, "kallsyms_num_syms", image->places.num_syms);
		add_line(&text, "kallsyms_token_table", image->places.tokens);
		add_line(&text, "kallsyms_token_index", image->places.token_index);
		add_line(&text, "kallsyms_offsets", image->places.values);
	}
	if (era >= ERA_SEQS && era < ERA_PLACE)
		add_line(&text, "kallsyms_relative_base", image->base_place);
	assert_ok(vmcoreinfo_parse(text.data, text.length, &info));
	return info;
}

static struct err *open_era(enum era era, uint64_t stext, struct symbols **ret)
{
	struct image image;

	image_build(&image, era, COUNT, 1 << 20);
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info = describe(&image, era, stext);
	struct err *err = symbols_open((struct memory *)&image, info, ret);
	image_free(&image);
	return err;
}

START_TEST(every_era_opens)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	enum era era = (enum era)_i;
	struct symbol symbol;
	uint64_t address;
	char text[64];

	assert_ok(open_era(era, IMAGE_TEXT, &symbols));
	ck_assert(symbols_find(symbols, "_end", &address));
	ck_assert_uint_eq(address, IMAGE_TEXT + LAST * 0x20);

	/* Nothing outside [_text, _end), and per-CPU symbols have a name but hold no address. */
	ck_assert(symbols_at(symbols, address - 1, &symbol));
	ck_assert(!symbols_at(symbols, address, &symbol));
	ck_assert(!symbols_at(symbols, IMAGE_TEXT - 1, &symbol));
	ck_assert(symbols_find(symbols, "percpu_3", &address));
	ck_assert_uint_eq(address, image_address(era, 3));
	ck_assert(!symbols_at(symbols, address, &symbol));

	symbols_format(symbols, IMAGE_TEXT + 0x47, text, sizeof(text));
	ck_assert(!strncmp(text, "long_000", 8));
	symbols_format(symbols, IMAGE_TEXT + 0x65, text, sizeof(text));
	ck_assert_str_eq(text, "shrink_slab.constprop.0+0x5/0x20");
	symbols_format(symbols, IMAGE_TEXT + 1, text, sizeof(text));
	ck_assert_str_eq(text, "_text+0x1/0x40");
	symbols_format_return(symbols, IMAGE_TEXT + 0x40, text, sizeof(text));
	ck_assert_str_eq(text, "_text+0x40/0x40");
	symbols_format(symbols, 0x1234, text, sizeof(text));
	ck_assert_str_eq(text, "0x1234");
	ck_assert(!symbols_find(symbols, "shrink_slab", &address));
	ck_assert(symbols_find_fuzzy(symbols, "shrink_slab", &address));
	ck_assert_uint_eq(address, IMAGE_TEXT + 0x60);
	ck_assert(!symbols_find_fuzzy(symbols, "shrink", &address));
}
END_TEST

START_TEST(table_of_another_kernel_is_refused)
{
	struct symbols *symbols;

	assert_err(open_era(ERA_SMALL, IMAGE_TEXT + 0x20, &symbols), ERR_CORRUPT);
	assert_err(open_era(ERA_PLACE, IMAGE_TEXT + 0x20, &symbols), ERR_CORRUPT);
}
END_TEST

static struct err *open_image(struct image *image, enum era era, struct symbols **ret)
{
	_cleanup_(cleanup_vmcoreinfo_free) struct vmcoreinfo *info =
		describe(image, era, IMAGE_TEXT);

	return symbols_open((struct memory *)image, info, ret);
}

/* kallsyms_relative_base is one number, and VMCOREINFO tells what it was; the banner says which of the two is right. */
START_TEST(a_damaged_base_is_mended)
{
	static const uint64_t bases[] = {0, IMAGE_TEXT ^ 1u << 21, UINT64_MAX};
	enum era era = (enum era)_i;

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL, *none = NULL;
		_err_ struct err *damage = NULL;
		struct image image;
		uint64_t address;

		image_build(&image, era, COUNT, 1 << 20);
		memcpy(image.bytes + (image.base_place - image.start), &bases[i], 8);
		assert_err(open_image(&image, era, &none), ERR_CORRUPT);
		strcpy((char *)image.bytes + BANNER, "Linux version 6.1.0");
		assert_ok(open_image(&image, era, &symbols));
		ck_assert(symbols_find(symbols, "_end", &address));
		ck_assert_uint_eq(address, IMAGE_TEXT + LAST * 0x20);
		ck_assert(symbols_find(symbols, "percpu_3", &address));
		ck_assert_uint_eq(address, image_address(era, 3));
		damage = symbols_damage(symbols);
		ck_assert_ptr_nonnull(damage);
		ck_assert_ptr_nonnull(strstr(damage->message, "kallsyms_relative_base"));
		image_free(&image);
	}
}
END_TEST

/* Where an address is lost, it and the symbol before it may be the one that holds an address: neither is named. */
START_TEST(a_lost_address_names_nobody)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	_err_ struct err *damage = NULL;
	struct symbol symbol;
	struct image image;
	uint64_t address;
	char text[64];

	image_build(&image, ERA_SEQS, COUNT, 1 << 20);
	memset(image.bytes + (image.places.values - image.start) + (IMAGE_PERCPU + 3) * 4, 0x33, 4);
	assert_ok(open_image(&image, ERA_SEQS, &symbols));
	ck_assert(!symbols_find_fuzzy(symbols, "shrink_slab", &address));
	symbols_format(symbols, IMAGE_TEXT + 0x45, text, sizeof(text));
	ck_assert_str_eq(text, "0xffffffff81000045");
	ck_assert(!symbols_at(symbols, IMAGE_TEXT + 0x65, &symbol));
	ck_assert(symbols_at(symbols, IMAGE_TEXT + 0x40, &symbol));
	ck_assert_uint_eq(symbol.size, 0);
	symbols_format(symbols, IMAGE_TEXT + 0x85, text, sizeof(text));
	ck_assert_str_eq(text, "linux_banner+0x5/0x20");
	damage = symbols_damage(symbols);
	ck_assert_ptr_nonnull(strstr(damage->message, "0 names and 1 addresses"));
	image_free(&image);
}
END_TEST

/* The names of the image's bounds are damaged: VMCOREINFO has its start, the last symbol is its end. */
START_TEST(lost_bounds_are_taken_from_elsewhere)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	struct image image;
	uint64_t address;

	image_build(&image, ERA_SEQS, COUNT, 1 << 20);
	memset(image.bytes + (image.places.values - image.start) + IMAGE_PERCPU * 4, 0x33, 8);
	assert_ok(open_image(&image, ERA_SEQS, &symbols));
	ck_assert(!symbols_find(symbols, "_text", &address));
	ck_assert(symbols_find(symbols, "init_uts_ns", &address));
	ck_assert_uint_eq(address, IMAGE_TEXT + UTS);
	image_free(&image);
}
END_TEST

START_TEST(no_table_is_said)
{
	struct image image = {.start = IMAGE_TEXT, .length = 1 << 20};
	struct symbols *symbols;

	image.bytes = calloc(1, image.length);
	assert_err(symbols_open((struct memory *)&image, NULL, &symbols), ERR_NOT_FOUND);
	image_free(&image);
}
END_TEST

#define MAP                                                                                        \
	"0000000000019158 D cpu_number\n"                                                          \
	"ffffffff81000000 T _stext\n"                                                              \
	"ffffffff81000000 T _text\n"                                                               \
	"ffffffff81001000 W weak_alias\n"                                                          \
	"ffffffff81001000 t __do_thing\n"                                                          \
	"ffffffff81001000 t do_thing\n"                                                            \
	"ffffffff81001100 t other.cold\n"                                                          \
	"ffffffff81002000 B _end\n"

START_TEST(bounds_of_the_image_are_needed)
{
	_close_ int fd = vmlinux_build("ffffffff81000000 T start\n");
	struct symbols *symbols;

	assert_err(symbols_open_vmlinux(fd, 0, &symbols), ERR_NOT_FOUND);
}
END_TEST

START_TEST(vmlinux_is_moved_and_sorted)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	_close_ int fd = vmlinux_build(MAP);
	struct symbol symbol;
	uint64_t address;
	char text[64];

	assert_ok(symbols_open_vmlinux(fd, 0x1000000, &symbols));
	ck_assert(symbols_find(symbols, "cpu_number", &address));
	ck_assert_uint_eq(address, 0x19158);
	ck_assert(symbols_at(symbols, 0xffffffff82001010, &symbol));
	ck_assert_str_eq(symbol.name, "do_thing");
	ck_assert_int_eq(symbol.type, 't');
	ck_assert_uint_eq(symbol.size, 0x100);
	symbols_format(symbols, 0xffffffff82001110, text, sizeof(text));
	ck_assert_str_eq(text, "other.cold+0x10/0xf00");
	ck_assert(symbols_find_fuzzy(symbols, "other", &address));
	ck_assert(!symbols_at(symbols, 0xffffffff82002000, &symbol));
}
END_TEST

#define MODULE 0xffffffffc0000000ull

static unsigned loads;

static struct err *load(void *context, struct symbol_list *list)
{
	loads++;
	TRY(symbol_list_add(list, MODULE + 0x2010, 'd', "state", 5));
	TRY(symbol_list_add(list, MODULE + 0x100, 't', "run.isra.0", 10));
	TRY(symbol_list_add(list, MODULE + 0x40, 'T', "init_module", 11));
	return context ? err_new(ERR_EXCLUDED, "the rest is excluded") : NULL;
}

START_TEST(modules_are_read_when_asked_for)
{
	static const struct symbol_range ranges[] = {{MODULE, MODULE + 0x1000},
						     {MODULE + 0x2000, MODULE + 0x3000}};
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	_close_ int fd = vmlinux_build(MAP);
	struct symbol symbol;
	uint64_t address;
	char text[64];

	loads = 0;
	assert_ok(symbols_open_vmlinux(fd, 0, &symbols));
	assert_ok(symbols_add_module(symbols, "fine", ranges, 2, load, NULL));
	ck_assert(symbols_find(symbols, "_text", &address));
	ck_assert(!symbols_at(symbols, MODULE + 0x1000, &symbol));
	ck_assert_uint_eq(loads, 0);

	symbols_format(symbols, MODULE + 0x108, text, sizeof(text));
	ck_assert_str_eq(text, "run.isra.0+0x8/0xf00 [fine]");
	symbols_format(symbols, MODULE + 0x40, text, sizeof(text));
	ck_assert_str_eq(text, "init_module+0x0/0xc0 [fine]");
	/* Before its first symbol there is none: not the text's for the data either. */
	ck_assert(!symbols_at(symbols, MODULE, &symbol));
	ck_assert(!symbols_at(symbols, MODULE + 0x2000, &symbol));
	ck_assert(symbols_find(symbols, "state", &address));
	ck_assert_uint_eq(address, MODULE + 0x2010);
	ck_assert(symbols_find_fuzzy(symbols, "run", &address));
	ck_assert_uint_eq(address, MODULE + 0x100);
	ck_assert(!symbols_find(symbols, "absent", &address));
	ck_assert_uint_eq(loads, 1);
}
END_TEST

START_TEST(half_a_module_is_kept)
{
	static const struct symbol_range range = {MODULE, MODULE + 0x1000};
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = NULL;
	_close_ int fd = vmlinux_build(MAP);
	uint64_t address;

	assert_ok(symbols_open_vmlinux(fd, 0, &symbols));
	assert_ok(symbols_add_module(symbols, "half", &range, 1, load, &address));
	ck_assert(symbols_find(symbols, "init_module", &address));
}
END_TEST

int main(void)
{
	TCase *cases = tcase_create("symbol");

	tcase_set_timeout(cases, 30);
	tcase_add_loop_test(cases, every_era_opens, 0, ERA_COUNT);
	tcase_add_test(cases, table_of_another_kernel_is_refused);
	tcase_add_loop_test(cases, a_damaged_base_is_mended, ERA_PERCPU, ERA_PLACE);
	tcase_add_test(cases, a_lost_address_names_nobody);
	tcase_add_test(cases, lost_bounds_are_taken_from_elsewhere);
	tcase_add_test(cases, no_table_is_said);
	tcase_add_test(cases, vmlinux_is_moved_and_sorted);
	tcase_add_test(cases, bounds_of_the_image_are_needed);
	tcase_add_test(cases, modules_are_read_when_asked_for);
	tcase_add_test(cases, half_a_module_is_kept);
	return unit_run("symbol", cases);
}
