/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "daemon/render/render_locks.h"
#include "daemon/render/sections.h"

/* The section's text for a report, in a buffer of the caller's. */
static void render(const char *name, const char *report_text, struct str *out)
{
	_json_ json_t *report = json_loads(report_text, 0, NULL);

	ck_assert_ptr_nonnull(report);
	for (enum section_id id = 0; id < SECTION_COUNT; id++)
		if (!strcmp(section_by_id(id)->name, name)) {
			section_by_id(id)->render(report, out);
			return;
		}
	ck_abort_msg("no section %s", name);
}

static const char report[] =
	"{\"crash\":{\"task\":{\"pid\":7,\"comm\":\"java\"},\"registers\":{\"rip\":\"0x1\",\"rdi\":"
	"\"0x5006\"},"
	"\"backtrace\":[{\"symbol\":\"f\",\"offset\":16,\"module\":\"m\",\"kind\":\"call\"},"
	"{\"address\":\"0x2\",\"kind\":\"irq\",\"file\":\"a.c\",\"line\":3}]},"
	"\"locks\":[{\"kind\":\"rwsem\",\"address\":\"0x5\",\"state\":\"held\",\"holders\":[{"
	"\"task\":"
	"{\"pid\":1,\"comm\":\"a\"},\"mode\":\"read\",\"evidence\":\"inferred\"}],\"waiters\":[{"
	"\"task\":{\"pid\":2,\"comm\":\"b\"},\"mode\":\"write\",\"ticket\":\"4\"}]}],"
	"\"waits\":{\"edges\":[{\"from\":2,\"to\":1,\"lock\":\"x\",\"evidence\":\"proven\"}],"
	"\"cycles\":[[1,2]]},"
	"\"memory\":{\"pointers\":[{\"where\":\"rdi\",\"value\":\"0x5006\",\"owner\":{\"text\":"
	"\"a free object\"}}],\"provenance\":[{\"text\":\"loaded\",\"evidence\":\"proven\"}],"
	"\"hypotheses\":[{\"kind\":\"bit_flip\",\"confidence\":0.5,\"text\":\"bit 3\"}]},"
	"\"log\":{\"events\":[{\"time_s\":1.5,\"text\":\"a\\u001b[2Jb\"},{\"time_s\":2,"
	"\"kind\":\"segfault\",\"first_line\":9,\"text\":\"t\"}],"
	"\"segfaults\":[{\"time_s\":2,\"first_line\":9,\"trap\":\"segfault\","
	"\"comm\":\"c\",\"pid\":3,\"address\":\"0x0\",\"object\":\"libc.so\",\"offset\":16}]},"
	"\"findings\":[{\"id\":1,\"code\":\"crash\",\"severity\":\"critical\",\"headline\":\"h\"}]"
	"}";

START_TEST(each_section_says_what_is_known)
{
	static const struct {
		const char *name, *text;
	} expected[] = {
		{"stack", "panic task java/7\n  #0  f+0x10 [m]\n  #1  0x2  a.c:3  <irq>\n"},
		{"locks", "DEADLOCK\n    pid 1 waits for a lock, held by pid 2\n"
			  "    pid 2 waits for x, held by pid 1  proven\n\n"
			  "rwsem  0x5\n    held\n    held by  a/1  read  inferred\n"
			  "        -   b/2  write  ticket 4\n\n"},
		{"memory", "Registers and what they point to\n  rip  0000000000000001\n"
			   "  rdi  0000000000005006  a free object\n\n"
			   "Where the bad value came from\n  1. loaded  [proven]\n\n"
			   "What it may be\n   50 %  bit 3\n"},
		{"log", "            [    1.500000] a\\x1b[2Jb\n"
			"            [    2.000000] segfault of c/3 at 0x0 in libc.so+0x10\n"},
		{"registers", "       rip 0x1       rdi 0x5006\n"},
		{"findings", "#1 crash critical - h\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(expected); i++) {
		_str_ struct str out = {0};

		render(expected[i].name, report, &out);
		ck_assert_str_eq(out.data, expected[i].text);
	}
}
END_TEST

START_TEST(waits_are_drawn_for_graphviz)
{
	_json_ json_t *waits =
		json_loads("{\"waits\":{\"nodes\":[{\"task\":{\"pid\":2,\"comm\":\"a\\\"];b\"}},"
			   "{\"task\":{\"pid\":3,\"comm\":\"c\"}}],\"edges\":["
			   "{\"from\":2,\"to\":3,\"lock\":\"x\\ny\",\"evidence\":\"proven\"},"
			   "{\"from\":3,\"to\":null,\"evidence\":\"missing\"}],\"cycles\":[[3]]}}",
			   0, NULL);
	_str_ struct str out = {0};

	ck_assert_ptr_nonnull(waits);
	render_dot(waits, &out);
	ck_assert_str_eq(out.data,
			 "digraph waits {\n\tnode [shape=box];\n"
			 "\tt2 [label=\"a\\\"];b/2\"];\n\tt3 [label=\"c/3\", color=red];\n"
			 "\tt2 -> t3 [label=\"x\\\\x0ay\", style=solid];\n"
			 "\tu1 [label=\"?\", shape=plaintext];\n"
			 "\tt3 -> u1 [label=\"\", style=dashed];\n}\n");
}
END_TEST

/* Spinners count from the holder, sleepers from the head; a completion is owed, not held. */
START_TEST(queues_say_who_is_next)
{
	static const char text[] =
		"{\"locks\":[{\"kind\":\"qspinlock\",\"waiters\":[{\"task\":{\"pid\":4,"
		"\"comm\":\"s\"},\"position\":1,\"cpu\":2}]},{\"kind\":\"completion\","
		"\"holders\":[{\"task\":null,\"mode\":\"exclusive\",\"evidence\":\"missing\"}],"
		"\"waiters\":[{\"task\":{\"pid\":5,\"comm\":\"w\"},\"position\":0}],"
		"\"waiter_count\":7}]}";
	_str_ struct str out = {0};

	render("locks", text, &out);
	ck_assert_str_eq(out.data, "qspinlock\n        1.   s/4  spins on CPU 2\n\n"
				   "completion\n    owed by  unknown  missing\n"
				   "        1.   w/5\n            and 6 more\n\n");
}
END_TEST

/* Whatever a report lacks, or has of another type, a section is shorter, never wrong. */
START_TEST(nothing_is_said_of_what_is_not_known)
{
	static const char *const reports[] = {
		"{}", "{\"crash\":null,\"locks\":null,\"log\":7,\"findings\":{}}",
		"{\"crash\":[1],\"locks\":{\"a\":1},\"memory\":\"x\",\"waits\":[]}"};

	for (size_t i = 0; i < ARRAY_SIZE(reports); i++)
		for (enum section_id id = 0; id < SECTION_COUNT; id++) {
			_str_ struct str out = {0};

			render(section_by_id(id)->name, reports[i], &out);
			ck_assert_uint_eq(out.length, 0);
		}
}
END_TEST

UNIT_MAIN("sections", each_section_says_what_is_known, waits_are_drawn_for_graphviz,
	  queues_say_who_is_next, nothing_is_said_of_what_is_not_known)
