/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Finds the way into memory where the dump does not tell it, or tells it wrong. The kernel keeps
 * VMCOREINFO in a page of its own since 203e9e41219b (v4.13): it begins with OSRELEASE=, whatever the
 * dump's format. That page may be of an earlier boot; one is taken that a page table bears out.
 */
#include "kernel/memory/memory_find.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kernel/dump/dump_sweep.h"

#define PAGES_MAX (4ull << 20)	/* looked through: half a minute at most */
#define CHUNKS_MAX (4ull << 20) /* 64 TiB of addresses: headers that lie announce more */
#define COPIES_MAX 16

struct copies {
	char (*at)[PAGE_SIZE];
	size_t count, tried;
};

static void look_at(void *context, uint64_t pfn, const void *page, enum visit_bytes bytes)
{
	struct copies *copies = context;
	static const char first[] = "OSRELEASE=";

	(void)pfn;
	if (bytes != BYTES_AGAIN && copies->count < COPIES_MAX &&
	    !memcmp(page, first, sizeof(first) - 1))
		memcpy(copies->at[copies->count++], page, PAGE_SIZE);
}

/* What was found so far; the later of a kernel's words wins, and a crash adds one (CRASHTIME). */
struct found {
	struct vmcoreinfo *info;
	struct memory *memory;
};

static void found_deinit(struct found *found)
{
	vmcoreinfo_free(found->info);
	memory_close(found->memory);
}

static bool is_final(const struct found *found)
{
	return vmcoreinfo_get(found->info, "CRASHTIME");
}

static struct err *try_copy(struct dump *dump, const char *text, struct found *best)
{
	_cleanup_(found_deinit) struct found found = {0};

	if (!TRY_OK(vmcoreinfo_parse(text, PAGE_SIZE, &found.info)) ||
	    !TRY_OK(memory_open(dump, found.info, &found.memory)) ||
	    !memory_has_table(found.memory) || (best->info && !is_final(&found)))
		return NULL;
	found_deinit(best);
	*best = found;
	found = (struct found){0};
	return NULL;
}

static struct err *search(struct dump *dump, struct found *best)
{
	_cleanup_(cleanup_sweep_close) struct sweep *sweep = NULL;
	_free_ char(*pages)[PAGE_SIZE] = calloc(COPIES_MAX, PAGE_SIZE);
	struct copies copies = {.at = pages};
	struct visit_counts counts = {0};

	if (!pages)
		return &err_nomem;
	TRY(sweep_open(dump, &sweep));
	uint64_t chunks = MIN(sweep_chunks(dump), CHUNKS_MAX);
	for (uint64_t chunk = 0; chunk < chunks && counts.pages < PAGES_MAX; chunk++) {
		TRY(sweep_chunk(sweep, chunk, look_at, &copies, &counts));
		for (; copies.tried < copies.count; copies.tried++)
			TRY(try_copy(dump, copies.at[copies.tried], best));
		if (best->info && is_final(best))
			break;
	}
	return NULL;
}

static void take(struct vmcoreinfo **info, struct memory **memory, struct found *found)
{
	vmcoreinfo_free(*info);
	*info = take_ptr(found->info);
	*memory = take_ptr(found->memory);
}

/* Registers may have a page table where VMCOREINFO, which it then belies, has none. */
static struct err *by_registers(struct dump *dump, struct vmcoreinfo **info, struct memory **ret)
{
	_cleanup_(found_deinit) struct found found = {0};

	if (TRY_OK(memory_open(dump, NULL, &found.memory)) && memory_has_table(found.memory))
		take(info, ret, &found);
	return NULL;
}

struct err *memory_find(struct dump *dump, struct vmcoreinfo **info, struct memory **ret,
			struct err **why)
{
	_cleanup_(found_deinit) struct found found = {0}, first = {0};
	struct err *err = memory_open(dump, *info, &first.memory);

	*why = NULL;
	if (err && err->code == ERR_NOMEM)
		return err;
	_err_ struct err *no_memory = err;
	if (!err && memory_has_table(first.memory)) {
		*ret = take_ptr(first.memory);
		return NULL;
	}
	bool had_info = *info;

	TRY(search(dump, &found));
	if (found.info)
		take(info, ret, &found);
	else if (had_info)
		TRY(by_registers(dump, info, ret));
	if (*ret && had_info)
		*why = err_new(ERR_CORRUPT,
			       "no page table maps the kernel where the dump's VMCOREINFO "
			       "has it: it is of another boot");
	if (*ret)
		return NULL;
	*ret = take_ptr(first.memory);
	return take_ptr(no_memory);
}
