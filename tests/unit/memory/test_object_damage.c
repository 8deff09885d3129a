/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "fake_slab.h"
#include "kernel/mm/slab_find.h"
#include "kernel/types/types.h"
#include "memory/object_damage.h"

#define BASE (FAKE_BASE + 0x4000)
#define OTHERS (FAKE_BASE + 0x10000)
#define WILD 0xffff87c5eafa5600ull
#define AAAA 0x4141414141414141ull

static struct type type;

static void more_types(struct btf_build *b, uint32_t i, uint32_t l)
{
	uint32_t pointer = b_plain(b, B_PTR, NULL, l);
	uint32_t function = b_plain(b, B_PTR, NULL, b_plain(b, B_FUNC_PROTO, NULL, 0));

	(void)i;
	b_record(b, B_STRUCT, "hctx", 256, 5, "queue", pointer, 0, "tags", pointer, 64, "fq",
		 pointer, 128, "run", function, 192, "depth", l, 256);
}

static void start(void)
{
	fake_open(more_types);
	memset(&fake_slabs, 0, sizeof(fake_slabs));
	fake_slab("kmalloc-256", BASE, 256, 8);
	fake_slab("kmalloc-512", OTHERS, 512, 8);
	type = (struct type){0};
}

static uint64_t object(unsigned index)
{
	return BASE + 256 * (uint64_t)index;
}

static struct object_damage read_damage(unsigned index, uint64_t offset)
{
	struct slab_object found;
	struct object_damage damage;

	assert_ok(slab_find(&kernel, object(index), &found));
	assert_ok(object_damage_read(&kernel, &found, object(index) + offset, type, &damage));
	return damage;
}

static void fill(uint64_t from, uint64_t to, uint64_t value)
{
	for (uint64_t at = from; at < to; at += 8)
		fake_u64(at, value);
}

START_TEST(one_bad_member_in_a_sound_object)
{
	struct object_damage damage;

	start();
	fake_u64(object(2) + 64, WILD);
	fill(object(2) + 128, object(2) + 192, 0x1122); /* numbers: neither for nor against */
	damage = read_damage(2, 64);
	ck_assert_int_eq(damage.damage, DAMAGE_UNKNOWN);

	fake_u64(object(2) + 8, object(2) + 8); /* an empty list */
	fake_u64(object(2) + 16, object(2) + 8);
	damage = read_damage(2, 64);
	ck_assert_int_eq(damage.damage, DAMAGE_ONE_MEMBER);
	ck_assert_uint_eq(damage.lists_sound, 1);
	ck_assert_uint_eq(damage.list_at, object(2) + 8);
	ck_assert_uint_eq(damage.pointers_bad, 0);

	/* a pointer to an object with an array that leads back: hctx, request_queue */
	fake_u64(object(2) + 32, OTHERS + 512);
	fake_u64(OTHERS + 512 + 16, OTHERS + 2048);
	fake_u64(OTHERS + 2048, object(2));
	double before = damage.confidence;
	damage = read_damage(2, 64);
	ck_assert_uint_eq(damage.back_references, 1);
	ck_assert_uint_eq(damage.back_at, object(2) + 32);
	ck_assert_uint_eq(damage.back_object, OTHERS + 512);
	ck_assert_double_gt(damage.confidence, before);
	ck_assert_int_eq(damage.from, 64);
	ck_assert_int_eq(damage.to, 72);
	fake_close();
}
END_TEST

START_TEST(a_blank_object_says_little)
{
	struct object_damage damage;

	start();
	fake_u64(object(2) + 64, WILD);
	damage = read_damage(2, 64);
	ck_assert_int_eq(damage.damage, DAMAGE_ONE_MEMBER);
	ck_assert_double_lt(damage.confidence, 0.8);
	fake_close();
}
END_TEST

START_TEST(a_whole_object_of_one_text)
{
	struct object_damage damage;

	start();
	fill(object(2), object(3), AAAA);
	damage = read_damage(2, 64);
	ck_assert_int_eq(damage.damage, DAMAGE_WHOLE_OBJECT);
	ck_assert_int_eq(damage.from, 0);
	ck_assert_int_eq(damage.to, 256);
	double alone = damage.confidence;

	/* all of its neighbours are such buffers: less sure */
	fill(object(0), object(5), AAAA);
	damage = read_damage(2, 64);
	ck_assert_int_eq(damage.damage, DAMAGE_WHOLE_OBJECT);
	ck_assert_double_lt(damage.confidence, alone);
	fake_close();
}
END_TEST

START_TEST(an_overrun_comes_out_of_the_object_in_front)
{
	struct object_damage damage;

	start();
	fill(object(1) + 200, object(2) + 16, AAAA);
	damage = read_damage(2, 0);
	ck_assert_int_eq(damage.damage, DAMAGE_OVERRUN);
	ck_assert_int_eq(damage.from, -56);
	ck_assert_int_eq(damage.to, 16);
	/* one equal word on each side is no run */
	fill(object(1) + 200, object(2) + 16, 0);
	fill(object(2) - 8, object(2) + 8, AAAA);
	ck_assert_int_ne(read_damage(2, 0).damage, DAMAGE_OVERRUN);
	/* nothing of the slab lies before its first object */
	fill(object(0) - 64, object(0) + 64, AAAA);
	ck_assert_int_ne(read_damage(0, 0).damage, DAMAGE_OVERRUN);
	fake_close();
}
END_TEST

/* A timer or work item is linked into lists by whoever meets it. */
START_TEST(lone_pointers_do_not_end_what_was_filled)
{
	struct object_damage damage;

	start();
	fill(object(2), object(3), AAAA);
	fake_u64(object(2) + 24, OTHERS);
	damage = read_damage(2, 16);
	ck_assert_int_eq(damage.damage, DAMAGE_WHOLE_OBJECT);
	ck_assert_int_eq(damage.from, 0);
	ck_assert_int_eq(damage.to, 256);
	/* but not many of them, nor such as are none */
	fake_u64(object(2) + 40, OTHERS);
	fake_u64(object(2) + 56, OTHERS);
	ck_assert_int_eq(read_damage(2, 16).to, 56);
	fake_u64(object(2) + 24, 0x1122);
	ck_assert_int_eq(read_damage(2, 16).to, 24);
	fake_close();
}
END_TEST

START_TEST(other_text_in_front_is_somebody_elses)
{
	struct object_damage damage;

	start();
	fill(object(1), object(2), 0x6465726f74732d6eull);
	fill(object(2), object(3), AAAA);
	damage = read_damage(2, 16);
	ck_assert_int_eq(damage.damage, DAMAGE_WHOLE_OBJECT);
	ck_assert_int_eq(damage.from, 0);
	fake_close();
}
END_TEST

START_TEST(part_of_an_object)
{
	struct object_damage damage;

	start();
	fill(object(2) + 64, object(2) + 128, AAAA);
	damage = read_damage(2, 72);
	ck_assert_int_eq(damage.damage, DAMAGE_MEMBERS);
	ck_assert_int_eq(damage.from, 64);
	ck_assert_int_eq(damage.to, 128);
	/* pointers that lead nowhere, all over it */
	fake_close();
	start();
	for (unsigned i = 0; i < 6; i++)
		fake_u64(object(2) + 24 * i, WILD + 4096 * i);
	damage = read_damage(2, 0);
	ck_assert_int_eq(damage.damage, DAMAGE_MEMBERS);
	ck_assert_uint_eq(damage.pointers_bad, 5);
	fake_close();
}
END_TEST

START_TEST(members_are_held_against_their_type)
{
	struct object_damage damage;

	start();
	type = types_find_struct(kernel.types, "hctx");
	ck_assert_int_eq(type.kind, TYPE_STRUCT);
	fake_u64(object(2), OTHERS);
	fake_u64(object(2) + 8, 0);
	fake_u64(object(2) + 16, WILD);
	fake_u64(object(2) + 32, 0x123456789abcdef0); /* depth is no pointer */
	damage = read_damage(2, 16);
	ck_assert_uint_eq(damage.members, 4);
	ck_assert_uint_eq(damage.members_bad, 1);
	ck_assert_str_eq(damage.bad_names, "fq");

	/* data is no code */
	fake_u64(object(2) + 24, OTHERS);
	damage = read_damage(2, 16);
	ck_assert_str_eq(damage.bad_names, "fq, run");

	/* another type's object: what should be pointers is none */
	fake_u64(object(2), WILD + 64);
	fake_u64(object(2) + 8, WILD + 128);
	damage = read_damage(2, 16);
	ck_assert_int_eq(damage.damage, DAMAGE_WHOLE_OBJECT);
	ck_assert_uint_eq(damage.members_bad, 4);
	fake_close();
}
END_TEST

START_TEST(loops_and_absurd_sizes_end)
{
	struct object_damage damage;
	struct slab_object found;

	/* every word leads to an object that leads back, in a ring */
	start();
	for (unsigned i = 0; i < 8; i++)
		fill(object(i), object(i) + 256, object((i + 1) % 8));
	fake_u64(object(2) + 64, WILD);
	read_damage(2, 64);
	ck_assert_uint_lt(fake_slabs.asked, 64);
	ck_assert_uint_lt(fake.reads, 20000);

	/* and to itself */
	fill(object(3), object(4), object(3));
	fake_u64(object(3) + 64, WILD);
	damage = read_damage(3, 64);
	ck_assert_uint_eq(damage.back_references, 0);

	/* an object of megabytes, in front of unmapped memory */
	fake_close();
	start();
	fake_slabs.caches[0].size = fake_slabs.caches[0].object_size = 4 << 20;
	fake_slabs.slabs[0].cache = &fake_slabs.caches[0];
	fill(object(0), object(0) + 2 * OBJECT_DAMAGE_MAX, AAAA);
	damage = read_damage(0, 64);
	ck_assert_uint_le(damage.words, OBJECT_DAMAGE_MAX / 8);
	ck_assert_int_ne(damage.damage, DAMAGE_WHOLE_OBJECT);

	/* words that are none of the object's */
	fake_close();
	start();
	assert_ok(slab_find(&kernel, object(1), &found));
	assert_err(object_damage_read(&kernel, &found, object(1) - 8, type, &damage), ERR_INVALID);
	assert_err(object_damage_read(&kernel, &found, object(2), type, &damage), ERR_INVALID);
	assert_err(object_damage_read(&kernel, &found, object(1) + 3, type, &damage), ERR_INVALID);
	fake_close();
}
END_TEST

UNIT_MAIN("object_damage", one_bad_member_in_a_sound_object, a_blank_object_says_little,
	  lone_pointers_do_not_end_what_was_filled, other_text_in_front_is_somebody_elses,
	  a_whole_object_of_one_text, an_overrun_comes_out_of_the_object_in_front,
	  part_of_an_object, members_are_held_against_their_type, loops_and_absurd_sizes_end)
