/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of bugs in made memory: entries of either form, of a module, and what is no table. */
#include "fake_kernel.h"
#include "kernel/probe/probe_bugs.h"
#include "kernel/types/probed.h"

#define ENTRIES 40u
#define TABLE (FAKE_BASE + 0x1000)
#define CODE(i) (FAKE_BASE + 0x8000 + 16 * (uint64_t)(i))
#define FILE_NAME (FAKE_BASE + 0x10000)
#define MODULES (FAKE_BASE + 0x11000)
#define MODULE (FAKE_BASE + 0x12000)

enum { AT_NUM_BUGS = 576 };

static struct type_provider *types;

struct err *memory_read_string(struct memory *memory, uint64_t va, char *buf, size_t size)
{
	TRY(memory_read(memory, va, buf, size));
	buf[size - 1] = '\0';
	return NULL;
}

static void put_distance(uint64_t at, uint64_t to)
{
	fake_u32(at, (uint32_t)(to - at));
}

static void put_entry(uint64_t entry, unsigned i, size_t file)
{
	static const uint8_t ud2[] = {0x0f, 0x0b};

	fake_put(CODE(i), ud2, sizeof(ud2));
	put_distance(entry, CODE(i));
	if (file == 8)
		put_distance(entry + 4, FILE_NAME);
	put_distance(entry + file, FILE_NAME);
	fake_u32(entry + file + 4, 100 + i);
}

static void put_table(size_t size, size_t file)
{
	fake_open(NULL);
	fake_put(FILE_NAME, "mm/slub.c", 10);
	fake_symbol("__start___bug_table", TABLE);
	fake_symbol("__stop___bug_table", TABLE + ENTRIES * size);
	for (unsigned i = 0; i < ENTRIES; i++)
		put_entry(TABLE + i * size, i, file);
	fake_symbol("modules", MODULES);
	fake_u64(MODULES, MODULE + 8);
	fake_u64(MODULE + 8, MODULES);
	fake_u32(MODULE + AT_NUM_BUGS, 1);
	fake_u64(MODULE + AT_NUM_BUGS + 24, TABLE);
	assert_ok(probed_open(&types));
	assert_ok(probed_add(types, "module", "num_bugs", AT_NUM_BUGS, PROBED_NUMBER(4)));
}

static uint64_t at(const char *type, const char *path)
{
	struct member member;

	return type_find_member(types->ops->find(types, TYPE_STRUCT, type), path, &member)
		       ? member_offset(&member)
		       : UINT64_MAX;
}

static void probe_and_close(uint64_t *file, uint64_t *table)
{
	assert_ok(probe_bugs(&kernel, types));
	*file = at("bug_entry", "file_disp");
	*table = at("module", "bug_table");
	types->ops->close(types);
	fake_close();
}

START_TEST(either_form)
{
	uint64_t file, table;

	put_table(12, 4);
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, 4);
	ck_assert_uint_eq(table, AT_NUM_BUGS + 24);
	put_table(16, 8);
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, 8);
}
END_TEST

START_TEST(no_tables)
{
	uint64_t file, table;

	put_table(12, 4);
	fake_u32(TABLE + 12 * 7 + 4, 0x7fffffff); /* a file's name far outside */
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, UINT64_MAX);
	put_table(12, 4);
	for (unsigned i = 0; i < ENTRIES; i += 2)
		fake_u64(CODE(i), 0x9090); /* half of them trap no more */
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, UINT64_MAX);
	put_table(12, 4);
	fake_u64(MODULE + AT_NUM_BUGS + 24, MODULE); /* no entry of a bug */
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, 4);
	ck_assert_uint_eq(table, UINT64_MAX);
}
END_TEST

START_TEST(loop_of_modules)
{
	uint64_t file, table;

	put_table(12, 4);
	fake_u64(MODULE + 8, MODULE + 8);
	probe_and_close(&file, &table);
	ck_assert_uint_eq(file, 4);
	ck_assert_uint_lt(fake.reads, 100000);
}
END_TEST

UNIT_MAIN("probe_bugs", either_form, no_tables, loop_of_modules)
