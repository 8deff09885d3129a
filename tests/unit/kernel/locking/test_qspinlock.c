/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/locking/qspinlock.h"

START_TEST(queued_locks_of_both_encodings)
{
	struct qspinlock lock;

	qspinlock_decode((3 + 1) << 18 | 1 << 16 | 1, TAIL_UPSTREAM, &lock);
	ck_assert(lock.locked && !lock.pending && lock.has_tail);
	ck_assert_uint_eq(lock.tail_cpu, 3);
	ck_assert_uint_eq(lock.tail_index, 1);
	qspinlock_decode(0x101, TAIL_UPSTREAM, &lock);
	ck_assert(lock.locked && lock.pending && !lock.has_tail);
	qspinlock_decode(3u << 19 | 1 << 16 | 1, TAIL_EL7, &lock);
	ck_assert(lock.has_tail);
	ck_assert_uint_eq(lock.tail_cpu, 3);
	ck_assert_uint_eq(lock.tail_index, 0);
}
END_TEST

START_TEST(words_that_are_no_locks)
{
	ck_assert(qspinlock_is_sound(0));
	ck_assert(qspinlock_is_sound(0x01));
	ck_assert(qspinlock_is_sound(0x103));
	ck_assert(qspinlock_is_sound(0xffff0101));
	ck_assert(!qspinlock_is_sound(0x41414141));
	ck_assert(!qspinlock_is_sound(0x00044141));
	ck_assert(!qspinlock_is_sound(0x04));
	ck_assert(!qspinlock_is_sound(0x200));
	ck_assert(!qspinlock_is_sound(UINT32_MAX));
}
END_TEST

UNIT_MAIN("qspinlock", queued_locks_of_both_encodings, words_that_are_no_locks)
