/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What makes two crashes one: their kind and the functions that are not the same in all of it. A log and
 * a dump of one crash have to tell the same: so what the CPU did after the fault does not count, nor the
 * stack of a task that only noticed that others hang.
 */
#include "rules/signature.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/str.h"
#include "crash/culprit.h"
#include "crash/panic_path.h"
#include "kernel/symbols/symbol_name.h"
#include "locks/task_doing.h"

#define FRAMES 6
#define CYCLE_MAX 8 /* tasks; of a longer one the first */
#define NOWHERE SIZE_MAX
#define MODULE_AREA 0xffffffffa0000000
#define MODULE_AREA_END 0xffffffffff000000

static bool is_reliable(const json_t *frame)
{
	const char *found_by = json_string_at(frame, "found_by");

	return found_by && strcmp(found_by, "scan") != 0;
}

/* The functions that count, innermost first. */
struct functions {
	char names[FRAMES][128];
	size_t count;
	size_t named_by; /* the first that says more than that it waits for a lock */
};

/* A frame's function without a compiler's suffix, "" when not known. */
static void name_of(const json_t *frame, char name[128])
{
	const char *symbol = json_string_at(frame, "symbol");

	copy_string(name, 128, symbol ? symbol : "");
	symbol_name_strip_suffix(name);
}

/* The innermost frame of a function; NOWHERE for none. */
static size_t frame_of(const json_t *backtrace, const char *symbol)
{
	char wanted[128], name[128];
	size_t i;
	json_t *frame;

	if (!symbol)
		return NOWHERE;
	copy_string(wanted, sizeof(wanted), symbol);
	symbol_name_strip_suffix(wanted);
	json_array_foreach (backtrace, i, frame) {
		name_of(frame, name);
		if (!strcmp(name, wanted))
			return i;
	}
	return NOWHERE;
}

/* Behind panic() and what it calls, where that is on the stack. */
static size_t behind_panic(const json_t *backtrace)
{
	size_t i, start = 0;
	char name[128];
	json_t *frame;

	json_array_foreach (backtrace, i, frame) {
		name_of(frame, name);
		if (is_reliable(frame) && panic_path_roles(name) & PANIC_PATH_PANIC)
			start = i + 1;
	}
	return start;
}

static void collect_from(const json_t *backtrace, size_t start, bool known, bool helpers,
			 struct functions *ret)
{
	size_t i;
	json_t *frame;
	char name[128];

	ret->count = ret->named_by = 0;
	json_array_foreach (backtrace, i, frame) {
		if (i < start || !(is_reliable(frame) || (known && i == start)))
			continue;
		name_of(frame, name);
		if (*name && !(panic_path_roles(name) & PANIC_PATH_COMMON) &&
		    (helpers || !culprit_is_helper(name)) && ret->count < FRAMES)
			copy_string(ret->names[ret->count++], sizeof(name), name);
	}
}

/*
 * Those from frame start on; that one counts even where it was guessed, if it is known otherwise. Without those that
 * act for whoever called them, and those by which the kernel is entered: another release calls them otherwise.
 */
static void collect(const json_t *backtrace, size_t start, bool known, struct functions *ret)
{
	collect_from(backtrace, start, known, false, ret);
	if (!ret->count)
		collect_from(backtrace, start, known, true, ret);
}

/* Of the task that crashed: from the place of the fault on, or from who called what is no code. */
static void of_crash(const json_t *crash, struct functions *ret)
{
	const json_t *backtrace = json_object_get(crash, "backtrace");
	size_t start = frame_of(backtrace, json_string_at(crash, "rip.symbol"));

	if (start == NOWHERE)
		start = frame_of(backtrace, json_string_at(crash, "culprit.symbol"));
	collect(backtrace, start == NOWHERE ? behind_panic(backtrace) : start, start != NOWHERE,
		ret);
}

static bool is_wait(const char *function)
{
	static const char *const waits[] = {
#define WAIT(function, ...) function,
#define REFINES(function, ...) function,
#include "kernel/locking/sleep_functions.def"
#undef REFINES
#undef WAIT
	};

	for (size_t i = 0; i < ARRAY_SIZE(waits); i++)
		if (!strcmp(function, waits[i]))
			return true;
	return false;
}

/* Of a task that sleeps. */
static void of_sleeper(const json_t *backtrace, struct functions *ret)
{
	size_t i, start = 0;
	char name[128];
	json_t *frame;

	json_array_foreach (backtrace, i, frame) {
		name_of(frame, name);
		if (i == start && task_doing_is_scheduler(name))
			start = i + 1;
	}
	collect(backtrace, start, false, ret);
	while (ret->named_by + 1 < ret->count && is_wait(ret->names[ret->named_by]))
		ret->named_by++;
}

/* --- tasks that hang, and one that noticed ---------------------------------------------------- */

static bool has_task(const json_t *tasks, json_int_t pid)
{
	size_t i;
	json_t *task;

	json_array_foreach (tasks, i, task) {
		if (json_integer_at(task, "pid") == pid)
			return true;
	}
	return false;
}

/* A blocked task's functions; none when its stack is not known. */
static void of_pid(const json_t *tasks, json_int_t pid, struct functions *ret)
{
	const json_t *blocked = json_at(tasks, "blocked");
	size_t i;
	json_t *group;

	ret->count = ret->named_by = 0;
	json_array_foreach (blocked, i, group) {
		if (pid && has_task(json_at(group, "tasks"), pid)) {
			of_sleeper(json_at(group, "backtrace"), ret);
			return;
		}
	}
}

/* Who holds up the others; where that is not known, who waits longest. */
static void of_hang(const struct signature_facts *facts, struct functions *ret)
{
	const json_t *root = json_array_get(json_at(facts->waits, "roots"), 0);

	of_pid(facts->tasks, json_integer_at(root, "task.pid"), ret);
	if (!ret->count)
		of_pid(facts->tasks, json_integer_at(facts->waits, "longest.task.pid"), ret);
}

static int compare_functions(const void *a, const void *b)
{
	const struct functions *x = a, *y = b;
	int order = 0;

	for (size_t i = 0; !order && i < x->count && i < y->count; i++)
		order = strcmp(x->names[i], y->names[i]);
	return order ? order : (x->count > y->count) - (x->count < y->count);
}

/* Where each stands that waits for the next, whichever was found first. Returns their number. */
static size_t of_cycle(const struct signature_facts *facts, struct functions list[CYCLE_MAX])
{
	const json_t *cycle = json_array_get(json_at(facts->waits, "cycles"), 0);
	size_t i, count = 0;
	json_t *pid;

	json_array_foreach (cycle, i, pid) {
		if (count < CYCLE_MAX)
			of_pid(facts->tasks, json_integer_value(pid), &list[count]);
		if (count < CYCLE_MAX && list[count].count)
			count++;
	}
	qsort(list, count, sizeof(*list), compare_functions);
	return count;
}

/* --- what it is known by ---------------------------------------------------------------------- */

/* A crash's word and functions; several lists for a cycle. */
struct identity_words {
	const char *kind;
	/* What the pointer led to, or which sort of device was waited for; "": nothing that counts. */
	char target[48];
	struct functions lists[CYCLE_MAX];
	size_t count;
};

/* The stack is khungtaskd's, not that of the task that hangs. */
static bool is_noticed(const json_t *backtrace)
{
	return frame_of(backtrace, "watchdog") != NOWHERE ||
	       frame_of(backtrace, "check_hung_uninterruptible_tasks") != NOWHERE;
}

/* What the tasks hang by, where that is more than that they do: he who holds them up died of it. */
static const char *hang_kind(const char *cause)
{
	static const char *const plain[] = {"deadlock", "lockup",    "hang", "hardware",
					    "firmware", "requested", "none", "unknown"};

	for (size_t i = 0; cause && i < ARRAY_SIZE(plain); i++)
		if (!strcmp(cause, plain[i]))
			return "hung_task";
	return cause ? cause : "hung_task";
}

/* "nvme" of nvme0n1, "sd" of sda: where disks are counted in letters is known, elsewhere a digit begins the number. */
static size_t sort_length(const char *device)
{
	static const char *const lettered[] = {"sd", "vd", "xvd", "hd", "dasd"};

	for (size_t i = 0; i < ARRAY_SIZE(lettered); i++)
		if (has_prefix(device, lettered[i]) &&
		    strcspn(device, "0123456789-_:") <= strlen(lettered[i]) + 3)
			return strlen(lettered[i]);
	return strcspn(device, "0123456789");
}

/* All that wait for I/O stand in the same functions, whichever device does not answer. */
static void put_device(const json_t *waits, char *target, size_t size)
{
	const json_t *root = json_array_get(json_at(waits, "roots"), 0);
	const char *device =
		json_string_at(json_array_get(json_at(waits, "io.devices"), 0), "device");

	if (json_is_true(json_at(root, "io")) && device)
		snprintf(target, size, "(device %.*s)", (int)MIN(sort_length(device), 32u), device);
}

/* Who watched, or was asked, crashed: the others are what it is about. */
static void put_hang(const struct signature_facts *facts, struct identity_words *words)
{
	const json_t *backtrace = json_object_get(facts->crash, "backtrace");

	words->count = of_cycle(facts, words->lists);
	words->kind = words->count ? "deadlock" : hang_kind(facts->cause);
	if (words->count)
		return;
	of_hang(facts, &words->lists[0]);
	if (!words->lists[0].count && !strcmp(json_string_at(facts->crash, "kind"), "hung_task") &&
	    !is_noticed(backtrace))
		of_sleeper(backtrace, &words->lists[0]);
	words->count = words->lists[0].count > 0;
	put_device(facts->waits, words->target, sizeof(words->target));
}

/*
 * An idle CPU tells nothing of what it noticed, and who was asked to crash nothing of why; what a CPU did
 * that an error came upon is chance, and so is who asks for the last page.
 */
static bool is_chance(const char *kind, const json_t *crash)
{
	const json_t *backtrace = json_object_get(crash, "backtrace");

	return !strcmp(kind, "machine_check") || !strcmp(kind, "nmi") || !strcmp(kind, "sysrq") ||
	       !strcmp(kind, "out_of_memory") ||
	       (!strcmp(kind, "rcu_stall") &&
		(frame_of(backtrace, "cpu_startup_entry") != NOWHERE ||
		 frame_of(backtrace, "do_idle") != NOWHERE));
}

/*
 * Whoever calls by pointers (timers, work items) stands on the stack of all that were bad: one that a module which is
 * gone left behind is another bug than one that was overwritten. An address tells, in a log as in a dump: modules lie
 * there on x86-64, wherever KASLR puts the rest. A program's pointer that was not copied is another bug than one that
 * was overwritten, too.
 */
static const char *target_of(const json_t *crash)
{
	const char *address = json_string_at(crash, "rip.address");
	const char *class = json_string_at(crash, "fault.class");
	uint64_t value = address ? strtoull(address, NULL, 16) : 0;

	if (!json_string_at(crash, "rip.symbol"))
		return value >= MODULE_AREA && value < MODULE_AREA_END ? "(where modules lie)" : "";
	return class && !strcmp(class, "user") ? "(user space)" : "";
}

static void choose(const struct signature_facts *facts, struct identity_words *words)
{
	const char *kind = json_string_at(facts->crash, "kind");
	bool asked = !strcmp(kind, "sysrq");

	words->kind = kind;
	words->target[0] = '\0';
	words->count = 0;
	if (!strcmp(kind, "hung_task") ||
	    (asked && facts->cause && strcmp(facts->cause, "requested") != 0)) {
		put_hang(facts, words);
	} else if (!is_chance(kind, facts->crash)) {
		of_crash(facts->crash, &words->lists[0]);
		copy_string(words->target, sizeof(words->target), target_of(facts->crash));
		words->count = words->lists[0].count > 0;
	}
}

static void put_parts(const struct identity_words *words, struct str *out)
{
	str_puts(out, words->count ? words->kind : "");
	if (words->count && words->target[0])
		str_printf(out, "\n%s", words->target);
	for (size_t i = 0; i < words->count; i++) {
		str_puts(out, i ? "\n" : "");
		for (size_t j = 0; j < words->lists[i].count; j++)
			str_printf(out, "\n%s", words->lists[i].names[j]);
	}
}

static void put_exact(const struct identity_words *words, char exact[17])
{
	_str_ struct str text = {0};

	put_parts(words, &text);
	if (words->count && !text.failed)
		snprintf(exact, 17, "%016" PRIx64, hash_bytes(text.data, text.length));
}

static void put_titles(const struct identity_words *words, const char *cause, const char *function,
		       json_t *fuzzy)
{
	json_array_append_new(fuzzy, json_sprintf("%s in %s", words->kind, function));
	if (cause && strcmp(cause, words->kind) != 0)
		json_array_append_new(fuzzy, json_sprintf("%s in %s", cause, function));
}

void signature_of(const struct signature_facts *facts, struct signature *ret)
{
	struct identity_words words;

	*ret = (struct signature){.fuzzy = json_array()};
	if (!json_string_at(facts->crash, "kind"))
		return;
	choose(facts, &words);
	put_exact(&words, ret->exact);
	/* The first function, and its caller: inlining may hide either in another build. */
	for (size_t i = 0; i < words.count; i++) {
		const struct functions *list = &words.lists[i];
		size_t end = MIN(list->count, list->named_by + (words.count > 1 ? 1 : 2));

		for (size_t j = list->named_by; j < end; j++)
			put_titles(&words, facts->cause, list->names[j], ret->fuzzy);
	}
}

void signature_put_parts(const struct signature_facts *facts, struct str *out)
{
	struct identity_words words;

	if (!json_string_at(facts->crash, "kind"))
		return;
	choose(facts, &words);
	put_parts(&words, out);
}
