/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/loop.h"

struct turns {
	struct loop *loop;
	struct timer a, b;
	char order[8];
};

static void run_a(void *context)
{
	struct turns *t = context;

	strcat(t->order, "a");
	if (strlen(t->order) < 3)
		timer_set(t->loop, &t->a, 0);
	timer_hasten(t->loop, &t->b, 10000); /* must not be put off */
}

static void run_b(void *context)
{
	struct turns *t = context;

	strcat(t->order, "b");
	loop_stop(t->loop);
}

START_TEST(timers_run_in_their_order)
{
	struct turns t = {.a = {.run = run_a, .context = &t}, .b = {.run = run_b, .context = &t}};

	assert_ok(loop_create(&t.loop));
	timer_set(t.loop, &t.b, 60);
	timer_set(t.loop, &t.a, 20);
	assert_ok(loop_run(t.loop));
	ck_assert_str_eq(t.order, "aaab");
	loop_destroy(t.loop);
}
END_TEST

UNIT_MAIN("loop", timers_run_in_their_order)
