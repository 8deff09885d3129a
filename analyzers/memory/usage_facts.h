/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_USAGE_FACTS
#define TRIAGE_MEMORY_USAGE_FACTS

#include "base/error.h"
#include "kernel/mm/slab.h"
#include "kernel/tasks/task.h"

/* What memory is used for; no page counts as two of these. USAGE(id, "name", "words") */
enum usage_kind {
#define USAGE(id, name, words) USAGE_##id,
#include "memory/usage_kinds.def"
#undef USAGE
	USAGE_KINDS,
};

#define USAGE_TOP 8 /* of each list, the largest first */

struct usage_slab {
	const struct slab_cache *cache;
	uint64_t pages, objects; /* objects 0: not counted */
};

struct usage_process {
	const struct task *task; /* one that has the mm, the leader where it is there */
	uint64_t own;		 /* pages that nobody else has: anon and tables */
	uint64_t anon, file, shmem, swap, tables; /* pages */
};

struct usage_cgroup {
	char path[192];
	uint64_t pages, limit; /* limit UINT64_MAX: none */
};

struct usage_caller {
	uint64_t address; /* behind the call of vmalloc(); 0 not recorded */
	uint64_t pages, areas;
};

struct usage_mount {
	char type[16];		    /* of the file system */
	char device[64], path[192]; /* "" unknown */
	uint64_t pages;
};

/* What the pipes and sockets of a process hold, of those that no process before it has too. */
struct usage_queues {
	const struct task *task;
	uint64_t pages; /* of both */
	uint64_t pipes, sockets;
};

struct usage_zone {
	int node;
	char name[16];
	uint64_t managed, free, min; /* pages */
};

/* The processes of one name, where they are more than half of all. */
struct usage_crowd {
	bool kthreads; /* of the kernel's own threads, not of processes */
	char comm[16 + 1];
	uint64_t processes, all;
	uint64_t
		pages; /* their share of what programs have and the kernel keeps for them; 0: no crowd */
};

/* What the objects of a cache point to, as far as a sample tells. */
struct usage_suspect {
	const struct slab_cache *cache; /* NULL: none was looked into */
	unsigned objects, agreeing;	/* looked at; of which point to the function */
	uint64_t function;		/* 0: no function is in half of them */
	bool track;			/* it allocated them, by slab debugging */
	bool rcu;			/* they wait for RCU to call it */
};

/* Memory of the dead machine in pages, by the kernel's structures. Lists end at count. */
struct usage {
	uint64_t total;
	uint64_t pages[USAGE_KINDS];
	uint64_t huge_free; /* of hugetlb's pool */
	struct usage_slab slabs[USAGE_TOP];
	struct usage_process processes[USAGE_TOP]; /* by own */
	struct usage_cgroup cgroups[USAGE_TOP];
	struct usage_caller callers[USAGE_TOP];
	struct usage_mount mounts[USAGE_TOP]; /* of tmpfs */
	struct usage_mount
		caches[USAGE_TOP]; /* of others: what the page cache has of their files */
	struct usage_queues queues[USAGE_TOP];
	struct usage_zone zones[USAGE_TOP * 2];
	size_t slab_count, process_count, cgroup_count, caller_count, mount_count, cache_count,
		queue_count;
	size_t zone_count;
	struct usage_suspect suspect;
	struct usage_crowd crowd;
};

#endif
