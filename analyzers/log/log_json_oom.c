/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Writes log.oom[] of the verdict. */
#include "log/log_json_oom.h"

#include <stdio.h>

#include "kernel/printk/log.h"
#include "log/log_json.h"
#include "log/oom_words.h"

#define TASKS_SHOWN 16

static void put_size(json_t *json, const char *key, uint64_t kb)
{
	json_put(json, key, kb != OOM_NO_SIZE ? json_integer((json_int_t)kb) : NULL);
}

static json_t *task_json(const struct oom_task *task)
{
	json_t *json;

	if (task->pid < 0 && !task->comm[0])
		return NULL;
	json = json_object();
	json_put(json, "comm", task->comm[0] ? json_escaped(task->comm) : NULL);
	json_put(json, "pid", task->pid >= 0 ? json_integer(task->pid) : NULL);
	return json;
}

static json_t *victim_json(const struct oom *oom)
{
	json_t *json = oom->end == OOM_KILLED ? task_json(&oom->victim) : NULL;

	if (!json)
		return NULL;
	put_size(json, "total_vm_kb", oom->total_vm_kb);
	put_size(json, "anon_rss_kb", oom->anon_rss_kb);
	put_size(json, "file_rss_kb", oom->file_rss_kb);
	put_size(json, "shmem_rss_kb", oom->shmem_rss_kb);
	return json;
}

static json_t *tasks_json(const struct oom *oom)
{
	json_t *list = json_array();

	for (size_t i = 0; i < MIN(oom->tasks.count, (size_t)TASKS_SHOWN); i++) {
		const struct oom_name *name = &oom->tasks.list[i];
		json_t *json = json_object();

		json_put(json, "comm", json_escaped(name->comm));
		json_put(json, "count", json_integer((json_int_t)name->count));
		put_size(json, "rss_kb", name->rss_pages * oom->memory.page_kb);
		put_size(json, "swap_kb", name->swap_pages * oom->memory.page_kb);
		json_array_append_new(list, json);
	}
	return list;
}

/* Of the machine, or of the cgroup where that has reached its limit. */
static void put_memory(json_t *json, const struct oom_memory *memory)
{
	char key[48];

	put_size(json, "total_kb", memory->total_kb);
	for (size_t i = 0; i < OOM_USES; i++) {
		snprintf(key, sizeof(key), "%s_kb", oom_use_name((enum oom_use)i));
		put_size(json, key, memory->use_kb[i]);
	}
	put_size(json, "missing_kb", memory->missing_kb);
	put_size(json, "swap_total_kb", memory->swap_total_kb);
	put_size(json, "swap_free_kb", memory->swap_free_kb);
	if (memory->slab_cache[0])
		json_put(json, "slab_cache",
			 json_pack("{s:o, s:I}", "name", json_escaped(memory->slab_cache),
				   "size_kb", (json_int_t)memory->slab_cache_kb));
}

/* The calendar where the log has it, else uptime. */
static json_t *time_json(const struct log *log, size_t index)
{
	const struct log_line *line = &log->lines[index];
	const char *wall = log_wall(log, index);

	if (wall)
		return json_escaped(wall);
	return line->has_time ? json_sprintf("%.6f", (double)line->time_us / 1e6) : NULL;
}

json_t *log_json_oom(const struct log *log, const struct oom *oom)
{
	const char *constraint = oom_constraint_name(oom->constraint);
	_str_ struct str eater = {0};
	json_t *json = json_object();

	log_json_put_time(json, log, oom->line);
	json_put(json, "time", time_json(log, oom->line));
	json_put(json, "first_line", json_integer((json_int_t)oom->line + 1));
	json_put(json, "constraint", constraint ? json_string(constraint) : NULL);
	json_put(json, "end", oom_end_name(oom->end) ? json_string(oom_end_name(oom->end)) : NULL);
	json_put(json, "asked", json_boolean(oom->asked));
	json_put(json, "invoker", task_json(&oom->invoker));
	json_put(json, "victim", victim_json(oom));
	json_put(json, "chosen", task_json(&oom->chosen));
	json_put(json, "gfp_mask", oom->has_gfp ? json_address(oom->gfp_mask) : NULL);
	json_put(json, "order", oom->order != OOM_NO_ORDER ? json_integer(oom->order) : NULL);
	json_put(json, "cgroup", oom->cgroup[0] ? json_escaped(oom->cgroup) : NULL);
	put_size(json, "limit_kb", oom->limit_kb);
	put_size(json, "usage_kb", oom->usage_kb);
	put_memory(json, &oom->memory);
	json_put(json, "tasks", oom->tasks.count ? tasks_json(oom) : NULL);
	if (oom_put_eater(oom, &eater) && eater.data)
		json_put(json, "eater", json_escaped(eater.data));
	return json;
}

json_t *log_json_oom_kills(const struct ooms *ooms)
{
	json_t *victims = json_array();

	for (size_t i = 0; i < ooms->victim_count; i++)
		json_array_append_new(victims,
				      json_pack("{s:o, s:I}", "comm",
						json_escaped(ooms->victims[i].comm), "count",
						(json_int_t)ooms->victims[i].count));
	return json_pack("{s:{s:I, s:o, s:I}}", "oom_kills", "count", (json_int_t)ooms->kills,
			 "victims", victims, "left_out", (json_int_t)ooms->left_out);
}
