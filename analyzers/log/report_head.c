/* SPDX-License-Identifier: GPL-2.0-or-later */
/* First lines of reports: which kind it is, and what the line itself says. */
#include "log/report_head.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/words.h"
#include "log/report_stall.h"
#include "log/report_task_line.h"

static const struct {
	enum report_kind kind;
	enum head_how how;
} heads_of[] = {
#define HEAD(kind, how, words) {REPORT_##kind, HEAD_##how},
#include "log/report_heads.def"
#undef HEAD
};

static const char *const head_words[] = {
#define HEAD(kind, how, words) words,
#include "log/report_heads.def"
#undef HEAD
};
_Static_assert(ARRAY_SIZE(head_words) <= WORDS_MAX, "report_heads.def is too long");

const char *const *report_head_words(size_t *count)
{
	*count = ARRAY_SIZE(head_words);
	return head_words;
}

struct err *report_heads_new(struct words **ret)
{
	return words_new(head_words, ARRAY_SIZE(head_words), ret);
}

/* Who speaks, which kernels since 4.x put before many a message. */
static const char *skip_speaker(const char *line)
{
	static const char *const speakers[] = {"watchdog: ", "NMI watchdog: ", "traps: ", "rcu: ",
					       "INFO: ",     "mce: ",	       "NMI: ",	  "<0>",
					       "[cut here] "};

	for (size_t i = 0; i < ARRAY_SIZE(speakers); i++)
		if (has_prefix(line, speakers[i]))
			return skip_speaker(line + strlen(speakers[i]));
	return line;
}

/* "Oops: 0002 [#1]"; but programs say "Oops: …" too. */
static bool is_numbered(const char *start)
{
	return !has_prefix(start, "Oops: ") || strstr(start, " [#");
}

/* "memory: usage 1048576kB, limit 1048576kB, failcnt 141"; programs say "memory: usage …" too. */
static bool is_limit(const char *start)
{
	return !has_prefix(start, "memory: usage ") || strstr(start, "kB, failcnt ");
}

static bool is_fault(enum report_kind kind)
{
	return kind == REPORT_NULL_DEREFERENCE || kind == REPORT_PAGE_FAULT;
}

/* In the midst of somebody's sentence: "… fixes a crash due to Unable to handle kernel paging request". */
static bool is_mention(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	while (at && at > text && at[-1] != ' ') /* "U" of "nable" */
		at--;
	for (const char *phrase = "unable to handle ";
	     at && at - text >= 17 && !strncmp(at - 17, phrase, 17);)
		at -= 17;
	while (at && at > text && at[-1] == ' ')
		at--;
	return at && at > text && (islower((unsigned char)at[-1]) || at[-1] == ',');
}

bool report_head_find(const struct words *heads, const struct log_line *line,
		      enum report_kind *kind, enum head_how *how)
{
	const char *text = line->text + strspn(line->text, " \t");
	struct word_set set;

	if (!words_find(heads, line->text, strlen(line->text), &set))
		return false;
	const char *start = skip_speaker(text);

	for (size_t i = word_set_next(&set, 0); i < ARRAY_SIZE(heads_of);
	     i = word_set_next(&set, i + 1)) {
		if (heads_of[i].how != HEAD_HOLDS && heads_of[i].how != HEAD_GOES_ON &&
		    !has_prefix(start, head_words[i]) && !has_prefix(text, head_words[i]))
			continue;
		if (is_fault(heads_of[i].kind) && is_mention(text, head_words[i]))
			continue;
		if (heads_of[i].kind == REPORT_TRAP && !is_numbered(start))
			continue;
		if (heads_of[i].kind == REPORT_OUT_OF_MEMORY && !is_limit(start))
			continue;
		*kind = heads_of[i].kind;
		*how = heads_of[i].how;
		return true;
	}
	return false;
}

/* --- pieces ----------------------------------------------------------------------------------- */

static bool number_after(const char *line, const char *words, uint64_t *ret)
{
	const char *at = strstr(line, words);

	if (!at)
		return false;
	at += strlen(words);
	return parse_dec_start(at, ret);
}

static void take_cpu(const char *line, const char *words, struct report *report)
{
	uint64_t cpu;

	if (number_after(line, words, &cpu) && cpu < 65536)
		report->cpu = (int)cpu;
}

/* "name:123" or "name/123", which ends before end. */
static void take_task(const char *start, const char *end, struct report *report)
{
	report_task_name_read(start, end, report->comm, sizeof(report->comm), &report->pid);
}

static void take_seconds(const char *line, const char *words, struct report *report)
{
	uint64_t seconds;

	if (number_after(line, words, &seconds))
		report->seconds = (double)seconds;
}

/* "F:L!", "F:L f+0x1/0x2": a file of the kernel's tree and the line in it. */
static void take_file(const char *at, struct report *report)
{
	size_t length = strcspn(at, " \t!");
	const char *colon = memrchr(at, ':', length);
	uint64_t line;

	if (!colon || colon == at || !parse_dec_start(colon + 1, &line) || line > UINT32_MAX)
		return;
	size_t size = MIN((size_t)(colon - at), sizeof(report->file) - 1);
	memcpy(report->file, at, size);
	report->file[size] = '\0';
	report->line = (unsigned)line;
}

static void take_address(const char *line, struct report *report)
{
	static const char *const words[] = {"virtual address ", "non-canonical address 0x",
					    "for address 0x",	"address: 0x",
					    "address: ",	"paging request at ",
					    "dereference at ",	"data at address 0x"};

	if (strstr(line, "(null)")) {
		report->has_address = true;
		report->address = 0;
		return;
	}
	for (size_t i = 0; i < ARRAY_SIZE(words) && !report->has_address; i++) {
		const char *at = strstr(line, words[i]);

		if (!at)
			continue;
		at += strlen(words[i]);
		at += strspn(at, " ");
		at += at[0] == '0' && at[1] == 'x' ? 2 : 0;
		report->has_address = parse_hex_start(at, &report->address);
	}
}

/* "in f+0x1/0x2 [mod]", "at f+…": the function a message names. */
static void take_place(const char *line, const char *words, struct report *report)
{
	const char *at = strstr(line, words);

	if (at && !report->rip.symbol[0])
		report_place_read(at + strlen(words), &report->rip);
}

/* --- by kind ---------------------------------------------------------------------------------- */

/* "BUG: soft lockup - CPU#3 stuck for 23s! [exe:31311]" */
static void read_soft_lockup(const char *line, struct report *report)
{
	const char *stuck = strstr(line, "stuck for "), *open = stuck ? strchr(stuck, '[') : NULL;
	const char *close = open ? strrchr(open, ']') : NULL;

	take_cpu(line, "CPU#", report);
	take_seconds(line, "stuck for ", report);
	if (close)
		take_task(open + 1, close, report);
}

/* "hard LOCKUP on cpu 5", "CPU0: Watchdog detected hard LOCKUP on cpu 5", "LOCKUP on CPU 3" */
static void read_hard_lockup(const char *line, struct report *report)
{
	uint64_t by;

	take_cpu(line, "CPU ", report); /* "CPU 5 Hard LOCKUP", of powerpc */
	take_cpu(line, "LOCKUP on CPU", report);
	take_cpu(line, "LOCKUP on CPU ", report);
	take_cpu(line, "on cpu ", report);
	if (parse_dec_after(line, "CPU", &by) && strstr(line, ": Watchdog detected") &&
	    by < UINT16_MAX && (int)by != report->cpu)
		report->by_cpu = (int)by;
}

/* "INFO: task kworker/4:1:16648 blocked for more than 360 seconds." */
static void read_hung_task(const char *line, struct report *report)
{
	const char *start = strstr(line, "task "), *end = strstr(line, " blocked ");

	if (!end)
		end = strstr(line, " can't die ");
	take_seconds(line, "for more than ", report);
	if (start && end && start + 5 < end)
		take_task(start + 5, end, report);
}

/* "…, CPU#9: ip/359", at the line's end: since v6.19 */
static void read_warning_who(const char *line, struct report *report)
{
	const char *at = strstr(line, ", CPU#"), *task = at ? strstr(at, ": ") : NULL;

	if (!task)
		return;
	take_cpu(at, ", CPU#", report);
	take_task(task + 2, task + strlen(task), report);
}

/* "WARNING: CPU: 1 PID: 5 at F:L f+0x1/0x2 [mod]", "WARNING: at F:L f+0x1/0x2() (Not tainted)" */
static void read_warning(const char *line, struct report *report)
{
	const char *at = strstr(line, " at ");
	uint64_t pid;

	take_cpu(line, "CPU: ", report);
	if (number_after(line, "PID: ", &pid) && pid <= 1u << 22)
		report->pid = (int32_t)pid;
	read_warning_who(line, report);
	if (!at)
		return;
	take_file(at + 4, report);
	at = strchr(at + 4, ' ');
	/* 6.19 and later name function and condition first: "WARNING: [cond] F:L at f+0x1/0x2". */
	if (!at || !report_place_read(at, &report->rip))
		report_place_read(strstr(line, " at ") + 4, &report->rip);
}

static void read_bug(const char *line, struct report *report)
{
	const char *at = strstr(line, "BUG at ");

	if (at)
		take_file(at + 7, report);
}

/* "BUG: KASAN: slab-out-of-bounds in f+0x1/0x2 [mod]", KFENCE's and KMSAN's alike */
static void read_sanitizer(const char *line, struct report *report)
{
	const char *addr = strstr(line, " at addr ");
	const char *wild = strstr(line, "wild-memory-access on address ");

	take_place(line, " in ", report);
	take_place(line, " at ", report);
	if ((addr || wild) && !report->has_address) /* before v4.10 */
		report->has_address =
			parse_hex_start(addr ? addr + 9 : wild + 30, &report->address);
}

/* "BUG: scheduling while atomic: swapper/0/0/0x00000100", "… at F:L" */
static void read_atomic(const char *line, struct report *report)
{
	const char *start = strstr(line, "atomic: "), *end = start ? strrchr(start, '/') : NULL;
	const char *file = strstr(line, "context at ");

	if (end)
		take_task(start + 8, end, report);
	if (file)
		take_file(file + 11, report);
}

static void read_oom(const char *line, struct report *report)
{
	const char *end = strstr(line, " invoked oom-killer");

	if (!end)
		return;
	size_t length = MIN((size_t)(end - line), sizeof(report->comm) - 1);
	memcpy(report->comm, line, length);
	report->comm[length] = '\0';
}

/* "CPU 19: Machine Check Exception: 4 Bank 5: be00000000800400" */
static void read_machine_check(const char *line, struct report *report)
{
	take_cpu(line, "CPU ", report);
	take_cpu(line, "CPU: ", report);
}

/* "Uhhuh. NMI received for unknown reason 3d on CPU 0." */
static void read_nmi(const char *line, struct report *report)
{
	take_cpu(line, " on CPU ", report);
}

/* "stack-protector: Kernel stack is corrupted in: f+0x1/0x2" (or an address, before 4.x) */
static void read_stack_protector(const char *line, struct report *report)
{
	take_place(line, "corrupted in: ", report);
}

static void read_backtrace(const char *line, struct report *report)
{
	const char *at = strstr(line, " at ");

	take_cpu(line, "for cpu ", report);
	take_cpu(line, "Task dump for CPU ", report);
	if (at && !strstr(line, "skipped"))
		report_place_read(at + 4, &report->rip);
}

/* "BUG: workqueue lockup - pool cpus=3 node=0 flags=0x0 nice=0 stuck for 30s!" */
static void read_workqueue(const char *line, struct report *report)
{
	take_cpu(line, "cpus=", report);
	take_seconds(line, "stuck for ", report);
}

/* "smp: csd: Detected non-responsive CSD lock (#1) on CPU#2, waiting 5000000000 ns for CPU#01 f…" */
static void read_csd(const char *line, struct report *report)
{
	uint64_t by, waited;

	take_cpu(line, "for CPU#", report);
	if (number_after(line, " on CPU#", &by) && by < 65536)
		report->by_cpu = (int)by;
	if (number_after(line, "waiting ", &waited))
		report->seconds = (double)waited / 1e9;
}

static void read_rcu_stall(const char *line, struct report *report)
{
	struct report_reader reader = {.report = report};

	take_cpu(line, "detected stall on CPU ", report);
	report_stall_take(&reader, line);
}

static const struct {
	enum report_kind kind;
	void (*read)(const char *line, struct report *report);
} readers[] = {
	{REPORT_SOFT_LOCKUP, read_soft_lockup},
	{REPORT_HARD_LOCKUP, read_hard_lockup},
	{REPORT_HUNG_TASK, read_hung_task},
	{REPORT_RCU_STALL, read_rcu_stall},
	{REPORT_WORKQUEUE_LOCKUP, read_workqueue},
	{REPORT_CSD_STALL, read_csd},
	{REPORT_WARN, read_warning},
	{REPORT_BUG, read_bug},
	{REPORT_KASAN, read_sanitizer},
	{REPORT_KFENCE, read_sanitizer},
	{REPORT_KMSAN, read_sanitizer},
	{REPORT_KCSAN, read_sanitizer},
	{REPORT_SLEEPING, read_atomic},
	{REPORT_SCHEDULING, read_atomic},
	{REPORT_OUT_OF_MEMORY, read_oom},
	{REPORT_MACHINE_CHECK, read_machine_check},
	{REPORT_NMI, read_nmi},
	{REPORT_STACK_PROTECTOR, read_stack_protector},
	{REPORT_BACKTRACE, read_backtrace},
	{REPORT_NULL_DEREFERENCE, take_address},
	{REPORT_PAGE_FAULT, take_address},
	{REPORT_GENERAL_PROTECTION, take_address},
	{REPORT_STACK_OVERFLOW, take_address},
};

void report_head_read(const char *line, struct report *ret)
{
	line += strspn(line, " \t");
	if (!ret->message[0])
		copy_string(ret->message, sizeof(ret->message), line);
	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (readers[i].kind == ret->kind)
			readers[i].read(line, ret);
}

void report_head_refine(struct report *report, enum report_kind kind, const char *line)
{
	if (report->kind == REPORT_TRAP || (kind == REPORT_BUG && report->kind != REPORT_BUG) ||
	    (kind == REPORT_WARN && report_kind_outcome(report->kind) < OUTCOME_OOPS &&
	     report->kind != REPORT_WARN))
		report->kind = kind;
	struct report second = {.kind = kind, .cpu = -1, .pid = -1};

	report_head_read(line, &second);
	if (!report->file[0] && second.file[0]) {
		copy_string(report->file, sizeof(report->file), second.file);
		report->line = second.line;
	}
	if (!report->has_address && second.has_address) {
		report->has_address = true;
		report->address = second.address;
	}
	if (report->cpu < 0)
		report->cpu = second.cpu;
	if (report->pid < 0) {
		report->pid = second.pid;
		copy_string(report->comm, sizeof(report->comm), second.comm);
	}
	if (!report->rip.symbol[0])
		report->rip = second.rip;
}
