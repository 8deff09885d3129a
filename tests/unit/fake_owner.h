/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_FAKE_OWNER_H
#define TRIAGE_FAKE_OWNER_H

#include "analysis.h"
#include "describe.h"
#include "fake_slab.h"
#include "kept_findings.h"
#include "kernel/mm/slab_find.h"
#include "kernel/tasks/task.h"
#include "kernel/unwind/frame.h"

/*
 * Stands in for kernel/mm/owner.c and describe.c: objects of the fake slabs are owners, all else is
 * nobody's. Include it in one file of a test program. One with owners of its own defines
 * FAKE_OWN_OWNERS.
 */
#ifndef FAKE_OWN_OWNERS
void owner_find(struct kernel *of, uint64_t address, struct owner *ret)
{
	*ret = (struct owner){.kind = OWNER_UNKNOWN, .address = address, .cpu = -1};
	if (!err_ok(slab_find(of, address, &ret->slab)))
		return;
	ret->kind = OWNER_SLAB;
	ret->start = ret->slab.start;
	ret->size = ret->slab.slab.cache->object_size;
	ret->offset = ret->slab.offset;
}
#endif

void owner_find_frame(struct kernel *of, struct owner *owner)
{
	(void)of;
	(void)owner;
}

void owner_format(const struct owner *owner, char *buf, size_t size)
{
	copy_string(buf, size, owner->kind == OWNER_SLAB ? owner->slab.slab.cache->name : "nobody");
}

void owner_format_object(const struct owner *owner, char *buf, size_t size)
{
	owner_format(owner, buf, size);
}

json_t *describe_owner(const struct owner *owner)
{
	return json_pack("{s:i, s:o}", "kind", (int)owner->kind, "start",
			 json_address(owner->address));
}

json_t *describe_task(const struct task *task)
{
	return json_pack("{s:i}", "pid", task->pid);
}

uint64_t frame_lookup_address(const struct frame *frame)
{
	return frame->address;
}

json_t *describe_frame(struct kernel *of, const struct frame *frame)
{
	struct symbol symbol = {0};

	symbols_at(of->symbols, frame->address, &symbol);
	return json_pack("{s:s}", "symbol", symbol.name);
}

/* A crash of which nothing is known but what a test sets. */
static struct crash crash;
static struct frame frames[12];
static struct kept_findings findings;
static struct analysis analysis;

static inline void fake_analysis_start(void)
{
	memset(frames, 0, sizeof(frames));
	crash = (struct crash){.kernel = &kernel, .cpu = -1, .trace.frames = frames};
	kept_findings_init(&findings);
	analysis = (struct analysis){
		.kernel = &kernel, .findings = &findings.findings, .crash = &crash};
}

static inline void fake_analysis_end(void)
{
	kept_findings_deinit(&findings);
	memory_facts_deinit(&analysis.memory);
}

/* The first finding of this kind, or NULL. */
static inline const struct finding *fake_finding(enum finding_id id)
{
	return kept_finding(&findings, id);
}

#endif
