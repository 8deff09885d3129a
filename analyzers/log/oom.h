/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_OOM
#define TRIAGE_LOG_OOM

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "log/oom_memory.h"
#include "log/oom_tasks.h"

struct log;

/* Whose memory ran out: all of it, or a part that some tasks are bound to. */
enum oom_constraint {
	OOM_UNKNOWN,
	OOM_NONE,
	OOM_MEMCG,
	OOM_CPUSET,
	OOM_MEMPOLICY,
};

enum oom_end {
	OOM_CUT_OFF, /* the log does not say */
	OOM_KILLED,
	OOM_NOBODY, /* there was nobody it may kill */
	OOM_PANIC,
};

struct oom_task {
	char comm[32]; /* "" unknown */
	int32_t pid;   /* -1 unknown */
};

/* One call of the OOM killer, out of all its lines. Sizes are OOM_NO_SIZE where unknown. */
struct oom {
	size_t line, kill_line; /* of the log; kill_line: of the end that is known, else line */
	enum oom_constraint constraint;
	enum oom_end end;
	bool asked;		 /* by hand, with SysRq-f */
	struct oom_task invoker; /* whose allocation could not be met: not who took the memory */
	struct oom_task victim;	 /* who was killed */
	struct oom_task chosen;	 /* whose child the victim is; pid -1: victim is the one chosen */
	bool has_gfp;
	uint64_t gfp_mask;
	int order; /* of the allocation; OOM_NO_ORDER unknown */
	uint64_t total_vm_kb, anon_rss_kb, file_rss_kb, shmem_rss_kb; /* of the victim */
	char cgroup[256];	     /* that reached its limit; "" none */
	uint64_t limit_kb, usage_kb; /* of it; OOM_NO_SIZE also where it has none */
	struct oom_memory memory;
	struct oom_tasks tasks;
};

#define OOM_NO_ORDER INT32_MIN
#define OOMS_KEPT_MAX 512
#define OOM_VICTIMS_MAX 64

struct ooms {
	struct oom *list; /* in the log's order */
	size_t count, left_out;
	size_t kills; /* of all, those left out too */
	/* Who was killed how often, the most frequent first. */
	struct oom_victims {
		char comm[32];
		size_t count;
	} victims[OOM_VICTIMS_MAX];
	size_t victim_count;
};

/* All of a log, in one pass. ERR_NOMEM alone. */
struct err *ooms_read(const struct log *log, struct ooms **ret);
/* Words one of which each line has that begins one, or says who was killed. */
const char *const *oom_words(size_t *count);
void ooms_free(struct ooms *ooms); /* NULL is fine */
DEFINE_CLEANUP(struct ooms, ooms_free)

const char *oom_constraint_name(enum oom_constraint constraint); /* NULL unknown */
const char *oom_end_name(enum oom_end end);			 /* NULL unknown */

#endif
