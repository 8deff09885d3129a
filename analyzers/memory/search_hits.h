/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_MEMORY_SEARCH_HITS
#define TRIAGE_MEMORY_SEARCH_HITS

#include "json.h"
#include "kernel/dump/search.h"
#include "kernel/kernel.h"
#include "kernel/mm/owner.h"

/* The places a search found, and what owns them. */

struct hit {
	uint64_t phys, word;
	uint64_t address; /* the kernel's own name for it; 0 when that cannot be told */
	struct owner owner;
	char member[128]; /* "task_struct.stack", "" where the type is not known */
};

/* Groups of hits with the same kind of owner, most hits first. */
struct hit_groups;
struct err *hit_groups_new(struct hit_groups **ret);
void hit_groups_free(struct hit_groups *groups);
DEFINE_CLEANUP(struct hit_groups, hit_groups_free)
/* crashed may be NULL. */
void hit_groups_add(struct hit_groups *groups, const struct hit *hit, const struct task *crashed);
/*
 * [{"owner": "stack of sh/105, which crashed", "count": 4}, …], at most max of them. Where places
 * are more than that, all those in objects of one cache and state are one group.
 */
json_t *hit_groups_json(const struct hit_groups *groups, size_t max);

/*
 * Tell the owner of each hit, in the order of the result, and add it to groups. crashed may be
 * NULL; each is called with a hit that is gone once it returns.
 */
struct err *hits_each(struct kernel *kernel, const struct search_result *result,
		      const struct task *crashed, struct hit_groups *groups,
		      void (*each)(void *context, const struct hit *hit), void *context);
/* {"address","phys","value","owner","member"} */
json_t *hit_json(const struct hit *hit);

#endif
