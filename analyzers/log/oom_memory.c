/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What an OOM report says of memory: "Mem-Info:" (show_mem()), the nodes' lines, "Unreclaimable slab
 * info:" (8a54a2a6e5b0 v4.15 dump_unreclaimable_slab()), and a cgroup's statistics, which are sums in
 * KB on one line until 5.2 and memory.stat after that.
 */
#include "log/oom_memory.h"

#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "base/parse.h"
#include "base/str.h"

enum counter {
#define OOM_COUNTER(id, words) id,
#include "log/oom_counters.def"
#undef OOM_COUNTER
	COUNTERS,
};
_Static_assert(COUNTERS <= OOM_COUNTERS_MAX, "OOM_COUNTERS_MAX is too low");

static const char *const counter_words[] = {
#define OOM_COUNTER(id, words) words,
#include "log/oom_counters.def"
#undef OOM_COUNTER
};

static const struct {
	const char *name, *words;
} uses[] = {
	[OOM_USE_FREE] = {"free", "free memory"},
	[OOM_USE_ANON] = {"anon", "programs' own memory"},
	[OOM_USE_FILE] = {"file", "file cache"},
	[OOM_USE_SHMEM] = {"shmem", "tmpfs and shared memory"},
	[OOM_USE_UNEVICTABLE] = {"unevictable", "locked memory"},
	[OOM_USE_SLAB_RECLAIMABLE] = {"slab_reclaimable", "reclaimable slab"},
	[OOM_USE_SLAB_UNRECLAIMABLE] = {"slab_unreclaimable", "unreclaimable slab"},
	[OOM_USE_PAGE_TABLES] = {"page_tables", "page tables"},
	[OOM_USE_KERNEL_STACKS] = {"kernel_stacks", "kernel stacks"},
	[OOM_USE_HUGE_PAGES] = {"huge_pages", "reserved huge pages"},
	[OOM_USE_OTHER_KERNEL] = {"other_kernel", "other kernel memory"},
};

const char *oom_use_name(enum oom_use use)
{
	return uses[use].name;
}

const char *oom_use_words(enum oom_use use)
{
	return uses[use].words;
}

/* --- counters --------------------------------------------------------------------------------- */

#define COUNTER_MAX (UINT64_C(1) << 52) /* more is none: sums must not overflow */

static void set(struct oom_memory_reader *reader, enum counter counter, uint64_t value)
{
	if (reader->counters[counter].known || value > COUNTER_MAX)
		return;
	reader->counters[counter].value = value;
	reader->counters[counter].known = true;
}

/* Of each node or zone one part. */
static void add(struct oom_memory_reader *reader, enum counter counter, uint64_t value)
{
	uint64_t sum = reader->counters[counter].value;

	if (value > COUNTER_MAX - MIN(sum, COUNTER_MAX))
		return;
	reader->counters[counter].value = sum + value;
	reader->counters[counter].known = true;
}

static bool counter_by_words(const char *words, size_t length, enum counter *ret)
{
	for (size_t i = 0; i < COUNTERS; i++)
		if (length && strlen(counter_words[i]) == length &&
		    !strncasecmp(words, counter_words[i], length)) {
			*ret = (enum counter)i;
			return true;
		}
	return false;
}

/* "active_anon:892011 inactive_anon:91100 …"; with unit, "cache:512KB rss:2096640KB". */
static void take_pairs(struct oom_memory_reader *reader, const char *text)
{
	for (text += strspn(text, " "); *text; text += strspn(text, " ")) {
		size_t length = strcspn(text, " "), name = strcspn(text, ": ");
		enum counter counter;
		uint64_t value;

		if (text[name] == ':' && counter_by_words(text, name, &counter) &&
		    parse_dec_start(text + name + 1, &value)) {
			bool kib = !strncasecmp(text + length - 2, "kB", 2);

			if (kib == reader->in_cgroup)
				set(reader, counter, reader->in_cgroup ? value * 1024 : value);
		}
		text += length;
	}
}

/* memory.stat: "anon 535822336". */
static void take_stat(struct oom_memory_reader *reader, const char *text)
{
	size_t name = strcspn(text, " ");
	enum counter counter;
	uint64_t value;

	if (text[name] == ' ' && parse_dec(text + name + 1, strlen(text + name + 1), &value) &&
	    counter_by_words(text, name, &counter))
		set(reader, counter, value);
}

/* "Node 0 active_anon:…kB … kernel_stack:…kB", "Node 0 DMA32 free:…kB …", "Node 0 hugepages_total=…" */
static void take_node(struct oom_memory_reader *reader, const char *text)
{
	static const char *const anon[] = {" active_anon:", " inactive_anon:"};
	uint64_t value, size;

	for (size_t i = 0; i < ARRAY_SIZE(anon); i++)
		if (parse_dec_after(text, anon[i], &value) && value < COUNTER_MAX)
			reader->node_anon_kb += value;
	if (parse_dec_after(text, "kernel_stack:", &value))
		add(reader, KERNEL_STACK_KB, value);
	if (parse_dec_after(text, "hugepages_total=", &value) &&
	    parse_dec_after(text, "hugepages_size=", &size) && size && value < COUNTER_MAX / size)
		add(reader, HUGE_PAGES_KB, value * size);
}

/* "kmalloc-1k              91204KB      91488KB": the largest by what is allocated. */
static bool take_slab(struct oom_memory_reader *reader, const char *text)
{
	size_t name = strcspn(text, " ");
	const char *at = text + name + strspn(text + name, " ");
	uint64_t used, total;

	if (!name || !parse_dec_start(at, &used) || !strstr(at, "KB"))
		return false;
	at = strstr(at, "KB") + 2;
	at += strspn(at, " ");
	if (!parse_dec_start(at, &total) || !strstr(at, "KB"))
		return false;
	if (total > reader->slab_cache_kb && total < COUNTER_MAX) {
		copy_part(reader->slab_cache, sizeof(reader->slab_cache), text, name);
		reader->slab_cache_kb = total;
	}
	return true;
}

/* "1048444 pages RAM", "524288 pages of RAM", "41022 pages reserved", "9120 reserved pages" */
static void take_pages(struct oom_memory_reader *reader, const char *text)
{
	uint64_t value;
	size_t digits = strspn(text, "0123456789");

	if (!digits || !parse_dec(text, digits, &value))
		return;
	text += digits;
	if (has_prefix(text, " pages RAM") || has_prefix(text, " pages of RAM"))
		set(reader, RAM_PAGES, value);
	else if (has_prefix(text, " pages reserved") || has_prefix(text, " reserved pages"))
		set(reader, RESERVED_PAGES, value);
}

static void take_swap(struct oom_memory_reader *reader, const char *text)
{
	uint64_t value;

	if (parse_dec_after(text, "Free swap  = ", &value))
		set(reader, SWAP_FREE_KB, value);
	else if (parse_dec_after(text, "Total swap = ", &value))
		set(reader, SWAP_TOTAL_KB, value);
}

void oom_memory_take(struct oom_memory_reader *reader, const char *text)
{
	const char *stats = strstr(text, "Memory cgroup stats for ");

	text += strspn(text, " ");
	if (stats) {
		/* Of the groups below it, which may be printed too, the first has told the sums. */
		reader->in_cgroup = true;
		if ((stats = strstr(stats, ": ")))
			take_pairs(reader, stats + 2);
	} else if (has_prefix(text, "Unreclaimable slab info:")) {
		reader->in_slabs = true;
	} else if (reader->in_slabs && (has_prefix(text, "Name ") || take_slab(reader, text))) {
		return;
	} else if (reader->in_cgroup) {
		take_stat(reader, text);
	} else if (has_prefix(text, "Node ")) {
		take_node(reader, text);
	} else {
		take_pages(reader, text);
		take_swap(reader, text);
		take_pairs(reader, text);
	}
}

/* --- sums ------------------------------------------------------------------------------------- */

struct sums {
	const struct oom_memory_reader *reader;
	struct oom_memory *memory;
};

static bool is_known(const struct sums *sums, enum counter counter)
{
	return sums->reader->counters[counter].known;
}

/* A counter of pages, or of bytes of a cgroup; 0 where it is unknown. */
static uint64_t kib(const struct sums *sums, enum counter counter)
{
	uint64_t value = sums->reader->counters[counter].value;

	return sums->reader->in_cgroup ? value / 1024 : value * sums->memory->page_kb;
}

static void put(struct sums *sums, enum oom_use use, bool known, uint64_t value)
{
	if (known)
		sums->memory->use_kb[use] = value;
}

static uint64_t less(uint64_t a, uint64_t b)
{
	return a > b ? a - b : 0;
}

/* arm64 and others may have pages of 16 or 64 KiB: the nodes' lines are in KiB, the sums in pages. */
static unsigned page_size(const struct oom_memory_reader *reader)
{
	uint64_t pages =
		reader->counters[ACTIVE_ANON].value + reader->counters[INACTIVE_ANON].value;

	if (pages > 256 && reader->node_anon_kb / pages >= 48)
		return 64;
	return pages > 256 && reader->node_anon_kb / pages >= 12 ? 16 : 4;
}

static void sum_machine(struct sums *sums)
{
	uint64_t shmem = kib(sums, SHMEM), anon = kib(sums, ACTIVE_ANON) +
						  kib(sums, INACTIVE_ANON) +
						  kib(sums, ISOLATED_ANON);
	uint64_t lists = kib(sums, ACTIVE) + kib(sums, INACTIVE);

	put(sums, OOM_USE_FREE, is_known(sums, FREE), kib(sums, FREE) + kib(sums, FREE_PCP));
	put(sums, OOM_USE_ANON, is_known(sums, ACTIVE_ANON), less(anon, shmem));
	put(sums, OOM_USE_FILE, is_known(sums, ACTIVE_FILE),
	    kib(sums, ACTIVE_FILE) + kib(sums, INACTIVE_FILE) + kib(sums, ISOLATED_FILE));
	if (is_known(sums, ACTIVE) && is_known(sums, MAPPED_ANON)) {
		put(sums, OOM_USE_ANON, true, kib(sums, MAPPED_ANON));
		put(sums, OOM_USE_FILE, true, less(lists, kib(sums, MAPPED_ANON)));
	}
	put(sums, OOM_USE_SLAB_UNRECLAIMABLE, is_known(sums, SLAB), kib(sums, SLAB));
	put(sums, OOM_USE_KERNEL_STACKS, is_known(sums, KERNEL_STACK_KB),
	    sums->reader->counters[KERNEL_STACK_KB].value);
	put(sums, OOM_USE_HUGE_PAGES, is_known(sums, HUGE_PAGES_KB),
	    sums->reader->counters[HUGE_PAGES_KB].value);
}

/* A cgroup's file pages and cache count shared memory too. */
static void sum_cgroup(struct sums *sums)
{
	uint64_t anon = is_known(sums, CG_ANON) ? kib(sums, CG_ANON) : kib(sums, CG_RSS);
	uint64_t file = is_known(sums, CG_FILE) ? kib(sums, CG_FILE) : kib(sums, CG_CACHE);

	put(sums, OOM_USE_ANON, is_known(sums, CG_ANON) || is_known(sums, CG_RSS), anon);
	put(sums, OOM_USE_FILE, is_known(sums, CG_FILE) || is_known(sums, CG_CACHE),
	    less(file, kib(sums, SHMEM)));
	put(sums, OOM_USE_KERNEL_STACKS, is_known(sums, CG_KERNEL_STACK),
	    kib(sums, CG_KERNEL_STACK));
	put(sums, OOM_USE_OTHER_KERNEL,
	    is_known(sums, CG_SOCK) || is_known(sums, CG_PERCPU) || is_known(sums, CG_VMALLOC),
	    kib(sums, CG_SOCK) + kib(sums, CG_PERCPU) + kib(sums, CG_VMALLOC));
}

/* Only where enough is known to tell what is not: most of a report may have been cut away. */
static void balance(struct oom_memory *memory)
{
	static const enum oom_use needed[] = {OOM_USE_FREE, OOM_USE_ANON, OOM_USE_FILE,
					      OOM_USE_SLAB_UNRECLAIMABLE};
	uint64_t sum = 0;

	for (size_t i = 0; i < OOM_USES; i++)
		sum += memory->use_kb[i] == OOM_NO_SIZE ? 0 : memory->use_kb[i];
	for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
		if (memory->use_kb[needed[i]] == OOM_NO_SIZE)
			return;
	if (memory->total_kb != OOM_NO_SIZE)
		memory->missing_kb = less(memory->total_kb, sum);
}

void oom_memory_finish(const struct oom_memory_reader *reader, uint64_t limit_kb,
		       struct oom_memory *ret)
{
	struct sums sums = {reader, ret};

	*ret = (struct oom_memory){.total_kb = OOM_NO_SIZE,
				   .missing_kb = OOM_NO_SIZE,
				   .swap_total_kb = OOM_NO_SIZE,
				   .swap_free_kb = OOM_NO_SIZE,
				   .page_kb = page_size(reader)};
	for (size_t i = 0; i < OOM_USES; i++)
		ret->use_kb[i] = OOM_NO_SIZE;
	put(&sums, OOM_USE_SHMEM, is_known(&sums, SHMEM), kib(&sums, SHMEM));
	put(&sums, OOM_USE_UNEVICTABLE, is_known(&sums, UNEVICTABLE), kib(&sums, UNEVICTABLE));
	put(&sums, OOM_USE_SLAB_RECLAIMABLE, is_known(&sums, SLAB_RECLAIMABLE),
	    kib(&sums, SLAB_RECLAIMABLE));
	put(&sums, OOM_USE_SLAB_UNRECLAIMABLE, is_known(&sums, SLAB_UNRECLAIMABLE),
	    kib(&sums, SLAB_UNRECLAIMABLE));
	put(&sums, OOM_USE_PAGE_TABLES, is_known(&sums, PAGE_TABLES), kib(&sums, PAGE_TABLES));
	if (reader->in_cgroup)
		sum_cgroup(&sums);
	else
		sum_machine(&sums);
	if (limit_kb != OOM_NO_SIZE)
		ret->total_kb = limit_kb;
	else if (is_known(&sums, RAM_PAGES))
		ret->total_kb = less(reader->counters[RAM_PAGES].value,
				     reader->counters[RESERVED_PAGES].value) *
				ret->page_kb;
	if (is_known(&sums, SWAP_TOTAL_KB))
		ret->swap_total_kb = reader->counters[SWAP_TOTAL_KB].value;
	if (is_known(&sums, SWAP_FREE_KB))
		ret->swap_free_kb = reader->counters[SWAP_FREE_KB].value;
	copy_string(ret->slab_cache, sizeof(ret->slab_cache), reader->slab_cache);
	ret->slab_cache_kb = reader->slab_cache_kb;
	if (!reader->in_cgroup && limit_kb == OOM_NO_SIZE)
		balance(ret);
}
