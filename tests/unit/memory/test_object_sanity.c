/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of an object that held a bad value; test_object_damage.c has the looking at it. */
#include "unit.h"

#include "fake_owner.h"
#include "memory/memory_found.h"

#define BASE (FAKE_BASE + 0x4000)
#define OBJECT (BASE + 512) /* the third of 256 bytes */
#define AAAA 0x4141414141414141ull
#define WILD 0xffff87c5eafa5600ull

static void start(void)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-256", BASE, 256, 8);
	fake_analysis_start();
}

static void finish(void)
{
	fake_analysis_end();
	fake_close();
}

static void held_at(uint64_t address)
{
	memory_found_holder(&analysis, &(struct holder){.address = address});
}

static const struct finding *look(void)
{
	assert_ok(object_sanity_analyzer.run(&analysis));
	return fake_finding(FINDING_OBJECT);
}

static void expect(const struct finding *finding, const char *damage, const char *words)
{
	ck_assert_ptr_nonnull(finding);
	ck_assert_str_eq(json_string_value(json_object_get(finding->evidence, "damage")), damage);
	ck_assert_msg(strstr(finding->headline, words) != NULL, "%s", finding->headline);
	ck_assert_str_eq(json_string_value(json_object_get(finding->evidence, "text")),
			 finding->headline);
}

START_TEST(a_sound_object_says_why)
{
	start();
	fake_u64(OBJECT + 64, WILD);
	fake_u64(OBJECT + 8, OBJECT + 8);
	fake_u64(OBJECT + 16, OBJECT + 8);
	held_at(OBJECT + 64);
	const struct finding *finding = look();
	expect(finding, "one_member", "the list head at +8 is whole");
	const json_t *lists = json_object_get(finding->evidence, "lists");
	ck_assert_int_eq(json_integer_value(json_object_get(lists, "good")), 1);
	ck_assert_ptr_null(fake_finding(FINDING_OVERRUN));
	finish();
}
END_TEST

START_TEST(a_filled_object_is_no_overrun)
{
	start();
	for (uint64_t at = OBJECT; at < OBJECT + 256; at += 8)
		fake_u64(at, AAAA);
	held_at(OBJECT + 64);
	expect(look(), "whole_object", "from its first word to its last");
	ck_assert_ptr_null(fake_finding(FINDING_OVERRUN));
	finish();
}
END_TEST

START_TEST(an_overrun_names_both_objects)
{
	start();
	for (uint64_t at = OBJECT - 64; at < OBJECT + 16; at += 8)
		fake_u64(at, AAAA);
	held_at(OBJECT);
	expect(look(), "overrun", "was overrun");
	const json_t *json = fake_finding(FINDING_OVERRUN)->evidence;
	const struct overrun *overrun = analysis.memory.overruns;
	ck_assert_uint_eq(analysis.memory.overrun_count, 1);
	ck_assert_uint_eq(overrun->object.start, OBJECT);
	ck_assert_uint_eq(overrun->value, AAAA);
	ck_assert_str_eq(json_string_value(json_object_get(json, "overrun_from")),
			 "0xffff888000004100");
	ck_assert_int_eq(json_integer_value(json_object_get(json, "words_before")), 8);
	ck_assert_int_eq(json_integer_value(json_object_get(json, "words_in")), 2);
	finish();
}
END_TEST

/* Holders that are no objects are passed over, words that are none of an object's as well. */
START_TEST(the_first_object_counts)
{
	start();
	held_at(FAKE_BASE);
	held_at(0x41);
	held_at(OBJECT + 3);
	fake_u64(OBJECT + 64, WILD);
	held_at(OBJECT + 64);
	expect(look(), "one_member", "the rest is zero");
	finish();
	start();
	held_at(FAKE_BASE);
	ck_assert_ptr_null(look());
	finish();
	start();
	ck_assert_ptr_null(look());
	finish();
}
END_TEST

UNIT_MAIN("object_sanity", a_sound_object_says_why, a_filled_object_is_no_overrun,
	  an_overrun_names_both_objects, the_first_object_counts)
