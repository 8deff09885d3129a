/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reads what the OOM killer printed: who called for memory, what memory there was, who was running,
 * who was killed. A block begins with "invoked oom-killer" or, where a log has no more than that, with
 * the kill, and ends with the kill. Forms: mm/oom_kill.c and mm/memcontrol.c from 2.6.9 on.
 */
#include "log/oom.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/words.h"
#include "kernel/printk/log.h"
#include "log/log_mark.h"

#define QUIET_LINES 400	   /* so many lines that tell it nothing end a block */
#define QUIET_US 60000000u /* and so much time */
#define GROUP_LINES 40	   /* kills so near the last are of the same call: memory.oom.group */
#define LIMIT_MAX (UINT64_C(1) << 50) /* KiB; what is higher is no limit */

static const char *const constraints[] = {
	[OOM_UNKNOWN] = NULL,	 [OOM_NONE] = "none",		[OOM_MEMCG] = "memcg",
	[OOM_CPUSET] = "cpuset", [OOM_MEMPOLICY] = "mempolicy",
};
static const char *const ends[] = {
	[OOM_CUT_OFF] = NULL,
	[OOM_KILLED] = "killed",
	[OOM_NOBODY] = "nobody_to_kill",
	[OOM_PANIC] = "panic",
};

const char *oom_constraint_name(enum oom_constraint constraint)
{
	return constraints[constraint];
}

const char *oom_end_name(enum oom_end end)
{
	return ends[end];
}

struct reader {
	const struct log *log;
	struct ooms *ooms;
	bool open;
	struct oom oom;
	struct oom_memory_reader memory;
	struct oom_table table;
	bool own_cpuset;   /* the invoker's cpuset is not the machine's */
	bool by_memcg;	   /* its trace leads through the charge to a cgroup */
	size_t touched;	   /* the last line that told something */
	size_t asked_line; /* of "Manual OOM execution"; SIZE_MAX none */
	uint64_t boot_kb;  /* of RAM, as the last boot says; 0 unknown */
};

/* --- blocks ----------------------------------------------------------------------------------- */

static void count_victim(struct ooms *ooms, const char *comm)
{
	size_t i = 0;

	ooms->kills++;
	while (i < ooms->victim_count && strcmp(ooms->victims[i].comm, comm) != 0)
		i++;
	if (i == OOM_VICTIMS_MAX)
		return;
	if (i == ooms->victim_count) {
		copy_string(ooms->victims[i].comm, sizeof(ooms->victims[i].comm), comm);
		ooms->victim_count++;
	}
	ooms->victims[i].count++;
	for (; i && ooms->victims[i].count > ooms->victims[i - 1].count; i--) {
		struct oom_victims swap = ooms->victims[i];

		ooms->victims[i] = ooms->victims[i - 1];
		ooms->victims[i - 1] = swap;
	}
}

static struct err *finish(struct reader *reader)
{
	struct ooms *ooms = reader->ooms;
	struct oom *oom = &reader->oom;

	if (!reader->open)
		return NULL;
	reader->open = false;
	if (oom->constraint == OOM_UNKNOWN && reader->by_memcg)
		oom->constraint = OOM_MEMCG;
	oom_memory_finish(&reader->memory, oom->limit_kb, &oom->memory);
	if (oom->memory.total_kb == OOM_NO_SIZE && oom->constraint == OOM_NONE && reader->boot_kb)
		oom->memory.total_kb = reader->boot_kb;
	oom_table_finish(&reader->table, &oom->tasks);
	if (oom->end == OOM_KILLED)
		count_victim(ooms, oom->victim.comm);
	if (ooms->count >= OOMS_KEPT_MAX || !array_grow(ooms->list, ooms->count)) {
		bool full = ooms->count >= OOMS_KEPT_MAX;

		ooms->left_out++;
		oom_tasks_deinit(&oom->tasks);
		return full ? NULL : &err_nomem;
	}
	ooms->list[ooms->count++] = *oom;
	return NULL;
}

static struct err *begin(struct reader *reader, size_t line)
{
	TRY(finish(reader));
	reader->open = true;
	reader->oom = (struct oom){.line = line,
				   .kill_line = line,
				   .invoker.pid = -1,
				   .victim.pid = -1,
				   .chosen.pid = -1,
				   .order = OOM_NO_ORDER,
				   .total_vm_kb = OOM_NO_SIZE,
				   .anon_rss_kb = OOM_NO_SIZE,
				   .file_rss_kb = OOM_NO_SIZE,
				   .shmem_rss_kb = OOM_NO_SIZE,
				   .limit_kb = OOM_NO_SIZE,
				   .usage_kb = OOM_NO_SIZE};
	reader->memory = (struct oom_memory_reader){0};
	reader->table = (struct oom_table){0};
	reader->own_cpuset = reader->by_memcg = false;
	reader->touched = line;
	return NULL;
}

/* A kill without a block: cut away before it, or one more task of a cgroup that is killed as one. */
static struct err *begin_at_kill(struct reader *reader, size_t line)
{
	const struct ooms *ooms = reader->ooms;
	const struct oom *last = ooms->count ? &ooms->list[ooms->count - 1] : NULL;
	bool group = last && last->constraint == OOM_MEMCG && line - last->kill_line < GROUP_LINES;

	TRY(begin(reader, line));
	if (!group)
		return NULL;
	reader->oom.constraint = last->constraint;
	reader->oom.invoker = last->invoker;
	copy_string(reader->oom.cgroup, sizeof(reader->oom.cgroup), last->cgroup);
	reader->oom.limit_kb = last->limit_kb;
	reader->oom.usage_kb = last->usage_kb;
	return NULL;
}

/* --- lines ------------------------------------------------------------------------------------ */

static uint64_t size_after(const char *text, const char *words)
{
	uint64_t value;

	return parse_dec_after(text, words, &value) ? value : OOM_NO_SIZE;
}

/* "httpd invoked oom-killer: gfp_mask=0x201da, order=0, oom_score_adj=0"; 2.6.9 names nobody. */
static struct err *take_invoked(struct reader *reader, const char *text, size_t line)
{
	const char *end = strstr(text, " invoked oom-killer"), *order = strstr(text, "order=");
	bool by_hand = reader->asked_line != SIZE_MAX && line - reader->asked_line < 4;

	TRY(begin(reader, line));
	struct oom *oom = &reader->oom;
	text += strspn(text, " ");
	if (end && end > text)
		copy_part(oom->invoker.comm, sizeof(oom->invoker.comm), text, (size_t)(end - text));
	oom->has_gfp = parse_hex_after(text, "gfp_mask=0x", &oom->gfp_mask);
	if (order)
		oom->order = atoi(order + 6);
	oom->asked = by_hand || oom->order == -1;
	return NULL;
}

/* "CPU: 1 PID: 20114 …", "Pid: 1811, comm: …": the task that called, unless lines are mixed. */
static void take_pid(struct reader *reader, const char *text)
{
	struct oom *oom = &reader->oom;
	uint64_t pid;

	if (oom->invoker.pid < 0 &&
	    (parse_dec_after(text, "PID: ", &pid) || parse_dec_after(text, "Pid: ", &pid)) &&
	    pid <= 1u << 22 && (!oom->invoker.comm[0] || strstr(text, oom->invoker.comm)))
		oom->invoker.pid = (int32_t)pid;
}

/* "httpd cpuset=/ mems_allowed=0", in the first line too since 4.15. */
static void take_cpuset(struct reader *reader, const char *text)
{
	const char *at = strstr(text, "cpuset=") + 7;

	reader->own_cpuset = strcspn(at, " ,") != 1 || at[0] != '/';
}

/* "Task in /a killed as a result of limit of /b" */
static void take_limit_of(struct oom *oom, const char *text)
{
	oom->constraint = OOM_MEMCG;
	copy_string(oom->cgroup, sizeof(oom->cgroup), strstr(text, "limit of ") + 9);
}

/* "memory: usage 2097152kB, limit 2097152kB, failcnt 91233"; memory+swap where memory has none. */
static void take_usage(struct oom *oom, const char *text)
{
	uint64_t limit = size_after(text, ", limit ");

	text += strspn(text, " ");
	if (!has_prefix(text, "memory: ") &&
	    !(has_prefix(text, "memory+swap: ") && oom->limit_kb == OOM_NO_SIZE))
		return;
	oom->constraint = OOM_MEMCG;
	if (limit >= LIMIT_MAX)
		return;
	oom->limit_kb = limit;
	oom->usage_kb = size_after(text, "usage ");
}

static void copy_until(char *dst, size_t size, const char *text, const char *end)
{
	const char *at = strstr(text, end);

	copy_part(dst, size, text, at ? (size_t)(at - text) : strlen(text));
}

/* "oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/a,task_memcg=/a/b,task=x,pid=5,uid=0" */
static void take_constraint(struct oom *oom, const char *text)
{
	static const char *const names[] = {[OOM_NONE] = "CONSTRAINT_NONE,",
					    [OOM_MEMCG] = "CONSTRAINT_MEMCG,",
					    [OOM_CPUSET] = "CONSTRAINT_CPUSET,",
					    [OOM_MEMPOLICY] = "CONSTRAINT_MEMORY_POLICY,"};
	const char *cgroup = strstr(text, "oom_memcg=");

	for (size_t i = OOM_NONE; i < ARRAY_SIZE(names); i++)
		if (strstr(text, names[i]))
			oom->constraint = (enum oom_constraint)i;
	if (cgroup)
		copy_until(oom->cgroup, sizeof(oom->cgroup), cgroup + 10, ",task_memcg=");
}

/* "4388 (java) …", "4388, UID 501, (java) …": behind "process ". Names may hold ')'. */
static bool read_task(const char *text, struct oom_task *ret)
{
	const char *open = strchr(text, '('), *close;
	uint64_t pid;

	if (!parse_dec_start(text, &pid) || pid > 1u << 22 || !open || open - text > 40)
		return false;
	close = strstr(open, ") ");
	if (!close)
		close = strrchr(open, ')');
	if (!close)
		return false;
	ret->pid = (int32_t)pid;
	copy_part(ret->comm, sizeof(ret->comm), open + 1, (size_t)(close - open - 1));
	return true;
}

/* The words before a kill say of what there was none. */
static void constraint_by_words(struct reader *reader, const char *text)
{
	struct oom *oom = &reader->oom;

	if (strstr(text, "emory cgroup out of memory"))
		oom->constraint = OOM_MEMCG;
	if (oom->constraint != OOM_UNKNOWN)
		return;
	if (strstr(text, "No available memory in cpuset")) /* until 2.6.35 */
		oom->constraint = OOM_CPUSET;
	else if (strstr(text, "No available memory (MPOL_BIND)"))
		oom->constraint = OOM_MEMPOLICY;
	else if (!reader->own_cpuset)
		oom->constraint = OOM_NONE;
}

/* "Out of memory: Kill process 4388 (java) score 441 or sacrifice child" */
static struct err *take_choice(struct reader *reader, const char *text, size_t line)
{
	struct oom_task task = {.pid = -1};
	const char *at = strstr(text, "ill process ");

	if (!at || !read_task(at + 12, &task))
		return NULL;
	if (!reader->open || reader->oom.victim.pid >= 0)
		TRY(begin_at_kill(reader, line));
	reader->oom.victim = task;
	reader->oom.kill_line = line;
	reader->oom.end = OOM_KILLED;
	constraint_by_words(reader, text);
	return NULL;
}

/* Virtuozzo's "Out of memory in UB 1234: OOM killed process 21738 (php-cgi) score 0 vm:281988kB, rss:17004kB, swap:0kB". */
static void take_container(struct oom *oom, const char *text)
{
	const char *name = strstr(text, " in UB ");

	oom->total_vm_kb = size_after(text, " vm:");
	oom->anon_rss_kb = size_after(text, " rss:");
	if (!name)
		return;
	oom->constraint = OOM_MEMCG;
	copy_until(oom->cgroup, sizeof(oom->cgroup), name + 4, ":");
}

/* "Killed process 1402 (mysqld) total-vm:1280440kB, anon-rss:404844kB, …": the end. */
static struct err *take_kill(struct reader *reader, const char *text, size_t line)
{
	const char *words = strstr(text, "illed process ");
	struct oom_task task = {.pid = -1};
	bool whole = strstr(text, "ut of ") != NULL; /* the choice is no line of its own */

	if (!read_task(words + 14, &task) || (!reader->open && !whole && !strstr(text, "-rss:")))
		return NULL;
	if (!reader->open ||
	    (whole && reader->oom.victim.pid >= 0 && reader->oom.victim.pid != task.pid))
		TRY(begin_at_kill(reader, line));
	struct oom *oom = &reader->oom;
	if (oom->victim.pid >= 0 && oom->victim.pid != task.pid)
		oom->chosen = oom->victim;
	oom->victim = task;
	oom->kill_line = line;
	oom->end = OOM_KILLED;
	oom->total_vm_kb = size_after(text, "total-vm:");
	if (oom->total_vm_kb == OOM_NO_SIZE)
		oom->total_vm_kb = size_after(text, "vsz:");
	oom->anon_rss_kb = size_after(text, "anon-rss:");
	oom->file_rss_kb = size_after(text, "file-rss:");
	oom->shmem_rss_kb = size_after(text, "shmem-rss:");
	if (strstr(text, "OOM killed process "))
		take_container(oom, text);
	constraint_by_words(reader, text);
	return finish(reader);
}

static struct err *take_end(struct reader *reader, enum oom_end end, size_t line)
{
	if (!reader->open || reader->oom.victim.pid >= 0)
		return NULL;
	if (reader->oom.constraint == OOM_UNKNOWN && !reader->own_cpuset)
		reader->oom.constraint = OOM_NONE;
	reader->oom.end = end;
	reader->oom.kill_line = line;
	return end == OOM_PANIC ? finish(reader) : NULL;
}

enum word {
	INVOKED,
	INVOKED_2_6_9,
	BY_HAND,
	KILLED,
	KILLED_VZ, /* Virtuozzo's */
	CHOSEN,
	NOBODY,
	PANIC,
	PANIC_DEADLOCKED,
	PID,
	PID_OLD,
	CPUSET,
	LIMIT_OF,
	USAGE,
	STATS,
	CONSTRAINT,
	MEMCG_FRAME,
	MEMCG_FRAME_OLD,
	BOOT,
	BOOT_OLD,
};

static const char *const words_of[] = {
	[INVOKED] = " invoked oom-killer",
	[INVOKED_2_6_9] = "oom-killer: gfp_mask=",
	[BY_HAND] = "Manual OOM execution",
	[KILLED] = "Killed process ",
	[KILLED_VZ] = "OOM killed process ",
	[CHOSEN] = "ill process ",
	[NOBODY] = "no killable processes",
	[PANIC] = "Kernel panic - not syncing: Out of memory",
	[PANIC_DEADLOCKED] = "Kernel panic - not syncing: System is deadlocked on memory",
	[PID] = "PID: ",
	[PID_OLD] = "Pid: ",
	[CPUSET] = "cpuset=",
	[LIMIT_OF] = " killed as a result of limit of ",
	[USAGE] = ": usage ",
	[STATS] = "Memory cgroup stats for ",
	[CONSTRAINT] = "oom-kill:constraint=",
	[MEMCG_FRAME] = "mem_cgroup_out_of_memory+0x",
	[MEMCG_FRAME_OLD] = "mem_cgroup_oom_synchronize+0x",
	[BOOT] = "K available (",
	[BOOT_OLD] = "k available (",
};

const char *const *oom_words(size_t *count)
{
	*count = ARRAY_SIZE(words_of);
	return words_of;
}

static bool has(const struct word_set *set, enum word word)
{
	return set->bits[0] >> word & 1;
}

/* A cgroup's name, where nothing else names it. */
static void take_stats(struct oom *oom, const char *text)
{
	if (!oom->cgroup[0])
		copy_until(oom->cgroup, sizeof(oom->cgroup), strstr(text, " for ") + 5, ":");
}

/* "Memory: 7966412K/8388084K available (14339K kernel code, …": free, and all there is. */
static void take_boot(struct reader *reader, const char *text)
{
	const char *memory = strstr(text, "Memory: "), *slash = memory ? strchr(memory, '/') : NULL;
	uint64_t kb;

	if (slash && parse_dec_start(slash + 1, &kb) && kb < UINT64_MAX / 1024)
		reader->boot_kb = kb;
}

/* Lines within a block. */
static void take_part(struct reader *reader, const struct word_set *set, const char *text)
{
	if (has(set, PID) || has(set, PID_OLD))
		take_pid(reader, text);
	if (has(set, CPUSET) && !has(set, CONSTRAINT))
		take_cpuset(reader, text);
	if (has(set, LIMIT_OF))
		take_limit_of(&reader->oom, text);
	if (has(set, USAGE))
		take_usage(&reader->oom, text);
	if (has(set, STATS))
		take_stats(&reader->oom, text);
	if (has(set, CONSTRAINT))
		take_constraint(&reader->oom, text);
	reader->by_memcg |= has(set, MEMCG_FRAME) || has(set, MEMCG_FRAME_OLD);
}

/* "memory: usage 1048576kB, limit 1048576kB, failcnt 141" */
static bool is_limit(const struct word_set *set, const char *text)
{
	return has(set, USAGE) && has_prefix(text + strspn(text, " "), "memory: usage ") &&
	       strstr(text, "kB, failcnt ");
}

/* "oom-kill:constraint=…,task=x,pid=5,uid=0" without the block it stands in: the kill is all there is. */
static struct err *begin_at_constraint(struct reader *reader, const char *text, size_t line)
{
	const char *task = strstr(text, ",task="), *end = task ? strstr(task, ",pid=") : NULL;
	uint64_t pid;

	if (!end || !parse_dec_start(end + 5, &pid) || pid > 1u << 22)
		return NULL;
	TRY(begin(reader, line));
	reader->oom.victim.pid = (int32_t)pid;
	copy_part(reader->oom.victim.comm, sizeof(reader->oom.victim.comm), task + 6,
		  (size_t)(end - task) - 6);
	reader->oom.end = OOM_KILLED;
	return NULL;
}

static struct err *take_words(struct reader *reader, const struct word_set *set, size_t line)
{
	const char *text = reader->log->lines[line].text;

	if (has(set, BOOT) || has(set, BOOT_OLD)) {
		take_boot(reader, text);
		return NULL;
	}
	reader->touched = line;
	if (has(set, BY_HAND))
		reader->asked_line = line;
	if (has(set, INVOKED) || (has(set, INVOKED_2_6_9) && has_prefix(text, "oom-killer: ")))
		TRY(take_invoked(reader, text, line));
	/* A cgroup's block may be cut off before whom it was for. */
	else if (!reader->open && (has(set, LIMIT_OF) || is_limit(set, text)))
		TRY(begin(reader, line));
	else if (!reader->open && has(set, CONSTRAINT))
		TRY(begin_at_constraint(reader, text, line));
	if (reader->open)
		take_part(reader, set, text);
	if (has(set, KILLED) || has(set, KILLED_VZ))
		return take_kill(reader, text, line);
	if (has(set, CHOSEN) && strstr(text, " score "))
		return take_choice(reader, text, line);
	if (has(set, NOBODY))
		TRY(take_end(reader, OOM_NOBODY, line));
	if (has(set, PANIC) || has(set, PANIC_DEADLOCKED))
		return take_end(reader, OOM_PANIC, line);
	return NULL;
}

static bool is_quiet(const struct reader *reader, size_t line)
{
	const struct log_line *now = &reader->log->lines[line],
			      *then = &reader->log->lines[reader->touched];

	return line - reader->touched > QUIET_LINES ||
	       (now->has_time && then->has_time && now->time_us > then->time_us + QUIET_US);
}

static struct err *take_line(struct reader *reader, const struct words *words, size_t line)
{
	const struct log_line *at = &reader->log->lines[line];
	struct word_set set;
	bool taken;

	if (log_has_mark(reader->log, line, MARK_OOM) &&
	    words_find(words, at->text, strlen(at->text), &set))
		TRY(take_words(reader, &set, line));
	if (!reader->open)
		return NULL;
	if (is_quiet(reader, line))
		return finish(reader);
	if (oom_table_head(&reader->table, at->text))
		return NULL;
	TRY(oom_table_take(&reader->table, at->text, &taken));
	if (taken)
		reader->touched = line;
	else
		oom_memory_take(&reader->memory, at->text);
	return NULL;
}

static struct err *read_lines(struct reader *reader, const struct words *words)
{
	for (size_t i = 0; i < reader->log->count; i++)
		TRY(take_line(reader, words, i));
	return finish(reader);
}

static void drop_open(struct reader *reader)
{
	oom_tasks_deinit(&reader->table.tasks);
	map_deinit(&reader->table.by_name);
}

struct err *ooms_read(const struct log *log, struct ooms **ret)
{
	_cleanup_(cleanup_words_free) struct words *words = NULL;
	_cleanup_(cleanup_ooms_free) struct ooms *ooms = calloc(1, sizeof(*ooms));
	_cleanup_(drop_open) struct reader reader = {
		.log = log, .ooms = ooms, .asked_line = SIZE_MAX};

	if (!ooms)
		return &err_nomem;
	TRY(words_new(words_of, ARRAY_SIZE(words_of), &words));
	TRY(read_lines(&reader, words));
	*ret = take_ptr(ooms);
	return NULL;
}

void ooms_free(struct ooms *ooms)
{
	if (!ooms)
		return;
	for (size_t i = 0; i < ooms->count; i++)
		oom_tasks_deinit(&ooms->list[i].tasks);
	free(ooms->list);
	free(ooms);
}
