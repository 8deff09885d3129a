/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "unit.h"

#include <string.h>

#include "base/str.h"
#include "rules/signature.h"

/* A crash whose frames are "symbol" or "symbol/found_by", innermost first. */
static json_t *crash_of(const char *kind, const char *const *frames)
{
	json_t *backtrace = json_array();

	for (; *frames; frames++) {
		size_t size = strcspn(*frames, "/");

		json_array_append_new(backtrace,
				      json_pack("{s:o, s:s, s:s, s:i}", "symbol",
						json_stringn(*frames, size), "found_by",
						(*frames)[size] ? *frames + size + 1 : "orc",
						"address", "0xffffffff81000000", "offset", rand()));
	}
	return json_pack("{s:s, s:o}", "kind", kind, "backtrace", backtrace);
}

static void check_same(const char *const *a, const char *const *b, bool same)
{
	_json_ json_t *x = crash_of("bug", a), *y = crash_of("bug", b);
	struct signature s, t;

	signature_of(&(struct signature_facts){.crash = x, .cause = "assertion"}, &s);
	signature_of(&(struct signature_facts){.crash = y, .cause = "assertion"}, &t);
	ck_assert_uint_eq(strlen(s.exact), 16);
	ck_assert_msg(!strcmp(s.exact, t.exact) == same, "%s and %s", a[0], b[0]);
	json_decref(s.fuzzy);
	json_decref(t.fuzzy);
}

#define FRAMES(...) ((const char *const[]){__VA_ARGS__, NULL})

START_TEST(another_build_is_the_same)
{
	check_same(FRAMES("f", "g", "h"), FRAMES("f", "g", "h"), true);
	check_same(FRAMES("f.isra.0", "g.constprop.3", "h.cold"), FRAMES("f", "g.part.1", "h"),
		   true);
}
END_TEST

START_TEST(machinery_and_guesses_do_not_count)
{
	check_same(FRAMES("machine_kexec", "__crash_kexec", "panic", "f", "g"), FRAMES("f", "g"),
		   true);
	check_same(FRAMES("stray/scan", "f", "other/scan", "g"), FRAMES("f", "g"), true);
	check_same(FRAMES("1", "2", "3", "4", "5", "6", "7"),
		   FRAMES("1", "2", "3", "4", "5", "6", "8"), true);
}
END_TEST

/* Another release checks a list in another function, and begins a thread in another. */
START_TEST(helpers_and_entries_do_not_count)
{
	check_same(FRAMES("__list_add_valid", "lab_enlist", "kthread", "ret_from_fork"),
		   FRAMES("__list_add_valid_or_report", "lab_enlist", "kthread", "ret_from_fork",
			  "ret_from_fork_asm"),
		   true);
	check_same(FRAMES("kfree", "lab_free", "lab_close"), FRAMES("kfree", "lab_open"), false);
	/* where nothing else is, they are all there is to go by */
	check_same(FRAMES("kfree", "kthread"), FRAMES("kmalloc", "kthread"), false);
}
END_TEST

static void check_sent(const char *one, const char *other, bool same)
{
	const char *const addresses[] = {one, other};
	struct signature found[2];

	for (size_t i = 0; i < 2; i++) {
		_json_ json_t *crash =
			crash_of("page_fault", FRAMES("call_timer_fn", "run_timers"));

		json_object_set_new(crash, "rip",
				    json_pack("{s:s, s:n}", "address", addresses[i], "symbol"));
		signature_of(&(struct signature_facts){.crash = crash}, &found[i]);
		json_decref(found[i].fuzzy);
	}
	ck_assert_msg(!strcmp(found[0].exact, found[1].exact) == same, "%s and %s", one, other);
}

/* By whom they were called is the same for all timers. */
START_TEST(what_is_no_function_tells_bad_pointers_apart)
{
	check_sent("0xffffffffc0604354", "0xffff8881046d9c00", false);
	check_sent("0xffffffffc0604354", "0xffffffffa0345678", true);
	check_sent("0xffff8881046d9c00", "0x4141414141414141", true);
	check_sent("0xffffffffffffffff", "0x0000000000000000", true);
	check_sent("0xffffffffc060435400000000", "nonsense", true);
}
END_TEST

static void check_device(const char *one, const char *other, bool same)
{
	const char *const devices[] = {one, other};
	_json_ json_t *crash = crash_of("sysrq", FRAMES("sysrq_handle_crash"));
	_json_ json_t *tasks =
		json_loads("{\"blocked\":[{\"tasks\":[{\"pid\":7}],\"backtrace\":[{\"symbol\":"
			   "\"blkdev_read_iter\",\"found_by\":\"orc\"}]}]}",
			   0, NULL);
	struct signature found[2];

	for (size_t i = 0; i < 2; i++) {
		_json_ json_t *waits =
			json_pack("{s:[{s:{s:i}, s:b}], s:{s:[{s:s}]}}", "roots", "task", "pid", 7,
				  "io", 1, "io", "devices", "device", devices[i]);

		signature_of(&(struct signature_facts){crash, waits, tasks, "hang"}, &found[i]);
		ck_assert_uint_eq(strlen(found[i].exact), 16);
		json_decref(found[i].fuzzy);
	}
	ck_assert_msg(!strcmp(found[0].exact, found[1].exact) == same, "%s and %s", one, other);
}

START_TEST(hangs_for_io_are_told_apart_by_the_sort_of_device)
{
	check_device("sda", "sdbc1", true);
	check_device("nvme0n1", "nvme12n3", true);
	check_device("sda", "nvme0n1", false);
	check_device("vda", "sda", false);
	check_device("sdcard_reader", "sda", false);
	check_device("", "0:1", true);
}
END_TEST

START_TEST(another_place_is_another_crash)
{
	_json_ json_t *x = crash_of("bug", FRAMES("f")), *y = crash_of("warn", FRAMES("f"));
	struct signature s, t;

	check_same(FRAMES("f", "g"), FRAMES("g", "f"), false);
	check_same(FRAMES("f", "g"), FRAMES("f"), false);
	check_same(FRAMES("fg"), FRAMES("f", "g"), false);
	signature_of(&(struct signature_facts){.crash = x, .cause = "assertion"}, &s);
	signature_of(&(struct signature_facts){.crash = y, .cause = "assertion"}, &t);
	ck_assert_str_ne(s.exact, t.exact);
	json_decref(s.fuzzy);
	json_decref(t.fuzzy);
}
END_TEST

START_TEST(fuzzy_titles_name_kind_cause_and_function)
{
	_json_ json_t *crash = crash_of("page_fault", FRAMES("die", "f", "g", "h"));
	struct signature s;

	signature_of(&(struct signature_facts){.crash = crash, .cause = "wild_pointer"}, &s);
	_free_ char *text = json_dumps(s.fuzzy, JSON_COMPACT);
	ck_assert_str_eq(text, "[\"page_fault in f\",\"wild_pointer in f\",\"page_fault in g\","
			       "\"wild_pointer in g\"]");
	json_decref(s.fuzzy);
}
END_TEST

/* A log's crash begins at the fault; a dump's at what the CPU did about it. */
START_TEST(a_dump_and_its_log_are_the_same)
{
	static const struct {
		const char *dump, *log;
	} crashes[] = {
		{"{\"kind\": \"soft_lockup\", \"rip\": {\"symbol\": \"spin.cold\"}, \"backtrace\": "
		 "["
		 "{\"symbol\": \"delay_tsc\", \"found_by\": \"registers\"},"
		 "{\"symbol\": \"panic\", \"found_by\": \"orc\"},"
		 "{\"symbol\": \"hrtimer_interrupt\", \"found_by\": \"orc\"},"
		 "{\"symbol\": \"spin\", \"found_by\": \"orc\"},"
		 "{\"symbol\": \"f\", \"found_by\": \"orc\"}]}",
		 "{\"kind\": \"soft_lockup\", \"rip\": {\"symbol\": \"spin\"}, \"backtrace\": ["
		 "{\"symbol\": \"spin\", \"found_by\": \"log\"},"
		 "{\"symbol\": \"f\", \"found_by\": \"log\"}]}"},
		/* jumped to where no code is: the caller was only found by looking through the stack */
		{"{\"kind\": \"page_fault\", \"culprit\": {\"symbol\": \"g\"}, \"backtrace\": ["
		 "{\"symbol\": \"delay_tsc\", \"found_by\": \"registers\"},"
		 "{\"symbol\": \"page_fault_oops\", \"found_by\": \"orc\"},"
		 "{\"symbol\": \"g\", \"found_by\": \"scan\"},"
		 "{\"symbol\": \"stray\", \"found_by\": \"scan\"}]}",
		 "{\"kind\": \"page_fault\", \"culprit\": {\"symbol\": \"g\"}, \"backtrace\": ["
		 "{\"symbol\": \"g\", \"found_by\": \"log\"}]}"},
		/* neither is known: what panic() does is no part of it */
		{"{\"kind\": \"panic\", \"backtrace\": ["
		 "{\"symbol\": \"delay_tsc\", \"found_by\": \"registers\"},"
		 "{\"symbol\": \"panic\", \"found_by\": \"orc\"},"
		 "{\"symbol\": \"g\", \"found_by\": \"orc\"}]}",
		 "{\"kind\": \"panic\", \"backtrace\": ["
		 "{\"symbol\": \"g\", \"found_by\": \"log\"}]}"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		_json_ json_t *dump = json_loads(crashes[i].dump, 0, NULL);
		_json_ json_t *log = json_loads(crashes[i].log, 0, NULL);
		struct signature s, t;

		signature_of(&(struct signature_facts){.crash = dump}, &s);
		signature_of(&(struct signature_facts){.crash = log}, &t);
		ck_assert_uint_eq(strlen(s.exact), 16);
		ck_assert_msg(!strcmp(s.exact, t.exact), "crash %zu", i);
		json_decref(s.fuzzy);
		json_decref(t.fuzzy);
	}
}
END_TEST

#define SLEEPER(pid, lock, function)                                                               \
	"{\"tasks\": [{\"pid\": " #pid "}], \"backtrace\": ["                                      \
	"{\"symbol\": \"__schedule\", \"found_by\": \"registers\"},"                               \
	"{\"symbol\": \"" lock "\", \"found_by\": \"orc\"},"                                       \
	"{\"symbol\": \"" function "\", \"found_by\": \"orc\"}]}"

/* Facts as JSON; fuzzy as text, or NULL. Returns the exact one. */
static const char *hang(const char *crash_text, const char *waits_text, const char *tasks_text,
			const char *cause, const char *fuzzy)
{
	static char exact[4][17];
	static unsigned at;
	_json_ json_t *crash = json_loads(crash_text, 0, NULL);
	_json_ json_t *waits = json_loads(waits_text, 0, NULL);
	_json_ json_t *tasks = json_loads(tasks_text, 0, NULL);
	struct signature s;

	ck_assert(crash && waits && tasks);
	signature_of(&(struct signature_facts){crash, waits, tasks, cause}, &s);
	_free_ char *text = json_dumps(s.fuzzy, JSON_COMPACT);
	if (fuzzy)
		ck_assert_str_eq(text, fuzzy);
	json_decref(s.fuzzy);
	at = (at + 1) % 4;
	return strcpy(exact[at], s.exact);
}

START_TEST(a_hang_is_known_by_who_holds_up_the_others)
{
	static const char *const noticed = "{\"kind\": \"hung_task\", \"backtrace\": ["
					   "{\"symbol\": \"watchdog\", \"found_by\": \"orc\"},"
					   "{\"symbol\": \"kthread\", \"found_by\": \"orc\"}]}";
	static const char *const asked = "{\"kind\": \"sysrq\", \"backtrace\": ["
					 "{\"symbol\": \"vfs_write\", \"found_by\": \"orc\"}]}";
	static const char *const root = "{\"roots\": [{\"task\": {\"pid\": 7}}]}";
	static const char *const cycle = "{\"cycles\": [[7, 8]]}", *const round =
									   "{\"cycles\": [[8, 7]]}";
	static const char *const tasks = "{\"blocked\": [" SLEEPER(
		7, "__mutex_lock", "a") ", " SLEEPER(8, "__mutex_lock", "b") "]}";
	static const char *const others = "{\"blocked\": [" SLEEPER(
		7, "__mutex_lock", "a") ", " SLEEPER(8, "__mutex_lock", "c") "]}";

	/* by whatever it was noticed, and never by who noticed */
	ck_assert_str_eq(hang(noticed, root, tasks, "hang", "[\"hung_task in a\",\"hang in a\"]"),
			 hang(asked, root, tasks, "hang", NULL));
	/* who died with what they wait for is another crash than who did not give it back */
	ck_assert_str_ne(hang(noticed, root, tasks, "null_dereference", NULL),
			 hang(noticed, root, tasks, "hang", NULL));
	ck_assert_str_eq(hang(noticed, "{}", "{}", "hang", "[]"), "");
	ck_assert_str_eq(hang(asked, "{}", "{}", "hang", "[]"), "");
	ck_assert_str_eq(hang(asked, root, tasks, "requested", "[]"), "");
	ck_assert_str_eq(
		hang(noticed, "{\"roots\": [{\"task\": {\"pid\": 99}}]}", tasks, "hang", "[]"), "");
	ck_assert_str_eq(hang(noticed, root, "{\"blocked\": [{\"tasks\": 5}, null]}", "hang", "[]"),
			 "");
	/* as the log has it, whose stack is that of the task that hangs */
	ck_assert_str_eq(hang("{\"kind\": \"hung_task\", \"backtrace\": ["
			      "{\"symbol\": \"schedule\", \"found_by\": \"log\"},"
			      "{\"symbol\": \"__mutex_lock\", \"found_by\": \"log\"},"
			      "{\"symbol\": \"a\", \"found_by\": \"log\"}]}",
			      "{}", "{}", "hang", NULL),
			 hang(noticed, root, tasks, "hang", NULL));
	/* a cycle has no first one */
	ck_assert_str_eq(
		hang(asked, cycle, tasks, "deadlock", "[\"deadlock in a\",\"deadlock in b\"]"),
		hang(noticed, round, tasks, "deadlock", NULL));
	ck_assert_str_ne(hang(asked, cycle, tasks, "deadlock", NULL),
			 hang(asked, cycle, others, "deadlock", NULL));
}
END_TEST

/* Of a cycle that is too long, the first; a list that never ends is none. */
START_TEST(a_long_cycle_is_cut)
{
	_str_ struct str cycle = {0}, tasks = {0};

	for (int i = 1; i <= 500; i++) {
		str_printf(&cycle, "%s%d", i > 1 ? ", " : "{\"cycles\": [[", i);
		str_printf(&tasks,
			   "%s{\"tasks\": [{\"pid\": %d}], \"backtrace\": [{\"symbol\": \"f%d\", "
			   "\"found_by\": \"orc\"}]}",
			   i > 1 ? ", " : "{\"blocked\": [", i, i);
	}
	str_puts(&cycle, "]]}");
	str_puts(&tasks, "]}");
	ck_assert_str_eq(
		hang("{\"kind\": \"hung_task\"}", cycle.data, tasks.data, "deadlock",
		     "[\"deadlock in f1\",\"deadlock in f2\",\"deadlock in f3\",\"deadlock in f4\","
		     "\"deadlock in f5\",\"deadlock in f6\",\"deadlock in f7\",\"deadlock in "
		     "f8\"]"),
		hang("{\"kind\": \"sysrq\"}", cycle.data, tasks.data, "deadlock", NULL));
}
END_TEST

START_TEST(chance_is_no_signature)
{
	static const char *const kinds[] = {"machine_check", "nmi", "sysrq", "out_of_memory"};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_json_ json_t *crash = crash_of(kinds[i], FRAMES("f", "g"));
		struct signature s;

		signature_of(&(struct signature_facts){.crash = crash, .cause = "requested"}, &s);
		ck_assert_str_eq(s.exact, "");
		json_decref(s.fuzzy);
	}
	_json_ json_t *idle = crash_of("rcu_stall", FRAMES("default_idle", "do_idle"));
	_json_ json_t *busy = crash_of("rcu_stall", FRAMES("f", "g"));
	struct signature s, t;

	signature_of(&(struct signature_facts){.crash = idle}, &s);
	signature_of(&(struct signature_facts){.crash = busy}, &t);
	ck_assert_str_eq(s.exact, "");
	ck_assert_uint_eq(strlen(t.exact), 16);
	json_decref(s.fuzzy);
	json_decref(t.fuzzy);
}
END_TEST

START_TEST(nothing_to_group_by)
{
	static const char *const crashes[] = {
		"null",
		"{}",
		"{\"kind\": 5}",
		"{\"kind\": \"bug\"}",
		"{\"kind\": \"bug\", \"backtrace\": {\"symbol\": \"f\"}}",
		"{\"kind\": \"bug\", \"backtrace\": [1, null, {\"symbol\": 7}, {\"symbol\": "
		"\"f\"}]}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(crashes); i++) {
		_json_ json_t *crash = json_loads(crashes[i], JSON_DECODE_ANY, NULL);
		struct signature s;

		ck_assert_ptr_nonnull(crash);
		signature_of(&(struct signature_facts){.crash = crash, .cause = NULL}, &s);
		ck_assert_msg(!s.exact[0], "%s", crashes[i]);
		ck_assert_uint_eq(json_array_size(s.fuzzy), 0);
		json_decref(s.fuzzy);
	}
}
END_TEST

START_TEST(overlong_names_are_cut)
{
	char name[1000];
	struct signature s;

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = '\0';
	_json_ json_t *crash = crash_of("bug", FRAMES(name));
	signature_of(&(struct signature_facts){.crash = crash, .cause = "assertion"}, &s);
	ck_assert_uint_eq(strlen(s.exact), 16);
	ck_assert_uint_lt(strlen(json_string_value(json_array_get(s.fuzzy, 0))), 200);
	json_decref(s.fuzzy);
}
END_TEST

UNIT_MAIN("signature", another_build_is_the_same, machinery_and_guesses_do_not_count,
	  helpers_and_entries_do_not_count, what_is_no_function_tells_bad_pointers_apart,
	  hangs_for_io_are_told_apart_by_the_sort_of_device, another_place_is_another_crash,
	  fuzzy_titles_name_kind_cause_and_function, nothing_to_group_by,
	  a_dump_and_its_log_are_the_same, a_hang_is_known_by_who_holds_up_the_others,
	  a_long_cycle_is_cut, chance_is_no_signature, overlong_names_are_cut)
