/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "kernel/locking/ticket_spinlock.h"

START_TEST(tickets_of_all_widths)
{
	struct spinlock_shape wide = {SPINLOCK_TICKET, 16, 1}, narrow = {SPINLOCK_TICKET, 8, 1};
	struct spinlock_shape paravirt = {SPINLOCK_TICKET, 8, 2};
	struct ticket_spinlock lock;

	/* the zone lock of the el6 case */
	ticket_spinlock_decode(&wide, 0x66d466cc, &lock);
	ck_assert_uint_eq(lock.owner, 0x66cc);
	ck_assert_uint_eq(lock.next, 0x66d4);
	ck_assert_uint_eq(lock.outstanding, 8);
	ck_assert_int_eq(ticket_spinlock_position(&wide, &lock, 0x66ce), 2);
	ck_assert_int_eq(ticket_spinlock_position(&wide, &lock, 0x66cc), 0);
	ck_assert_int_eq(ticket_spinlock_position(&wide, &lock, 0x66d4), -1);
	ck_assert_int_eq(ticket_spinlock_position(&wide, &lock, 0xffff8800000066ce), -1);
	/* wrap-around */
	ticket_spinlock_decode(&wide, 0x0002fffe, &lock);
	ck_assert_uint_eq(lock.outstanding, 4);
	ck_assert_int_eq(ticket_spinlock_position(&wide, &lock, 1), 3);
	ticket_spinlock_decode(&narrow, 0x0301, &lock);
	ck_assert_uint_eq(lock.outstanding, 2);
	/* steps of two, slow-path flag in the tail's bit 0 */
	ticket_spinlock_decode(&paravirt, 0x0702, &lock);
	ck_assert(lock.slow_path);
	ck_assert_uint_eq(lock.next, 6);
	ck_assert_uint_eq(lock.outstanding, 2);
	ck_assert_int_eq(ticket_spinlock_position(&paravirt, &lock, 4), 1);
	ck_assert_int_eq(ticket_spinlock_position(&paravirt, &lock, 3), -1);
}
END_TEST

UNIT_MAIN("ticket_spinlock", tickets_of_all_widths)
