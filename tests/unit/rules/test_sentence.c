/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines of the log within sentences of our own. */
#include <stdlib.h>
#include <string.h>

#include "rules/sentence.h"
#include "unit.h"

static const struct {
	const char *text, *reason, *headline;
} sentences[] = {
	{"RCU stalled: stalls on CPUs/tasks:; rcu_preempt got no CPU",
	 "RCU stalled: stalls on CPUs/tasks; rcu_preempt got no CPU",
	 "RCU stalled: stalls on CPUs/tasks; rcu_preempt got no CPU"},
	{"multipath: Failing path 8:64., 120 s before",
	 "multipath: Failing path 8:64, 120 s before",
	 "multipath: Failing path 8:64, 120 s before"},
	{"ASSERTION( a ) failed: in f [m]", "ASSERTION( a ) failed: in f [m]",
	 "ASSERTION( a ) failed in f [m]"},
	{"but was 88. in f, ip/1", "but was 88. in f, ip/1", "but was 88 in f, ip/1"},
	{"detected stalls on CPUs/tasks:", "detected stalls on CPUs/tasks",
	 "detected stalls on CPUs/tasks"},
	{"disabling device.", "disabling device.", "disabling device"},
	{"panic_on_warn set ...; a", "panic_on_warn set ...; a", "panic_on_warn set ...; a"},
	{"and so on ...", "and so on ...", "and so on ..."},
	{"BUG kmalloc-64 (Tainted: G           OE  ------------  ): Poison overwritten",
	 "BUG kmalloc-64 (Tainted: G OE ------------ ): Poison overwritten",
	 "BUG kmalloc-64: Poison overwritten"},
	{"BUG a (Not tainted): b", "BUG a (Not tainted): b", "BUG a: b"},
	{"BUG a (Tainted: G", "BUG a (Tainted: G", "BUG a (Tainted: G"},
	{"0000:00:1f.6: ecode 12:1:84, a.b", "0000:00:1f.6: ecode 12:1:84, a.b",
	 "0000:00:1f.6: ecode 12:1:84, a.b"},
	{" two  blanks, and at the end  ", " two blanks, and at the end",
	 " two blanks, and at the end"},
	{"", "", ""},
};

START_TEST(our_words_follow_the_logs)
{
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++) {
		char *reason = sentence_tidy(sentences[i].text, false);
		char *headline = sentence_tidy(sentences[i].text, true);

		ck_assert_str_eq(reason, sentences[i].reason);
		ck_assert_str_eq(headline, sentences[i].headline);
		free(reason);
		free(headline);
	}
}
END_TEST

UNIT_MAIN("sentence", our_words_follow_the_logs)
