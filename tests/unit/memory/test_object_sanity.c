/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is said of an object that held a bad value; object_shape has the looking at it. */
#include "unit.h"

#include "analysis.h"
#include "describe.h"
#include "fake_slab.h"

#define BASE (FAKE_BASE + 0x4000)
#define OBJECT (BASE + 512) /* the third of 256 bytes */
#define AAAA 0x4141414141414141ull
#define WILD 0xffff87c5eafa5600ull

static struct findings findings;

void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	(void)of;
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
}

json_t *describe_owner(const struct owner *owner)
{
	return json_pack("{s:o}", "start", json_address(owner->address));
}

static void start(void)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-256", BASE, 256, 8);
	findings_init(&findings, NULL);
}

static void finish(void)
{
	findings_deinit(&findings);
	fake_close();
}

static void held_at(uint64_t address)
{
	finding_add(&findings, FINDING_HOLDER, SEVERITY_NOTICE, 1,
		    json_pack("{s:o}", "address", json_address(address)), NULL);
}

static const struct finding *find(enum finding_id id)
{
	size_t from = 0;

	return findings_next(&findings, id, &from);
}

static const struct finding *look(void)
{
	assert_ok(object_sanity_analyzer.run(
		&(struct analysis){.kernel = &kernel, .findings = &findings}));
	return find(FINDING_OBJECT);
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
	ck_assert_ptr_null(find(FINDING_OVERRUN));
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
	ck_assert_ptr_null(find(FINDING_OVERRUN));
	finish();
}
END_TEST

START_TEST(an_overrun_names_both_objects)
{
	uint64_t from = 0, into = 0;

	start();
	for (uint64_t at = OBJECT - 64; at < OBJECT + 16; at += 8)
		fake_u64(at, AAAA);
	held_at(OBJECT);
	expect(look(), "overrun", "was overrun");
	const struct finding *overrun = find(FINDING_OVERRUN);
	ck_assert_ptr_nonnull(overrun);
	ck_assert(json_address_value(json_object_get(overrun->evidence, "overrun_from"), &from));
	ck_assert(json_address_value(json_object_get(overrun->evidence, "object"), &into));
	ck_assert_uint_eq(from, OBJECT - 256);
	ck_assert_uint_eq(into, OBJECT);
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
	expect(look(), "one_member", "the rest of it is blank");
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
