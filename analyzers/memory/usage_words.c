/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Says who has the memory. */
#include "memory/usage_totals.h"
#include "memory/usage_words.h"

#include <inttypes.h>
#include <string.h>

#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task_label.h"
#include "memory/usage_path.h"

static const struct {
	const char *name, *words;
} kinds[] = {
#define USAGE(id, name, words) {name, words},
#include "memory/usage_kinds.def"
#undef USAGE
};

const char *usage_kind_name(enum usage_kind kind)
{
	return kinds[kind].name;
}

void usage_words_size(uint64_t pages, struct str *text)
{
	uint64_t kib = pages * 4;

	if (kib >= 10ull << 20)
		str_printf(text, "%" PRIu64 " GiB", kib >> 20);
	else if (kib >= 1ull << 20)
		str_printf(text, "%.1f GiB", (double)kib / (1 << 20));
	else if (kib >= 1024)
		str_printf(text, "%" PRIu64 " MiB", kib >> 10);
	else
		str_printf(text, "%" PRIu64 " KiB", kib);
}

static void put_share(const struct usage *usage, uint64_t pages, struct str *text)
{
	usage_words_size(pages, text);
	str_puts(text, " of ");
	usage_words_size(usage->total, text);
}

/* "crashme_leak [crashme]" */
static void put_function(struct kernel *kernel, uint64_t address, struct str *text)
{
	struct symbol symbol;

	if (!symbols_at(kernel->symbols, address, &symbol)) {
		str_printf(text, "0x%016" PRIx64, address);
		return;
	}
	str_escape(text, symbol.name, strlen(symbol.name));
	if (symbol.module[0]) {
		str_puts(text, " [");
		str_escape(text, symbol.module, strlen(symbol.module));
		str_puts(text, "]");
	}
}

/* One of a list has the most of a use when it has half of it. */
static bool is_most(const struct usage *usage, enum usage_kind kind, uint64_t pages)
{
	return pages * 2 >= usage->pages[kind];
}

static void put_slab(struct kernel *kernel, const struct usage *usage, struct str *text)
{
	const struct usage_slab *slab = &usage->slabs[0];
	const struct usage_suspect *suspect = &usage->suspect;

	str_puts(text, "slab ");
	str_escape(text, slab->cache->name, strlen(slab->cache->name));
	str_puts(text, " holds ");
	put_share(usage, slab->pages, text);
	if (suspect->cache != slab->cache || !suspect->function) {
		str_printf(text, slab->objects ? " in %" PRIu64 " objects" : "", slab->objects);
		return;
	}
	str_puts(text, suspect->track ? ", allocated by "
		       : suspect->rcu ? "; objects wait for RCU to call "
				      : "; objects point to ");
	put_function(kernel, suspect->function, text);
}

static void put_process(struct kernel *kernel, const struct usage *usage, enum usage_kind kind,
			struct str *text)
{
	const struct usage_process *process = &usage->processes[0];
	char path[192];

	task_label_of_process(kernel->tasks, process->task, text);
	str_puts(text, " holds ");
	put_share(usage, kind == USAGE_TABLES ? process->tables : process->anon, text);
	str_puts(text, kind == USAGE_TABLES ? " in page tables" : " of anonymous memory");
	usage_path_of_task(kernel, process->task, path, sizeof(path));
	if (path[0] && path[1]) {
		str_puts(text, ", in cgroup ");
		str_escape(text, path, strlen(path));
	}
}

static void put_mount(const struct usage *usage, const struct usage_mount *mount, struct str *text)
{
	str_puts(text, "files of ");
	str_escape(text, mount->type, strlen(mount->type));
	str_puts(text, " ");
	str_escape(text, mount->path, strlen(mount->path));
	str_puts(text, " hold ");
	put_share(usage, mount->pages, text);
}

static void put_queues(struct kernel *kernel, const struct usage *usage, struct str *text)
{
	const struct usage_queues *queues = &usage->queues[0];

	/* A tenth of either is not worth a word. */
	str_puts(text, queues->pipes > queues->sockets * 10   ? "pipes of "
		       : queues->sockets > queues->pipes * 10 ? "sockets of "
							      : "pipes and sockets of ");
	task_label_of_process(kernel->tasks, queues->task, text);
	str_puts(text, " hold ");
	put_share(usage, queues->pages, text);
}

static void put_kind(const struct usage *usage, enum usage_kind kind, struct str *text)
{
	str_printf(text, "%s: ", kinds[kind].words);
	put_share(usage, usage->pages[kind], text);
}

static void put_caller(struct kernel *kernel, const struct usage *usage, struct str *text)
{
	const struct usage_caller *caller = &usage->callers[0];

	put_kind(usage, USAGE_VMALLOC, text);
	str_puts(text, ", ");
	usage_words_size(caller->pages, text);
	str_puts(text, " of them for ");
	put_function(kernel, caller->address - 1, text);
}

static void put_crowd(const struct usage *usage, struct str *text)
{
	str_printf(text, "%" PRIu64 " %s named ", usage->crowd.processes,
		   usage->crowd.kthreads ? "kernel threads" : "processes");
	str_escape(text, usage->crowd.comm, strlen(usage->crowd.comm));
	str_puts(text, " hold about ");
	put_share(usage, usage->crowd.pages, text);
}

void usage_words(struct kernel *kernel, const struct usage *usage, struct str *text)
{
	enum usage_kind kind = usage_largest(usage);
	const struct usage_process *process = &usage->processes[0];

	if (usage_is_crowd(usage))
		put_crowd(usage, text);
	else if ((kind == USAGE_OTHER || kind == USAGE_SLAB) && usage->queue_count &&
		 is_most(usage, kind, usage->queues[0].pages))
		put_queues(kernel, usage, text);
	else if (kind == USAGE_SLAB && usage->slab_count &&
		 is_most(usage, kind, usage->slabs[0].pages))
		put_slab(kernel, usage, text);
	else if (kind == USAGE_ANON && usage->process_count && is_most(usage, kind, process->anon))
		put_process(kernel, usage, kind, text);
	else if (kind == USAGE_TABLES && usage->process_count &&
		 is_most(usage, kind, process->tables))
		put_process(kernel, usage, kind, text);
	else if (kind == USAGE_SHMEM && usage->mount_count && usage->mounts[0].path[0] &&
		 is_most(usage, kind, usage->mounts[0].pages))
		put_mount(usage, &usage->mounts[0], text);
	else if (kind == USAGE_FILE && usage->cache_count && usage->caches[0].path[0] &&
		 is_most(usage, kind, usage->caches[0].pages))
		put_mount(usage, &usage->caches[0], text);
	else if (kind == USAGE_VMALLOC && usage->caller_count && usage->callers[0].address &&
		 is_most(usage, kind, usage->callers[0].pages))
		put_caller(kernel, usage, text);
	else
		put_kind(usage, kind, text);
	if (kind == USAGE_HUGETLB && usage->huge_free) {
		str_puts(text, ", ");
		usage_words_size(usage->huge_free, text);
		str_puts(text, " of them unused");
	}
}
