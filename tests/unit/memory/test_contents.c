/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_owner.h"
#include "memory/memory_found.h"

#define SMALL (FAKE_BASE + 0x4000) /* objects of 256 bytes */
#define LARGE (FAKE_BASE + 0x8000) /* of 4,096 */
#define BARE (FAKE_BASE + 0x20000) /* nobody's */

static void more_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t array = b_array(b, i, 10);

	b_record(b, B_STRUCT, "hctx", 256, 5, "queue", l, 0, "size", i, 64, "depth", i, 96, "fq", l,
		 128, "name", array, 192);
}

static void start(void)
{
	fake_open(more_types);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-256", SMALL, 256, 8);
	fake_slab("kmalloc-4k", LARGE, 4096, 4);
	fake_analysis_start();
}

static void stop(void)
{
	fake_analysis_end();
	fake_close();
}

/* The evidence for a holder at this address; type may be NULL. */
static const json_t *contents(uint64_t address, const char *type, int offset)
{
	struct holder holder = {.address = address, .offset = offset};

	if (type)
		holder.type = types_find_struct(kernel.types, type);
	memory_found_holder(&analysis, &holder);
	assert_ok(contents_analyzer.run(&analysis));
	const struct finding *finding = fake_finding(FINDING_CONTENTS);
	return finding ? finding->evidence : NULL;
}

static const json_t *word_at(const json_t *all, size_t index)
{
	return json_array_get(json_object_get(all, "words"), index);
}

static void holds(const json_t *word, const char *key, const char *expected)
{
	const char *text = json_string_value(json_object_get(word, key));

	ck_assert_msg(text ? expected && !strcmp(text, expected) : !expected, "%s: %s", key,
		      text ? text : "none");
}

START_TEST(a_small_object_is_shown_whole_with_its_members)
{
	start();
	fake_u64(SMALL + 256, SMALL + 8);
	fake_u64(SMALL + 256 + 16, 0xffff87c5eafa5600ull);
	const json_t *all = contents(SMALL + 256 + 16, "hctx", 16);

	ck_assert_uint_eq(json_array_size(json_object_get(all, "words")), 256 / 8);
	ck_assert_int_eq(json_integer_value(json_object_get(all, "size")), 256);
	holds(word_at(all, 0), "member", "queue");
	holds(word_at(all, 0), "points_to", "kmalloc-256");
	holds(word_at(all, 1), "member", "size, depth");
	holds(word_at(all, 1), "points_to", NULL);
	holds(word_at(all, 2), "member", "fq");
	holds(word_at(all, 2), "value", "0xffff87c5eafa5600");
	holds(word_at(all, 2), "points_to", "nobody");
	ck_assert(json_is_true(json_object_get(word_at(all, 2), "bad")));
	holds(word_at(all, 3), "member", "name[0]");
	holds(word_at(all, 8), "member", NULL); /* the object is larger than its type */
	stop();
}
END_TEST

/* Of a large object a piece, cut at its borders. */
START_TEST(a_large_object_is_cut)
{
	start();
	const json_t *all = contents(LARGE + 4096 + 64, NULL, 0);

	ck_assert_uint_eq(json_array_size(json_object_get(all, "words")), (64 + 128) / 8);
	holds(word_at(all, 0), "member", NULL);
	ck_assert(json_is_true(json_object_get(word_at(all, 8), "bad")));
	stop();
}
END_TEST

/*
 * Absurd sizes of the type, offsets before or behind everything, memory that the dump leaves out.
 */
START_TEST(absurd_holders_stay_bounded)
{
	static const int offsets[] = {-8, 1 << 30, 0};

	for (size_t i = 0; i < ARRAY_SIZE(offsets); i++) {
		start();
		const json_t *all = contents(BARE + 0x100, "hctx", offsets[i]);
		size_t count = json_array_size(json_object_get(all, "words"));

		ck_assert_uint_gt(count, 0);
		ck_assert_uint_le(count, 64);
		stop();
	}
	start();
	fake.excluded = BARE + 0x100;
	ck_assert_uint_eq(
		json_array_size(json_object_get(contents(BARE + 0x100, NULL, 0), "words")),
		256 / 8 - 1);
	fake.excluded = 0;
	stop();
	start();
	ck_assert_ptr_null(contents(BARE + 3, NULL, 0)); /* no word */
	stop();
	start();
	ck_assert_uint_eq(json_array_size(json_object_get(contents(8, NULL, 0), "words")), 0);
	stop();
}
END_TEST

UNIT_MAIN("contents", a_small_object_is_shown_whole_with_its_members, a_large_object_is_cut,
	  absurd_holders_stay_bounded)
