/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes what memory is used for. */
#include "memory/usage_totals.h"
#include "memory/usage_json.h"

#include "describe.h"
#include "finding.h"
#include "kernel/symbols/symbol.h"
#include "memory/usage_path.h"
#include "memory/usage_words.h"

static json_t *kib(uint64_t pages)
{
	return json_integer((json_int_t)(pages * 4));
}

static json_t *symbol_json(struct kernel *kernel, uint64_t address)
{
	char text[SYMBOL_NAME_MAX + 96];

	if (!address)
		return json_null();
	symbols_format_return(kernel->symbols, address, text, sizeof(text));
	return json_escaped(text);
}

static json_t *uses_json(const struct usage *usage)
{
	json_t *json = json_object();

	for (int kind = 0; kind < USAGE_KINDS; kind++)
		json_put(json, usage_kind_name((enum usage_kind)kind), kib(usage->pages[kind]));
	return json;
}

static json_t *slabs_json(const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->slab_count; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:I}", "cache",
						      json_escaped(usage->slabs[i].cache->name),
						      "kib", kib(usage->slabs[i].pages), "objects",
						      (json_int_t)usage->slabs[i].objects));
	return list;
}

static json_t *processes_json(struct kernel *kernel, const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->process_count; i++) {
		const struct usage_process *one = &usage->processes[i];
		char path[192];

		usage_path_of_task(kernel, one->task, path, sizeof(path));
		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "task",
					describe_task(one->task), "anonymous_kib", kib(one->anon),
					"file_kib", kib(one->file), "shared_kib", kib(one->shmem),
					"swap_kib", kib(one->swap), "tables_kib", kib(one->tables),
					"cgroup", path[0] ? json_escaped(path) : json_null()));
	}
	return list;
}

static json_t *cgroups_json(const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->cgroup_count; i++) {
		const struct usage_cgroup *one = &usage->cgroups[i];

		json_array_append_new(
			list, json_pack("{s:o, s:o, s:o}", "path", json_escaped(one->path), "kib",
					kib(one->pages), "limit_kib",
					one->limit == UINT64_MAX ? json_null() : kib(one->limit)));
	}
	return list;
}

static json_t *callers_json(struct kernel *kernel, const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->caller_count; i++) {
		const struct usage_caller *one = &usage->callers[i];

		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:I}", "caller",
						symbol_json(kernel, one->address), "kib",
						kib(one->pages), "areas", (json_int_t)one->areas));
	}
	return list;
}

static json_t *mounts_json(const struct usage_mount *mounts, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		json_array_append_new(list, json_pack("{s:o, s:o, s:o, s:o}", "path",
						      json_escaped(mounts[i].path), "device",
						      json_escaped(mounts[i].device), "type",
						      json_escaped(mounts[i].type), "kib",
						      kib(mounts[i].pages)));
	return list;
}

static json_t *queues_json(const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->queue_count; i++)
		json_array_append_new(list,
				      json_pack("{s:o, s:o, s:o}", "task",
						describe_task(usage->queues[i].task), "pipes_kib",
						kib(usage->queues[i].pipes), "sockets_kib",
						kib(usage->queues[i].sockets)));
	return list;
}

static json_t *zones_json(const struct usage *usage)
{
	json_t *list = json_array();

	for (size_t i = 0; i < usage->zone_count; i++) {
		const struct usage_zone *one = &usage->zones[i];

		json_array_append_new(list, json_pack("{s:i, s:o, s:o, s:o, s:o}", "node",
						      one->node, "name", json_escaped(one->name),
						      "managed_kib", kib(one->managed), "free_kib",
						      kib(one->free), "min_kib", kib(one->min)));
	}
	return list;
}

static json_t *suspect_json(struct kernel *kernel, const struct usage_suspect *suspect)
{
	char text[SYMBOL_NAME_MAX + 96];

	if (!suspect->cache)
		return NULL;
	symbols_format(kernel->symbols, suspect->function, text, sizeof(text));
	return json_pack("{s:o, s:i, s:i, s:o, s:b, s:b, s:s}", "cache",
			 json_escaped(suspect->cache->name), "objects", (int)suspect->objects,
			 "agreeing", (int)suspect->agreeing, "function",
			 suspect->function ? json_escaped(text) : json_null(), "track",
			 suspect->track, "rcu", suspect->rcu, "evidence",
			 suspect->track ? EVIDENCE_PROVEN : EVIDENCE_INFERRED);
}

json_t *usage_json(struct kernel *kernel, const struct usage *usage)
{
	json_t *json = json_pack("{s:o, s:o}", "total_kib", kib(usage->total), "uses_kib",
				 uses_json(usage));

	bool crowd = usage_is_crowd(usage);
	uint64_t largest = crowd ? usage->crowd.pages : usage->pages[usage_largest(usage)];

	json_put(json, "largest",
		 json_string(crowd ? (usage->crowd.kthreads ? "kernel_threads" : "processes")
				   : usage_kind_name(usage_largest(usage))));
	json_put(json, "share", json_real((double)largest / (double)usage->total));
	json_put(json, "slabs", slabs_json(usage));
	json_put(json, "processes", processes_json(kernel, usage));
	json_put(json, "cgroups", cgroups_json(usage));
	json_put(json, "vmalloc", callers_json(kernel, usage));
	json_put(json, "tmpfs", mounts_json(usage->mounts, usage->mount_count));
	json_put(json, "page_cache", mounts_json(usage->caches, usage->cache_count));
	json_put(json, "queues", queues_json(usage));
	json_put(json, "zones", zones_json(usage));
	json_put(json, "suspect", suspect_json(kernel, &usage->suspect));
	return json;
}
