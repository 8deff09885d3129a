/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Paragraphs, folded stacks, the stacks of stuck tasks, and that nothing is said twice. */
#include "unit.h"

#include <stdio.h>
#include <string.h>

#include "daemon/render/page.h"
#include "daemon/render/render.h"
#include "daemon/render/render_frames.h"

static char *page_of(const char *document, unsigned width)
{
	_json_ json_t *report = json_loads(document, 0, NULL);
	struct render_style style = {.width = width};
	struct str out = {0};

	ck_assert_msg(report, "%s", document);
	render_verdict(report, &style, &out);
	return str_take(&out);
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, what)); at++)
		count++;
	return count;
}

#define A_PATH "/var/crash/127.0.0.1-2026-05-02-12:41:01/a-directory-with-quite-a-long-name/vmcore"

START_TEST(paths_are_never_broken)
{
	static const char document[] =
		"{\"verdict\": {\"headline\": \"no crash in " A_PATH " of this host\", \"cause\": "
		"\"x\", \"reasons\": [\"read " A_PATH "\"]}, \"dump\": {\"path\": \"" A_PATH
		"\", \"format\": \"kdump\"}}";

	for (unsigned width = 40; width < 200; width++) {
		_free_ char *text = page_of(document, width);

		ck_assert_msg(count_of(text, A_PATH) == 3, "%u: %s", width, text);
	}
}
END_TEST

/* A stack of these functions, each a word; "?" has no symbol. */
static json_t *stack_of(const char *words)
{
	json_t *frames = json_array();
	char copy[4096], *rest = NULL;

	copy_string(copy, sizeof(copy), words);
	for (char *word = strtok_r(copy, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		json_array_append_new(frames, *word == '?' ? json_pack("{s:s}", "address", "0x10")
							   : json_pack("{s:s, s:i}", "symbol", word,
								       "offset", 16));
	return frames;
}

static char *shown(json_t *frames, size_t max)
{
	struct render_style style = {.width = 80};
	struct str out = {0};
	struct page page = {&out, &style, NULL, NULL};

	render_frames(&page, frames, "  ", max);
	json_decref(frames);
	return str_take(&out);
}

START_TEST(recursion_is_folded)
{
	_free_ char *one = shown(stack_of("top f f f f f end"), 20);
	_free_ char *two = shown(stack_of("top f g f g f g f end"), 20);
	_free_ char *none = shown(stack_of("f f g g h h"), 20);
	_free_ char *unknown = shown(stack_of("? ? ? ? ?"), 20);

	ck_assert_str_eq(one, "  #0   top+0x10\n  ...  5 times f+0x10\n  #6   end+0x10\n");
	ck_assert_str_eq(two, "  #0   top+0x10\n  ...  3 times f+0x10, g+0x10\n  #7   f+0x10\n"
			      "  #8   end+0x10\n");
	ck_assert_uint_eq(count_of(none, "#"), 6);
	ck_assert_uint_eq(count_of(unknown, "#"), 5);
}
END_TEST

START_TEST(long_stacks_are_bounded)
{
	json_t *frames = json_array();
	char name[16];
	size_t period;

	for (int i = 0; i < 10000; i++) {
		snprintf(name, sizeof(name), "f%d", i % 7);
		json_array_append_new(frames, json_pack("{s:s}", "symbol", name));
	}
	ck_assert_uint_eq(render_repeats(frames, 0, &period), 1); /* seven are too many to fold */
	ck_assert_uint_eq(render_repeats(frames, 20000, &period), 1);
	_free_ char *text = shown(frames, 12);
	ck_assert_uint_eq(count_of(text, "\n"), 13);
	ck_assert_ptr_nonnull(strstr(text, "… 9988 more"));
}
END_TEST

#define FRAMES(name) "\"backtrace\": [{\"symbol\": \"schedule\"}, {\"symbol\": \"" name "\"}]"
#define DEADLOCK(kind, cause)                                                                      \
	"{\"verdict\": {\"headline\": \"a deadlock\", \"cause\": \"" cause "\"}, \"crash\": "      \
	"{\"kind\": \"" kind "\", \"task\": {\"comm\": \"khungtaskd\", \"pid\": 9}, " FRAMES(      \
		"watchdog") "}, \"tasks\": {\"blocked\": [{\"tasks\": [{\"comm\": \"idle\", "      \
			    "\"pid\": 5}], " FRAMES(                                               \
				    "elsewhere") "}, {\"tasks\": [{\"comm\": \"a\", \"pid\": 1}, " \
						 "{\"comm\": \"b\", \"pid\": 2}], " FRAMES(        \
							 "take_both") "}, {\"tasks\": "            \
								      "[{\"comm\": \"c\", "        \
								      "\"pid\": 3}], " FRAMES(     \
									      "take_third") "}]}," \
											    " \"w" \
											    "aits" \
											    "\": " \
											    "{\"c" \
											    "ycle" \
											    "s\":" \
											    " [["  \
											    "1, "  \
											    "2, "  \
											    "3], " \
											    "[\"x" \
											    "\", " \
											    "null" \
											    "]], " \
											    "\"ed" \
											    "ges"  \
											    "\": " \
											    "[{"   \
											    "\"fr" \
											    "om\"" \
											    ": "   \
											    "3, "  \
											    "\"lo" \
											    "ck\"" \
											    ": "   \
											    "\"th" \
											    "e_"   \
											    "mute" \
											    "x\"}" \
											    "]}}"

START_TEST(stuck_tasks_are_shown_once_and_not_the_messenger)
{
	static const char *const kinds[] = {DEADLOCK("hung_task", "deadlock"),
					    DEADLOCK("sysrq", "deadlock"),
					    DEADLOCK("sysrq", "hang")};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_free_ char *text = page_of(kinds[i], 80);

		ck_assert_msg(count_of(text, "take_both") == 1, "%s", text);
		ck_assert_uint_eq(count_of(text, "take_third"), 1);
		ck_assert_ptr_nonnull(strstr(text, "a/1, b/2\n"));
		ck_assert_ptr_nonnull(strstr(text, "c/3, waits for the_mutex\n"));
		ck_assert(!strstr(text, "watchdog") && !strstr(text, "elsewhere"));
	}
}
END_TEST

START_TEST(other_crashes_keep_their_stack)
{
	static const char *const documents[] = {DEADLOCK("soft_lockup", "hang"),
						DEADLOCK("hung_task", "unknown"),
						DEADLOCK("null_dereference", "deadlock")};

	for (size_t i = 0; i < ARRAY_SIZE(documents); i++) {
		_free_ char *text = page_of(documents[i], 80);

		ck_assert_msg(strstr(text, "watchdog") && !strstr(text, "take_both"), "%s", text);
	}
}
END_TEST

START_TEST(nothing_stands_there_twice)
{
	_free_ char *text = page_of(
		"{\"verdict\": {\"headline\": \"the work does not end\", \"cause\": \"hang\", "
		"\"reasons\": [\"the work does not end\", \"it waits; for ever\"]}, \"findings\": "
		"[{\"severity\": \"warning\", \"code\": \"a\", \"confidence\": 0.5, \"headline\": "
		"\"the work does not end\"}, {\"severity\": \"warning\", \"code\": \"b\", "
		"\"confidence\": 1, \"headline\": \"it waits\"}, {\"severity\": \"warning\", "
		"\"code\": \"c\", \"confidence\": 1, \"headline\": \"something else\"}], "
		"\"crash\": "
		"{\"kind\": \"page_fault\", \"fault\": {\"address\": \"0x118\", \"why\": \"rdi "
		"(0x8) "
		"+ 0x110\"}, \"instruction\": {\"text\": \"mov 0x110(%rdi),%rax\", \"operands\": "
		"[{\"register\": \"rdi\", \"value\": \"0x8\"}, {\"register\": \"rax\", \"value\": "
		"\"0x1b\"}]}}}",
		80);

	ck_assert_msg(count_of(text, "the work does not end") == 1, "%s", text);
	ck_assert_uint_eq(count_of(text, "it waits"), 1);
	ck_assert_uint_eq(count_of(text, "something else"), 1);
	ck_assert_uint_eq(count_of(text, "0x8"), 1);
	ck_assert_uint_eq(count_of(text, "rax = 0x1b"), 1);
}
END_TEST

START_TEST(what_the_store_knows_is_escaped)
{
	const struct render_record record = {7, "done", "2026-11-30 09:13:49 CET",
					     "not seen before"};
	struct render_style style = {.width = 80};
	_json_ json_t *report = json_loads(
		"{\"verdict\": {\"headline\": \"x\", \"cause\": \"hang\", "
		"\"signature\": {\"exact\": \"\\u001b[2J\"}, \"annotation\": "
		"{\"ticket\": \"BUG\\u001b[2J\", \"cause\": null, \"note\": \"a\\nb\"}}}",
		0, NULL);
	_str_ struct str out = {0};

	render_page(report, &record, &style, &out);
	ck_assert_ptr_nonnull(strstr(out.data, "dump 7: done, crashed 2026-11-30 09:13:49 CET\n"));
	ck_assert_ptr_nonnull(strstr(out.data, "signature: \\x1b[2J   not seen before\n"));
	ck_assert_ptr_nonnull(strstr(out.data, "known as: BUG\\x1b[2J\n"));
	ck_assert_ptr_nonnull(strstr(out.data, "note: a\\x0ab\n"));
	ck_assert_ptr_null(strstr(out.data, "known cause"));
}
END_TEST

UNIT_MAIN("page", paths_are_never_broken, recursion_is_folded, long_stacks_are_bounded,
	  stuck_tasks_are_shown_once_and_not_the_messenger, other_crashes_keep_their_stack,
	  nothing_stands_there_twice, what_the_store_knows_is_escaped)
