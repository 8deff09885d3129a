/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "btf_build.h"
#include "fake_memory.h"
#include "kernel/types/btf_dump.h"
#include "kernel/types/members.h"
#include "kernel/types/types.h"

/*
 * struct queue { char name[8]; struct hook { struct hook *next, *prev; } list; union { int count;
 * unsigned bits : 3; }; struct slot { int low, high; } slots[4]; int (*run)(int); short tail[]; }
 */
static struct type_provider *queue_types(void)
{
	struct btf_build b = {0};
	uint32_t c = b_int(&b, "char", 1), i = b_int(&b, "int", 4), s = b_int(&b, "short", 2);
	uint32_t to_hook = b_plain(&b, B_PTR, NULL, 5);
	uint32_t hook =
		b_record(&b, B_STRUCT, "hook", 16, 2, "next", to_hook, 0, "prev", to_hook, 64);
	uint32_t some =
		b_record(&b, B_UNION | B_KIND_FLAG, NULL, 4, 2, "count", i, 0, "bits", i, 3u << 24);
	uint32_t slot = b_record(&b, B_STRUCT, "slot", 8, 2, "low", i, 0, "high", i, 32);
	uint32_t slots = b_array(&b, slot, 4), name = b_array(&b, c, 8), tail = b_array(&b, s, 0);
	uint32_t proto = b_head(&b, NULL, B_FUNC_PROTO << 24, i);
	uint32_t run = b_plain(&b, B_PTR, NULL, proto);
	b_record(&b, B_STRUCT, "queue", 80, 6, "name", name, 0, "list", hook, 64, NULL, some, 192,
		 "slots", slots, 256, "run", run, 512, "tail", tail, 608);
	b_plain(&b, B_TYPEDEF, "queue_t", slot);
	return b_open(&b, NULL, "");
}

static struct types *open_queue(void)
{
	struct types *types;

	assert_ok(types_open(&types));
	assert_ok(types_add(types, queue_types()));
	return types;
}

START_TEST(paths_lead_to_members)
{
	_cleanup_(cleanup_types_close) struct types *types = open_queue();
	struct type queue = types_find_struct(types, "queue");
	struct member m;

	ck_assert(type_find_member(queue, "list.prev", &m));
	ck_assert_uint_eq(member_offset(&m), 16);
	ck_assert(type_find_member(queue, "count", &m));
	ck_assert_uint_eq(member_offset(&m), 24);
	ck_assert(type_find_member(queue, "bits", &m));
	ck_assert_uint_eq(m.bit_size, 3);
	ck_assert(type_find_member(queue, "slots[3].high", &m));
	ck_assert_uint_eq(member_offset(&m), 32 + 3 * 8 + 4);
	ck_assert(type_find_member(queue, "slots[1]", &m));
	ck_assert_int_eq(m.type.kind, TYPE_STRUCT);
	ck_assert(type_find_member(queue, "tail[5]", &m));
	ck_assert_uint_eq(member_offset(&m), 76 + 10);

	static const char *const wrong[] = {
		"",	    ".",	 "list.",   ".list",	       "list.prev.next",
		"slots[4]", "slots[-1]", "slots[1", "slots[]",	       "slots[1]x",
		"count[0]", "nam",	 "names",   "tail[4294967295]"};
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		ck_assert_msg(!type_find_member(queue, wrong[i], &m), "%s", wrong[i]);
	ck_assert(!type_find_member((struct type){0}, "list", &m));
}
END_TEST

START_TEST(offsets_have_names)
{
	_cleanup_(cleanup_types_close) struct types *types = open_queue();
	struct type queue = types_find_struct(types, "queue");
	struct member m;
	char path[64];
	static const struct {
		uint64_t offset;
		const char *path;
	} places[] = {{0, "name[0]"},	     {8, "list.next"}, {20, "list.prev"}, {24, "count"},
		      {60, "slots[3].high"}, {64, "run"},      {80, "tail[2]"}};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		ck_assert(type_describe_offset(queue, places[i].offset, path, sizeof(path), &m));
		ck_assert_str_eq(path, places[i].path);
	}
	ck_assert(!type_describe_offset(queue, 28, path, sizeof(path), &m)); /* padding */
	ck_assert(!type_describe_offset(queue, UINT64_MAX, path, sizeof(path), &m));
	/* A path that does not fit is cut, never overrun. */
	ck_assert(type_describe_offset(queue, 60, path, 6, &m));
	ck_assert_str_eq(path, "slots");
}
END_TEST

START_TEST(types_read_as_in_c)
{
	_cleanup_(cleanup_types_close) struct types *types = open_queue();
	struct type queue = types_find_struct(types, "queue");
	static const struct {
		const char *member, *text;
	} cases[] = {{"list.next", "struct hook *"},
		     {"slots", "struct slot[4]"},
		     {"run", "int (*)(...)"},
		     {"count", "int"},
		     {"name", "char[8]"}};
	struct member m;
	char text[64];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		ck_assert(type_find_member(queue, cases[i].member, &m));
		type_format(m.type, text, sizeof(text));
		ck_assert_str_eq(text, cases[i].text);
	}
	ck_assert_str_eq(type_name(types_find(types, TYPE_NONE, "queue_t")), "slot");
}
END_TEST

START_TEST(absent_until_a_provider_has_it)
{
	_cleanup_(cleanup_types_close) struct types *types = NULL;

	assert_ok(types_open(&types));
	ck_assert(!types_any(types));
	ck_assert_int_eq(types_find_struct(types, "queue").kind, TYPE_NONE);
	assert_ok(types_add(types, queue_types()));
	ck_assert_int_eq(types_find_struct(types, "queue").kind, TYPE_STRUCT);
	ck_assert_int_eq(types_find_struct(types, "queue").kind, TYPE_STRUCT);
	ck_assert_int_eq(types_find(types, TYPE_UNION, "queue").kind, TYPE_NONE);
}
END_TEST

/* --- out of a dump ---------------------------------------------------------------------------- */

#define KERNEL_BTF (FAKE_BASE + 0x1000)
#define MODULE_BTF (FAKE_BASE + 0x2000)
#define HEAD (FAKE_BASE + 0x100)
#define ENTRY (FAKE_BASE + 0x200)
#define MODULE (FAKE_BASE + 0x300)
#define BTF (FAKE_BASE + 0x400)

static struct kernel kernel;

static void open_kernel(void)
{
	assert_ok(types_open(&kernel.types));
	assert_ok(members_open(kernel.types, &kernel.members));
}

static void close_kernel(void)
{
	members_close(kernel.members);
	types_close(kernel.types);
}

/* What find_btf_module() needs of the kernel's own types; returns its string section's size. */
static uint32_t put_kernel_btf(uint32_t *ids)
{
	struct btf_build b = {0};
	size_t size;
	uint32_t c = b_int(&b, "char", 1), u = b_int(&b, "unsigned int", 4);
	uint32_t pointer = b_plain(&b, B_PTR, NULL, 0), name = b_array(&b, c, 16);
	uint32_t list =
		b_record(&b, B_STRUCT, "list_head", 16, 2, "next", pointer, 0, "prev", pointer, 64);
	b_record(&b, B_STRUCT, "module", 32, 1, "name", name, 64);
	b_record(&b, B_STRUCT, "btf", 16, 2, "data", pointer, 0, "data_size", u, 64);
	b_record(&b, B_STRUCT, "btf_module", 32, 3, "list", list, 0, "module", pointer, 128, "btf",
		 pointer, 192);
	uint32_t strings = (uint32_t)b.strings.length;
	*ids = b.count;
	_free_ void *data = b_finish(&b, &size);
	fake_put(KERNEL_BTF, data, size);
	fake_symbol("__start_BTF", KERNEL_BTF);
	fake_symbol("__stop_BTF", KERNEL_BTF + size);
	return strings;
}

static void put_module(const char *name, uint64_t btf_size)
{
	fake_symbol("btf_modules", HEAD);
	fake_u64(HEAD, ENTRY);
	fake_u64(HEAD + 8, ENTRY);
	fake_u64(ENTRY, HEAD);
	fake_u64(ENTRY + 8, HEAD);
	fake_u64(ENTRY + 16, MODULE);
	fake_u64(ENTRY + 24, BTF);
	fake_put(MODULE + 8, name, strlen(name) + 1);
	fake_u64(BTF, MODULE_BTF);
	fake_u64(BTF + 8, btf_size);
}

static struct err *load_btf(void *context, const char *module)
{
	return btf_dump_load(context, module);
}

START_TEST(kernel_and_module_from_memory)
{
	struct btf_build split = {0};
	size_t size;
	uint32_t ids;

	open_kernel();
	split.first_string = put_kernel_btf(&ids);
	split.first_id = ids + 1;
	b_record(&split, B_STRUCT, "xfs_log", 8, 1, "flags", 2u, 0u);
	uint32_t proto = b_head(&split, NULL, B_FUNC_PROTO << 24, 2u);
	b_plain(&split, B_FUNC, "xfs_log_force", proto);
	_free_ void *data = b_finish(&split, &size);
	fake_put(MODULE_BTF, data, size);
	put_module("xfs", size);

	assert_ok(btf_dump_open(&kernel));
	types_set_loader(kernel.types, load_btf, &kernel);
	ck_assert_int_eq(types_find_struct(kernel.types, "xfs_log").kind, TYPE_NONE);
	struct type log = types_find_in(kernel.types, "xfs", TYPE_STRUCT, "xfs_log");
	ck_assert_int_eq(log.kind, TYPE_STRUCT);
	ck_assert_int_eq(types_find_in(kernel.types, "xfs", TYPE_STRUCT, "module").kind,
			 TYPE_STRUCT);
	/* A function by its own module; another's are not asked for. */
	ck_assert_int_eq(types_find_symbol_in(kernel.types, "xfs", "xfs_log_force").kind,
			 TYPE_FUNCTION);
	ck_assert_int_eq(types_find_symbol_in(kernel.types, "xfs", "ext4_sync_fs").kind, TYPE_NONE);
	ck_assert_int_eq(types_find_symbol_in(kernel.types, NULL, "vfs_read").kind, TYPE_NONE);
	/* Not there: looked for once, not again. */
	ck_assert_int_eq(types_find_in(kernel.types, "ext4", TYPE_STRUCT, "x").kind, TYPE_NONE);
	unsigned reads = fake.reads;
	ck_assert_int_eq(types_find_in(kernel.types, "ext4", TYPE_STRUCT, "y").kind, TYPE_NONE);
	ck_assert_uint_eq(fake.reads, reads);
	close_kernel();
}
END_TEST

START_TEST(absurd_btf_in_memory)
{
	uint32_t ids;

	open_kernel();
	assert_err(btf_dump_open(&kernel), ERR_NOT_FOUND);
	put_kernel_btf(&ids);
	assert_ok(btf_dump_open(&kernel));
	types_set_loader(kernel.types, load_btf, &kernel);
	/* No btf_modules at all (before v5.11). */
	ck_assert_int_eq(types_find_in(kernel.types, "xfs", TYPE_STRUCT, "x").kind, TYPE_NONE);
	put_module("huge", 0xfffffff0);
	ck_assert_int_eq(types_find_in(kernel.types, "huge", TYPE_STRUCT, "x").kind, TYPE_NONE);
	fake.symbols[1].address = KERNEL_BTF - 8; /* ends before it starts */
	assert_err(btf_dump_open(&kernel), ERR_CORRUPT);
	fake.symbols[1].address = KERNEL_BTF + 40;
	assert_err(btf_dump_open(&kernel), ERR_CORRUPT);
	close_kernel();
}
END_TEST

static unsigned dwarf_asked;

static struct type ask_dwarf(struct type_provider *p, enum type_kind kind, const char *name)
{
	(void)kind, (void)name;
	dwarf_asked++;
	return (struct type){.provider = p, .kind = TYPE_STRUCT};
}

static struct type ask_dwarf_symbol(struct type_provider *p, const char *name)
{
	return ask_dwarf(p, TYPE_FUNCTION, name);
}

static void close_nothing(struct type_provider *p)
{
	(void)p;
}

START_TEST(dwarf_is_searched_only_without_btf)
{
	static const struct type_ops ops = {.name = "dwarf",
					    .find = ask_dwarf,
					    .find_symbol = ask_dwarf_symbol,
					    .close = close_nothing};
	struct type_provider dwarf = {.ops = &ops};
	uint32_t ids;

	open_kernel();
	assert_ok(types_add(kernel.types, &dwarf));
	ck_assert_int_eq(types_find_struct(kernel.types, "absent").kind, TYPE_STRUCT);
	ck_assert_int_eq(types_find_symbol(kernel.types, "absent").kind, TYPE_STRUCT);
	ck_assert_uint_eq(dwarf_asked, 2);

	put_kernel_btf(&ids);
	assert_ok(btf_dump_open(&kernel));
	ck_assert_int_eq(types_find_struct(kernel.types, "absent").kind, TYPE_NONE);
	ck_assert_int_eq(types_find_symbol(kernel.types, "absent").kind, TYPE_NONE);
	ck_assert_int_eq(types_find_struct(kernel.types, "module").kind, TYPE_STRUCT);
	ck_assert_uint_eq(dwarf_asked, 2);
	close_kernel();
}
END_TEST

UNIT_MAIN("types", paths_lead_to_members, offsets_have_names, types_read_as_in_c,
	  absent_until_a_provider_has_it, kernel_and_module_from_memory, absurd_btf_in_memory,
	  dwarf_is_searched_only_without_btf)
