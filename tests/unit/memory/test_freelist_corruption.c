/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "describe.h"
#include "fake_slab.h"
#include "memory/freelist_corruption.h"

#define BASE (FAKE_BASE + 0x8000)
#define OBJECTS 16
#define USB 0x0072006900560318ull /* 18 03 'V' 'i' 'r' */

static const struct slab *slab;

/* owner.c's: what the findings say of the owner is not tried here. */
void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
	(void)of;
}

json_t *describe_owner(const struct owner *owner)
{
	return json_pack("{s:o}", "start", json_address(owner->address));
}

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

static struct culprit find(uint64_t bad, const json_t *registers)
{
	struct freelist_break broken = {.raw = bad, .decoded = bad, .why = BREAK_OUTSIDE};
	struct culprit culprit;

	freelist_culprit(&kernel, registers, slab, &broken, &culprit);
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
	_json_ json_t *one = json_pack("{s:o, s:o}", "r9", json_address(object(7)), "rsp",
				       json_address(FAKE_BASE));
	struct culprit culprit = find(decoded(7, USB), one);
	ck_assert_uint_eq(culprit.object, object(7));
	ck_assert_uint_eq(culprit.raw, USB);
	ck_assert(culprit.computed);
	double sure = culprit.confidence;
	ck_assert_double_lt(sure, 1);

	/* two of them: the one whose bytes make a word, and less sure */
	_json_ json_t *two = json_pack("{s:o, s:o}", "r10", json_address(object(15)), "r9",
				       json_address(object(7)));
	culprit = find(decoded(7, USB), two);
	ck_assert_uint_eq(decoded(7, USB) ^ decoded(15, 0) ^ decoded(15, USB),
			  decoded(7, 0)); /* 15 gives "ViR" */
	ck_assert_uint_eq(culprit.object, object(7));
	ck_assert_double_lt(culprit.confidence, sure);

	/* two that make words alike: none */
	_json_ json_t *tie = json_pack("{s:o, s:o}", "r10", json_address(object(6)), "r9",
				       json_address(object(7)));
	culprit = find(decoded(7, USB), tie);
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

/* The more objects are tried, the likelier one of them gives text by chance; not a descriptor. */
START_TEST(tries_are_taken_off)
{
	double sure[2];

	for (unsigned usb = 0; usb < 2; usb++) {
		uint64_t raw = USB;

		start(true);
		_json_ json_t *one = json_pack("{s:o}", "r9", json_address(object(7)));
		if (!usb)
			memcpy(&raw, "fox jump", 8);
		struct culprit culprit = find(decoded(7, raw), one);
		ck_assert_uint_eq(culprit.object, object(7));
		sure[usb] = 1 - culprit.chance;
		fake_close();
	}
	ck_assert_double_lt(sure[0], 0.99);
	ck_assert_double_gt(sure[1], 0.999);
}
END_TEST

static const json_t *evidence(const struct findings *findings, enum finding_id id)
{
	size_t from = 0;
	const struct finding *finding = findings_next(findings, id, &from);

	return finding ? finding->evidence : NULL;
}

/* Nothing is said to have been stored that was not read, or worked out for one object. */
START_TEST(what_is_not_known_is_not_shown)
{
	struct findings findings;
	struct freelist_break broken = {.why = BREAK_OUTSIDE};
	struct culprit culprit;

	start(true);
	broken.raw = broken.decoded = decoded(7, USB);
	findings_init(&findings, NULL);
	freelist_culprit(&kernel, NULL, slab, &broken, &culprit);
	freelist_damage_show(&kernel, &findings, slab, &broken, &culprit, "cpu", true);
	const json_t *json = evidence(&findings, FINDING_FREELIST);
	ck_assert(json_is_null(json_object_get(json, "object")));
	ck_assert(json_is_null(json_object_get(json, "raw")));
	ck_assert_str_eq(json_string_value(json_object_get(json, "evidence")), "proven");
	ck_assert_ptr_null(evidence(&findings, FINDING_HOLDER));
	json = evidence(&findings, FINDING_HYPOTHESIS);
	ck_assert_str_eq(json_string_value(json_object_get(json, "kind")), "usb_string");
	ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(json, "text")), "\"Vi?\""));
	findings_deinit(&findings);
	fake_close();
}
END_TEST

/* Text that runs from the object in front over the free pointer. */
START_TEST(an_overrun_is_told_from_a_write_after_free)
{
	struct findings findings;
	struct freelist_break broken = {.why = BREAK_OUTSIDE};
	struct culprit culprit;

	start(false);
	for (uint64_t at = object(4) + 1000; at < object(5) + 520; at += 8)
		fake_put(at, "GET /ind", 8);
	memcpy(&broken.raw, "GET /ind", 8);
	broken.decoded = broken.raw;
	broken.object = object(5);
	findings_init(&findings, NULL);
	freelist_culprit(&kernel, NULL, slab, &broken, &culprit);
	freelist_damage_show(&kernel, &findings, slab, &broken, &culprit, "slab", true);
	const json_t *json = evidence(&findings, FINDING_OVERRUN);
	uint64_t from = 0;
	ck_assert_ptr_nonnull(json);
	ck_assert(json_address_value(json_object_get(json, "overrun_from"), &from));
	ck_assert_uint_eq(from, object(4));
	json = json_object_get(evidence(&findings, FINDING_FREELIST), "before");
	ck_assert(json_address_value(json_object_get(json, "start"), &from));
	ck_assert_uint_eq(from, object(4));
	findings_deinit(&findings);
	fake_close();
}
END_TEST

/* The object has been cleared since, but the one in front still ends with that text. */
START_TEST(an_overrun_is_told_by_what_it_left)
{
	struct freelist_break broken = {.why = BREAK_OUTSIDE};
	struct findings findings;
	struct culprit culprit;
	uint64_t raw;

	for (unsigned left = 1; left <= 4; left += 3) {
		start(true);
		_json_ json_t *one = json_pack("{s:o}", "r9", json_address(object(7)));
		for (uint64_t at = object(7) - 8 * left; at < object(7); at += 8)
			fake_put(at, "over the", 8);
		memcpy(&raw, "fox jump", 8);
		broken.raw = broken.decoded = decoded(7, raw);
		findings_init(&findings, NULL);
		ck_assert(freelist_culprit(&kernel, one, slab, &broken, &culprit));
		ck_assert_uint_eq(culprit.object, object(7));
		freelist_damage_show(&kernel, &findings, slab, &broken, &culprit, "cpu", true);
		/* one word alike is chance */
		ck_assert_int_eq(evidence(&findings, FINDING_OVERRUN) != NULL, left > 1);
		findings_deinit(&findings);
		fake_close();
	}
}
END_TEST

UNIT_MAIN("freelist_damage", what_an_object_stores_is_proof,
	  of_a_cleared_object_only_the_bytes_are_known, a_register_tells_the_object,
	  data_that_looks_like_nothing_names_nobody, tries_are_taken_off,
	  what_is_not_known_is_not_shown, an_overrun_is_told_from_a_write_after_free,
	  an_overrun_is_told_by_what_it_left)
