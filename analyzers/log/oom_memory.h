/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_OOM_MEMORY
#define TRIAGE_LOG_OOM_MEMORY

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OOM_NO_SIZE UINT64_MAX

/* What memory is used for; no page counts as two of these. */
enum oom_use {
	OOM_USE_FREE,
	OOM_USE_ANON,  /* of programs; with shared memory where that has no count of its own */
	OOM_USE_FILE,  /* page cache */
	OOM_USE_SHMEM, /* tmpfs and shared memory */
	OOM_USE_UNEVICTABLE,
	OOM_USE_SLAB_RECLAIMABLE,
	OOM_USE_SLAB_UNRECLAIMABLE, /* before 2.6.19 of all slabs */
	OOM_USE_PAGE_TABLES,
	OOM_USE_KERNEL_STACKS,
	OOM_USE_HUGE_PAGES,
	OOM_USE_OTHER_KERNEL, /* a cgroup's: sockets, percpu, vmalloc */
	OOM_USES,
};

/* Memory as the OOM report tells of it: the machine's, or the cgroup's that reached its limit. */
struct oom_memory {
	uint64_t total_kb; /* RAM, or the cgroup's limit; these are OOM_NO_SIZE where unknown */
	uint64_t use_kb[OOM_USES];
	uint64_t missing_kb; /* of total_kb, that no counter tells of: drivers, vmalloc, balloons */
	uint64_t swap_total_kb, swap_free_kb;
	unsigned page_kb;
	char slab_cache[64]; /* the largest of "Unreclaimable slab info:"; "" unknown */
	uint64_t slab_cache_kb;
};

#define OOM_COUNTERS_MAX 32

/* Memory while the report's lines come in. Zero-initialise. */
struct oom_memory_reader {
	struct {
		uint64_t value;
		bool known;
	} counters[OOM_COUNTERS_MAX];
	uint64_t
		node_anon_kb; /* what the nodes say of the pages that the sum counts: the page size */
	bool in_slabs, in_cgroup;
	char slab_cache[64];
	uint64_t slab_cache_kb;
};

/* A line of the report; those that tell nothing of memory are passed over. */
void oom_memory_take(struct oom_memory_reader *reader, const char *text);
/* When all lines are in. limit_kb: of the cgroup that the report is about, else OOM_NO_SIZE. */
void oom_memory_finish(const struct oom_memory_reader *reader, uint64_t limit_kb,
		       struct oom_memory *ret);

/* "anon", "slab_unreclaimable", …: names for JSON. */
const char *oom_use_name(enum oom_use use);
/* "programs' own memory", "unreclaimable slab", …: for a sentence. */
const char *oom_use_words(enum oom_use use);

#endif
