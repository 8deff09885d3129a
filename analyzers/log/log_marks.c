/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Looks once for the words of all who read a log. */
#include "log/log_marks.h"

#include <string.h>

#include "base/words.h"
#include "log/event_line.h"
#include "log/log_mark.h"
#include "log/mce.h"
#include "log/oom.h"
#include "log/report_head.h"
#include "log/report_shown.h"
#include "log/segfault.h"

static const char *const *machine_words(size_t *count)
{
	static const char *const words[] = {"Linux version ",
					    "Command line: ", "Hardware name: ", "DMI: "};

	*count = ARRAY_SIZE(words);
	return words;
}

static const struct {
	enum log_mark mark;
	const char *const *(*words)(size_t *count);
} readers[] = {
	{MARK_HEAD, report_head_words}, {MARK_EVENT, event_words},	 {MARK_MCE, mce_words},
	{MARK_OOM, oom_words},		{MARK_SEGFAULT, segfault_words}, {MARK_OWNER, shown_words},
	{MARK_MACHINE, machine_words},
};

struct all_words {
	const char *list[WORDS_MAX];
	uint8_t marks[WORDS_MAX];
	size_t count;
};

static void collect(struct all_words *all)
{
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++) {
		size_t count;
		const char *const *list = readers[i].words(&count);

		for (size_t j = 0; j < count && all->count < WORDS_MAX; j++) {
			all->list[all->count] = list[j];
			all->marks[all->count++] = (uint8_t)readers[i].mark;
		}
	}
}

struct err *log_marks_make(struct log *log)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	struct all_words all = {.count = 0};

	collect(&all);
	TRY(words_new(all.list, all.count, &words));
	for (size_t i = 0; i < log->count; i++) {
		const char *text = log->lines[i].text;

		log->lines[i].marks = words_kinds(words, all.marks, text, strlen(text)) & 127;
	}
	return NULL;
}
