/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has the memory, in a sentence. */
#include "log/oom_words.h"

#include <inttypes.h>
#include <string.h>

#include "log/log_time.h"

/* What holds the most. */
struct eater {
	const struct oom_name *tasks; /* or */
	const char *words;
	uint64_t kb;
};

#define LEAST_SHARE 4 /* of the memory known of: a quarter at least, or nobody has eaten it */

static void put_size(uint64_t kb, struct str *out)
{
	if (kb >= 10 * 1024)
		str_printf(out, kb >= 1024 * 1024 ? "%.1f GiB" : "%.0f MiB",
			   (double)kb / (kb >= 1024 * 1024 ? 1024 * 1024 : 1024));
	else
		str_printf(out, "%" PRIu64 " KiB", kb);
}

/* "27.9 of 31.4 GiB" */
static void put_share(uint64_t kb, uint64_t total_kb, struct str *out)
{
	if (total_kb == OOM_NO_SIZE || total_kb < kb)
		put_size(kb, out);
	else if (total_kb >= 1024 * 1024)
		str_printf(out, "%.1f of %.1f GiB", (double)kb / (1024 * 1024),
			   (double)total_kb / (1024 * 1024));
	else
		str_printf(out, "%.0f of %.0f MiB", (double)kb / 1024, (double)total_kb / 1024);
}

static void larger(struct eater *eater, const char *words, uint64_t kb)
{
	if (kb != OOM_NO_SIZE && kb > eater->kb)
		*eater = (struct eater){NULL, words, kb};
}

/* A page that many map counts for each of them: programs hold no more than there is of such pages. */
static uint64_t most_of_tasks(const struct oom_memory *memory)
{
	static const enum oom_use mapped[] = {OOM_USE_ANON, OOM_USE_FILE, OOM_USE_SHMEM,
					      OOM_USE_UNEVICTABLE};
	uint64_t sum = 0;

	if (memory->use_kb[OOM_USE_ANON] == OOM_NO_SIZE)
		return memory->total_kb;
	for (size_t i = 0; i < ARRAY_SIZE(mapped); i++)
		if (memory->use_kb[mapped[i]] != OOM_NO_SIZE)
			sum += memory->use_kb[mapped[i]];
	return sum;
}

/* Some nodes ran out of memory: what all of them have is no measure. */
static bool of_nodes(const struct oom *oom)
{
	return oom->constraint == OOM_CPUSET || oom->constraint == OOM_MEMPOLICY;
}

/* What the line of its kill says the victim had to itself. */
static uint64_t held_by_victim(const struct oom *oom)
{
	uint64_t kb = oom->anon_rss_kb;

	if (oom->victim.pid < 0 || kb == OOM_NO_SIZE)
		return 0;
	return oom->shmem_rss_kb < UINT64_MAX - kb ? kb + oom->shmem_rss_kb : kb;
}

/* Neither a table nor sums: of the report only the kill is there, or a cgroup's limit with it. */
static bool is_kill_alone(const struct oom *oom)
{
	return !oom->tasks.count && held_by_victim(oom) &&
	       (oom->limit_kb != OOM_NO_SIZE || oom->memory.use_kb[OOM_USE_ANON] == OOM_NO_SIZE);
}

static const char uncounted[] = "what no counter tells of (drivers, vmalloc, a balloon)";

static bool find_eater(const struct oom *oom, struct eater *ret)
{
	static const enum oom_use kept[] = {OOM_USE_SLAB_UNRECLAIMABLE, OOM_USE_SHMEM,
					    OOM_USE_PAGE_TABLES,	OOM_USE_KERNEL_STACKS,
					    OOM_USE_HUGE_PAGES,		OOM_USE_OTHER_KERNEL};
	const struct oom_memory *memory = &oom->memory;
	const struct oom_name *tasks = oom->tasks.count ? &oom->tasks.list[0] : NULL;
	uint64_t known = of_nodes(oom) ? OOM_NO_SIZE : memory->total_kb;

	*ret = (struct eater){0};
	if (tasks)
		*ret = (struct eater){
			tasks, tasks->comm,
			MIN(tasks->rss_pages * memory->page_kb, most_of_tasks(memory))};
	else if (is_kill_alone(oom) && (oom->limit_kb != OOM_NO_SIZE || known != OOM_NO_SIZE))
		*ret = (struct eater){NULL, oom->victim.comm, held_by_victim(oom)};
	else
		larger(ret, oom_use_words(OOM_USE_ANON), memory->use_kb[OOM_USE_ANON]);
	for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
		larger(ret, oom_use_words(kept[i]), memory->use_kb[kept[i]]);
	larger(ret, uncounted, memory->missing_kb);
	return ret->kb && (known == OOM_NO_SIZE || ret->kb >= known / LEAST_SHARE);
}

static bool is_plural(const struct eater *eater)
{
	return eater->words == oom_use_words(OOM_USE_SHMEM) ||
	       eater->words == oom_use_words(OOM_USE_PAGE_TABLES) ||
	       eater->words == oom_use_words(OOM_USE_KERNEL_STACKS) ||
	       eater->words == oom_use_words(OOM_USE_HUGE_PAGES);
}

bool oom_put_eater(const struct oom *oom, struct str *out)
{
	const struct oom_memory *memory = &oom->memory;
	struct eater eater;

	if (!find_eater(oom, &eater))
		return false;
	if (eater.tasks && eater.tasks->count > 1)
		str_printf(out, "%zu %s hold ", eater.tasks->count, eater.words);
	else
		str_printf(out, "%s %s ", eater.words, is_plural(&eater) ? "hold" : "holds");
	put_share(eater.kb, of_nodes(oom) ? OOM_NO_SIZE : memory->total_kb, out);
	if (eater.words == oom_use_words(OOM_USE_SLAB_UNRECLAIMABLE) && memory->slab_cache[0]) {
		str_printf(out, " (%s ", memory->slab_cache);
		put_size(memory->slab_cache_kb, out);
		str_puts(out, ")");
	}
	return true;
}

/* Not by its words, as slab is. */
static bool is_kernel_memory(const struct oom *oom)
{
	struct eater eater;

	return find_eater(oom, &eater) && !eater.tasks && eater.words != oom->victim.comm &&
	       eater.words != uncounted && eater.words != oom_use_words(OOM_USE_ANON) &&
	       eater.words != oom_use_words(OOM_USE_SHMEM) &&
	       eater.words != oom_use_words(OOM_USE_HUGE_PAGES) &&
	       eater.words != oom_use_words(OOM_USE_SLAB_UNRECLAIMABLE);
}

/* "/kubepods.slice/pod1.scope" is known as "pod1.scope"; all of the path stands with the finding. */
static const char *cgroup_name(const struct oom *oom)
{
	const char *slash = strrchr(oom->cgroup, '/');

	return slash && slash[1] ? slash + 1 : oom->cgroup;
}

/* Who has it says how much there is, too: "python3 holds 2.0 of 2.0 GiB". */
static bool eater_tells_limit(const struct oom *oom)
{
	struct eater eater;

	return find_eater(oom, &eater) && oom->memory.total_kb == oom->limit_kb;
}

/* "memory cgroup a has reached its limit of 2.0 GiB", "out of memory" */
static void put_what(const struct oom *oom, struct str *out)
{
	if (oom->asked) {
		str_puts(out, "OOM killer called by hand (SysRq-f)");
	} else if (oom->constraint == OOM_MEMCG) {
		str_printf(out, "memory cgroup%s%s has reached its limit",
			   oom->cgroup[0] ? " " : "", cgroup_name(oom));
		if (oom->limit_kb != OOM_NO_SIZE && !eater_tells_limit(oom)) {
			str_puts(out, " of ");
			put_size(oom->limit_kb, out);
		}
	} else if (oom->constraint == OOM_CPUSET) {
		str_puts(out, "out of memory on the nodes of a cpuset");
	} else if (oom->constraint == OOM_MEMPOLICY) {
		str_puts(out, "out of memory on the nodes of a memory policy");
	} else {
		str_puts(out, "out of memory");
	}
}

static void put_task(const struct oom_task *task, struct str *out)
{
	str_puts(out, task->comm[0] ? task->comm : "?");
	if (task->pid >= 0)
		str_printf(out, "/%d", task->pid);
}

static void put_what_and_who(const struct oom *oom, struct str *out)
{
	_str_ struct str eater = {0};

	put_what(oom, out);
	if (oom->asked || !oom_put_eater(oom, &eater) || !eater.data)
		return;
	str_printf(out, ": %s%s", is_kernel_memory(oom) ? "kernel memory: " : "", eater.data);
}

/* How much of all memory that is, nothing tells. */
static void put_held(const struct oom *oom, struct str *out)
{
	struct eater eater;

	if (oom->asked || !is_kill_alone(oom) || find_eater(oom, &eater))
		return;
	str_puts(out, ", which held ");
	put_size(held_by_victim(oom), out);
}

static double oom_confidence(const struct oom *oom)
{
	struct eater eater;

	if (!is_kill_alone(oom) || oom->limit_kb != OOM_NO_SIZE)
		return 1;
	return find_eater(oom, &eater) ? 0.9 : 0.75;
}

void oom_put_summary(const struct oom *oom, struct str *out)
{
	put_what_and_who(oom, out);
	if (oom->end == OOM_KILLED) {
		str_puts(out, "; killed ");
		put_task(&oom->victim, out);
		put_held(oom, out);
	} else if (oom->end == OOM_NOBODY) {
		str_puts(out, "; there was nobody to kill");
	}
}

/* The one that tells the most: with a table and its sums, else with a limit, else the first. */
static const struct oom *most_telling(const struct ooms *ooms)
{
	const struct oom *best = &ooms->list[0];
	unsigned most = 0;

	for (size_t i = 0; i < ooms->count; i++) {
		const struct oom *oom = &ooms->list[i];
		unsigned told = 4 * (oom->tasks.count > 0) +
				2 * (oom->memory.use_kb[OOM_USE_ANON] != OOM_NO_SIZE) +
				(oom->limit_kb != OOM_NO_SIZE);

		if (told > most) {
			most = told;
			best = oom;
		}
	}
	return best;
}

#define NAMES_SHOWN 4

static void put_victims(const struct ooms *ooms, struct str *out)
{
	size_t shown = MIN(ooms->victim_count, (size_t)NAMES_SHOWN), rest = ooms->kills;

	for (size_t i = 0; i < shown; i++) {
		str_printf(out, "%s%s %zu", i ? ", " : "", ooms->victims[i].comm,
			   ooms->victims[i].count);
		rest -= ooms->victims[i].count;
	}
	if (rest)
		str_printf(out, ", others %zu", rest);
}

double ooms_confidence(const struct ooms *ooms)
{
	return oom_confidence(most_telling(ooms));
}

void ooms_put_summary(const struct ooms *ooms, const struct log *log, struct str *out)
{
	const struct oom *best = most_telling(ooms);
	const struct oom *first = &ooms->list[0], *last = &ooms->list[ooms->count - 1];
	double seconds;

	if (ooms->kills < 2) {
		oom_put_summary(best, out);
		return;
	}
	put_what_and_who(best, out);
	str_printf(out, "; %zu kills", ooms->kills);
	if (log_time_between(log, first->line, last->kill_line, &seconds) && seconds >= 1) {
		str_puts(out, " in ");
		log_time_put(seconds, out);
	}
	str_puts(out, ": ");
	put_victims(ooms, out);
}
