/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "daemon/loop.h"
#include "daemon/spool/visits.h"

static void expect(struct visits *visits, const char *path)
{
	struct visit *visit = visits_take(visits);

	if (path) {
		ck_assert_ptr_nonnull(visit);
		ck_assert_str_eq(visit->path, path);
		visit_free(visit);
	} else {
		ck_assert_ptr_null(visit);
	}
}

START_TEST(each_once_in_their_order)
{
	struct visits visits = {0};

	visits_add(&visits, "/b", "/");
	visits_add(&visits, "/a", "/");
	visits_add(&visits, "/b", "/");
	ck_assert(visits_are_due(&visits));
	ck_assert_int_eq(visits_due_ms(&visits), 0);
	expect(&visits, "/b");
	visits_add(&visits, "/b", "/");
	expect(&visits, "/a");
	expect(&visits, "/b");
	expect(&visits, NULL);
	ck_assert_int_eq(visits_due_ms(&visits), -1);
	visits_deinit(&visits);
}
END_TEST

/* One that was slow to look at waits; the others do not wait for it. */
START_TEST(slow_ones_wait)
{
	struct visits visits = {0};
	int64_t later = loop_now_ms() + 1000000;

	visits_not_before(&visits, "/slow", later);
	visits_add(&visits, "/slow", "/");
	visits_add(&visits, "/slow", "/");
	visits_add(&visits, "/quick", "/");
	expect(&visits, "/quick");
	expect(&visits, NULL);
	ck_assert(!visits_are_due(&visits));
	ck_assert_int_eq(visits_due_ms(&visits), later);
	visits.put_off->due_ms = loop_now_ms(); /* time goes by */
	expect(&visits, "/slow");
	expect(&visits, NULL);
	visits_not_before(&visits, "/slow", 0);
	visits_add(&visits, "/slow", "/");
	expect(&visits, "/slow");
	visits_add(&visits, "/left", "/");
	visits_deinit(&visits);
}
END_TEST

UNIT_MAIN("visits", each_once_in_their_order, slow_ones_wait)
