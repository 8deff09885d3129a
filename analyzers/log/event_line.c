/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lines held against event_lines.def. */
#include "log/event_line.h"

#include <string.h>

#include "base/words.h"
#include "kernel/printk/log.h"

static const struct {
	enum event_role role;
	enum event_kind kind;
	enum event_severity severity;
	const char *also;
} entries[] = {
#define LOG_EVENT(kind, severity, words, also) {EVENT_BEGINS, EVENT_##kind, EVENT_##severity, also},
#define LOG_DETAIL(kind, words) {EVENT_DETAILS, EVENT_##kind, EVENT_INFO, ""},
#define LOG_NOTHING(words, also) {EVENT_NOTHING, EVENT_BOOT, EVENT_INFO, also},
#include "log/event_lines.def"
#undef LOG_EVENT
#undef LOG_DETAIL
#undef LOG_NOTHING
};

static const char *const entry_words[] = {
#define LOG_EVENT(kind, severity, words, also) words,
#define LOG_DETAIL(kind, words) words,
#define LOG_NOTHING(words, also) words,
#include "log/event_lines.def"
#undef LOG_EVENT
#undef LOG_DETAIL
#undef LOG_NOTHING
};
_Static_assert(ARRAY_SIZE(entry_words) <= WORDS_MAX, "event_lines.def is too long");

const char *const *event_words(size_t *count)
{
	*count = ARRAY_SIZE(entry_words);
	return entry_words;
}

struct err *event_words_new(struct words **ret)
{
	return words_new(entry_words, ARRAY_SIZE(entry_words), ret);
}

/* "multipathd[812]: …": written to /dev/kmsg by a program. Its own crash is the kernel's line. */
static bool is_of_a_program(const char *text)
{
	size_t name = strcspn(text, "[ "),
	       pid = strspn(text + name + (text[name] == '['), "0123456789");

	return name && text[name] == '[' && pid && !strncmp(text + name + 1 + pid, "]: ", 3);
}

struct event_match event_match_line(const struct words *words, const struct log_line *line)
{
	struct event_match none = {.role = EVENT_NOTHING};
	struct word_set set;

	if (!words_find(words, line->text, strlen(line->text), &set))
		return none;
	for (size_t i = word_set_next(&set, 0); i < ARRAY_SIZE(entries);
	     i = word_set_next(&set, i + 1)) {
		if (!strstr(line->text, entries[i].also))
			continue;
		if (entries[i].kind != EVENT_SEGFAULT && entries[i].kind != EVENT_LOST &&
		    is_of_a_program(line->text))
			return none;
		return (struct event_match){.role = entries[i].role,
					    .kind = entries[i].kind,
					    .severity = entries[i].severity,
					    .detail = strstr(line->text, entry_words[i]) +
						      strlen(entry_words[i])};
	}
	return none;
}
