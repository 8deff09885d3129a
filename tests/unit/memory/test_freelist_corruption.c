/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_owner.h"
#include "memory/freelist_corruption.h"
#include "memory/freelist_culprit.h"

#define BASE (FAKE_BASE + 0x8000)
#define OBJECTS 16
#define USB 0x0072006900560318ull /* 18 03 'V' 'i' 'r' */

static const struct slab *slab;

static uint64_t object(unsigned index)
{
	return slab_object_start(slab, index);
}

static void start(bool hardened)
{
	fake_open(NULL);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	slab = fake_slab("test_1k", BASE, 1024, OBJECTS);
	fake_slabs.caches[0].hardened = hardened;
	fake_slabs.caches[0].offset = 512;
	fake_slabs.caches[0].random = 0x1122334455667788;
}

/* What the CPU made of the bytes, read from the object's free pointer. */
static uint64_t decoded(unsigned index, uint64_t raw)
{
	return raw ^ slab->cache->random ^ __builtin_bswap64(object(index) + 512);
}

static struct culprit find(uint64_t bad, const struct regs *regs)
{
	struct freelist_break broken = {.raw = bad, .decoded = bad, .why = BREAK_OUTSIDE};
	struct culprit culprit;

	freelist_culprit_find(&kernel, regs, slab, &broken, &culprit);
	return culprit;
}

START_TEST(what_an_object_stores_is_proof)
{
	start(false);
	fake_u64(object(5) + 512, USB);
	struct culprit culprit = find(USB, NULL);
	ck_assert_uint_eq(culprit.object, object(5));
	ck_assert_uint_eq(culprit.raw, USB);
	ck_assert(!culprit.computed);
	fake_close();
}
END_TEST

START_TEST(of_a_cleared_object_only_the_bytes_are_known)
{
	start(true);
	struct culprit culprit = find(decoded(7, USB), NULL);
	ck_assert_uint_gt(culprit.candidates, 1); /* neighbours give "Vi" and another letter */
	ck_assert_uint_eq(culprit.object, 0);
	ck_assert_uint_eq(culprit.common & 0xffffffff, 0x00560318);
	ck_assert_uint_eq(culprit.common >> 48, '?');
	fake_close();
}
END_TEST

START_TEST(a_register_tells_the_object)
{
	start(true);
	struct regs one = {0}, two, tie;
	regs_set(&one, REG_R9, object(7));
	regs_set(&one, REG_RSP, FAKE_BASE);
	struct culprit culprit = find(decoded(7, USB), &one);
	ck_assert_uint_eq(culprit.object, object(7));
	ck_assert_uint_eq(culprit.raw, USB);
	ck_assert(culprit.computed);
	double sure = culprit.confidence;
	ck_assert_double_lt(sure, 1);

	/* two of them: the one whose bytes make a word, and less sure */
	two = one;
	regs_set(&two, REG_R10, object(15));
	culprit = find(decoded(7, USB), &two);
	ck_assert_uint_eq(decoded(7, USB) ^ decoded(15, 0) ^ decoded(15, USB),
			  decoded(7, 0)); /* 15 gives "ViR" */
	ck_assert_uint_eq(culprit.object, object(7));
	ck_assert_double_lt(culprit.confidence, sure);

	/* two that make words alike: none */
	tie = one;
	regs_set(&tie, REG_R10, object(6));
	culprit = find(decoded(7, USB), &tie);
	ck_assert_uint_eq(culprit.object, 0);
	fake_close();
}
END_TEST

START_TEST(data_that_looks_like_nothing_names_nobody)
{
	start(true);
	struct culprit culprit = find(0x9f8e7d6c5b4a3922, NULL);
	ck_assert_uint_eq(culprit.candidates, 0);
	ck_assert_uint_eq(culprit.object, 0);
	ck_assert_uint_eq(culprit.common, 0);
	fake_close();
}
END_TEST

/*
 * The more objects are tried, the likelier one gives text by chance, but hardly a USB descriptor.
 */
START_TEST(tries_are_taken_off)
{
	double sure[2];

	for (unsigned usb = 0; usb < 2; usb++) {
		uint64_t raw = USB;

		start(true);
		struct regs one = {0};
		regs_set(&one, REG_R9, object(7));
		if (!usb)
			memcpy(&raw, "fox jump", 8);
		struct culprit culprit = find(decoded(7, raw), &one);
		ck_assert_uint_eq(culprit.object, object(7));
		sure[usb] = 1 - culprit.chance;
		fake_close();
	}
	ck_assert_double_lt(sure[0], 0.99);
	ck_assert_double_gt(sure[1], 0.999);
}
END_TEST

/*
 * What is said of a list that breaks at this pointer; the object, if not 0, is known to store it.
 */
static void explain(uint64_t bad, uint64_t at, const struct regs *regs, const char *list)
{
	struct freelist_corruption corruption = {
		.slab = *slab,
		.broken = {.object = at, .raw = bad, .decoded = bad, .why = BREAK_OUTSIDE},
		.list = list,
		.near = true};

	fake_analysis_start();
	freelist_culprit_find(&kernel, regs, slab, &corruption.broken, &corruption.culprit);
	freelist_corruption_explain(&analysis, &corruption);
	ck_assert_uint_eq(analysis.memory.freelist_count, 1);
}

static void finish(void)
{
	fake_analysis_end();
	fake_close();
}

/* Nothing is said to have been stored that was not read, or worked out for one object. */
START_TEST(what_is_not_known_is_not_shown)
{
	const struct memory_facts *facts = &analysis.memory;

	start(true);
	explain(decoded(7, USB), 0, NULL, "cpu");
	const json_t *json = fake_finding(FINDING_FREELIST)->evidence;
	ck_assert(json_is_null(json_object_get(json, "object")));
	ck_assert(json_is_null(json_object_get(json, "raw")));
	ck_assert_str_eq(json_string_value(json_object_get(json, "evidence")), "proven");
	ck_assert_uint_eq(facts->holder_count, 0);
	ck_assert_uint_eq(facts->hypothesis_count, 1);
	ck_assert_str_eq(facts->hypotheses[0].kind, "usb_string");
	ck_assert_ptr_nonnull(strstr(facts->hypotheses[0].text, "\"Vi?\""));
	finish();
}
END_TEST

/* Text that runs from the object in front over the free pointer. */
START_TEST(an_overrun_is_told_from_a_write_after_free)
{
	const struct memory_facts *facts = &analysis.memory;
	uint64_t raw, before = 0;

	start(false);
	for (uint64_t at = object(4) + 1000; at < object(5) + 520; at += 8)
		fake_put(at, "GET /ind", 8);
	memcpy(&raw, "GET /ind", 8);
	explain(raw, object(5), NULL, "slab");
	ck_assert_uint_eq(facts->overrun_count, 1);
	ck_assert_uint_eq(facts->overruns[0].object.start, object(5));
	ck_assert_int_eq(facts->overruns[0].from, -24);
	ck_assert_uint_eq(facts->holder_count, 1);
	ck_assert_uint_eq(facts->holders[0].address, object(5) + 512);
	const json_t *json = json_object_get(fake_finding(FINDING_FREELIST)->evidence, "before");
	ck_assert(json_address_value(json_object_get(json, "start"), &before));
	ck_assert_uint_eq(before, object(4));
	finish();
}
END_TEST

/* The object has been cleared since, but the one in front still ends with that text. */
START_TEST(an_overrun_is_told_by_what_it_left)
{
	uint64_t raw;

	for (unsigned left = 1; left <= 4; left += 3) {
		struct regs one = {0};

		start(true);
		regs_set(&one, REG_R9, object(7));
		for (uint64_t at = object(7) - 8 * left; at < object(7); at += 8)
			fake_put(at, "over the", 8);
		memcpy(&raw, "fox jump", 8);
		explain(decoded(7, raw), 0, &one, "cpu");
		ck_assert_uint_eq(analysis.memory.freelists[0].culprit.object, object(7));
		/* one word alike is chance */
		ck_assert_uint_eq(analysis.memory.overrun_count, left > 1);
		finish();
	}
}
END_TEST

UNIT_MAIN("freelist_corruption", what_an_object_stores_is_proof,
	  of_a_cleared_object_only_the_bytes_are_known, a_register_tells_the_object,
	  data_that_looks_like_nothing_names_nobody, tries_are_taken_off,
	  what_is_not_known_is_not_shown, an_overrun_is_told_from_a_write_after_free,
	  an_overrun_is_told_by_what_it_left)
