/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/locking/qrwlock.h"

START_TEST(readers_and_writers_are_told_apart)
{
	struct qrwlock rw;

	qrwlock_decode(5 << 9 | 1 << 8, &rw);
	ck_assert(!rw.writer && rw.writer_waiting);
	ck_assert_uint_eq(rw.readers, 5);
	qrwlock_decode(0xff, &rw);
	ck_assert(rw.writer && !rw.writer_waiting);
	ck_assert_uint_eq(rw.readers, 0);
}
END_TEST

UNIT_MAIN("qrwlock", readers_and_writers_are_told_apart)
