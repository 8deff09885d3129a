/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include "daemon/retention.h"

#define NOW 1000000

/* Which of four files, 1 to 4 hours old and 10 bytes each, are doomed: their letters. */
static const char *doomed(struct keep_rules rules)
{
	static char letters[8];
	struct kept_file files[4];
	size_t count = 0;

	for (int i = 0; i < 4; i++) {
		static char names[4][2] = {"c", "a", "d", "b"};

		files[i] = (struct kept_file){names[i], NOW - 3600 * (names[i][0] - 'a' + 1), 10,
					      false};
	}
	retention_choose(files, 4, &rules, NOW);
	for (int i = 0; i < 4; i++)
		if (files[i].doomed)
			letters[count++] = files[i].path[0];
	letters[count] = '\0';
	return letters;
}

START_TEST(the_oldest_go_and_the_newest_stays)
{
	ck_assert_str_eq(doomed((struct keep_rules){0}), "");
	ck_assert_str_eq(doomed((struct keep_rules){.count = 3}), "d");
	ck_assert_str_eq(doomed((struct keep_rules){.time_ms = 2 * 3600000 + 1}), "cd");
	ck_assert_str_eq(doomed((struct keep_rules){.size = 25}), "cd");
	ck_assert_str_eq(doomed((struct keep_rules){.size = 1, .time_ms = 1, .count = 1}), "bcd");
	ck_assert_str_eq(doomed((struct keep_rules){.count = 3, .size = 15}), "bcd");
	retention_choose(NULL, 0, &(struct keep_rules){.count = 1}, NOW);
}
END_TEST

UNIT_MAIN("retention", the_oldest_go_and_the_newest_stays)
