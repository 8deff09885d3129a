/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The worker's search: what is asked for, and the hits and owners that answer it. */
#include "daemon/worker/worker_search.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/parse.h"
#include "base/str.h"
#include "crash/crash_find.h"
#include "kernel/dump/search.h"
#include "kernel/symbols/symbol.h"
#include "kernel/tasks/task.h"
#include "memory/memory_json.h"
#include "memory/search_groups.h"
#include "memory/search_hits.h"

/* --- what to look for ------------------------------------------------------------------------- */

static const char *text_of(const json_t *request, const char *key)
{
	return json_string_value(json_object_get(request, key));
}

static bool is_hex(const char *text, uint64_t *ret)
{
	return text && parse_hex(text, strlen(text), ret);
}

static struct err *find_symbol(struct kernel *kernel, const char *text, uint64_t *ret)
{
	size_t length = strcspn(text, "+");
	uint64_t offset = 0;
	char name[256];

	if (length >= sizeof(name) || !length ||
	    (text[length] && !is_hex(text + length + 1, &offset)))
		return err_new(ERR_INVALID, "\"%.100s\" is neither a number nor a symbol", text);
	memcpy(name, text, length);
	name[length] = '\0';
	if (!kernel->symbols)
		return err_new(ERR_NOT_FOUND,
			       "the dump's symbols could not be read, so \"%.100s\" is "
			       "not known",
			       name);
	if (!symbols_find(kernel->symbols, name, ret))
		return err_new(ERR_NOT_FOUND,
			       "\"%.100s\" is no hexadecimal number, and the kernel has "
			       "no such symbol",
			       name);
	*ret += offset;
	return NULL;
}

/* All addresses in the object, stack, area or variable that value is the address of. */
static struct err *take_object(struct kernel *kernel, struct search_pattern *pattern)
{
	struct owner owner;

	owner_find(kernel, pattern->value, &owner);
	if (!owner.start || !owner.size)
		return err_new(ERR_NOT_FOUND,
			       "0x%016" PRIx64 " is in no object whose size is known: "
			       "give the end of the range",
			       pattern->value);
	pattern->low = owner.start;
	pattern->high = owner.start + owner.size;
	return NULL;
}

static struct err *take_range(struct kernel *kernel, const char *range,
			      struct search_pattern *pattern)
{
	uint64_t end;

	pattern->range = true;
	pattern->low = pattern->value;
	if (!strcmp(range, "object"))
		return take_object(kernel, pattern);
	if (!is_hex(range[0] == '+' ? range + 1 : range, &end))
		return err_new(ERR_INVALID, "\"%.100s\" is no end of a range", range);
	pattern->high = range[0] == '+' ? pattern->value + end : end;
	if (pattern->high <= pattern->low)
		return err_new(ERR_INVALID,
			       "the range from 0x%016" PRIx64 " to 0x%016" PRIx64 " is empty",
			       pattern->low, pattern->high);
	return NULL;
}

static struct err *take_pattern(struct kernel *kernel, const json_t *request,
				struct search_pattern *ret)
{
	const char *value = text_of(request, "value"), *mask = text_of(request, "mask");
	const char *range = text_of(request, "range");

	*ret = (struct search_pattern){.mask = UINT64_MAX};
	if (!value)
		return err_new(ERR_INVALID, "no value to search for");
	if (!is_hex(value, &ret->value))
		TRY(find_symbol(kernel, value, &ret->value));
	if (mask && !is_hex(mask, &ret->mask))
		return err_new(ERR_INVALID, "\"%.100s\" is no mask", mask);
	if (!ret->mask)
		return err_new(ERR_INVALID, "a mask of 0 fits every word");
	return range ? take_range(kernel, range, ret) : NULL;
}

/* --- the search ------------------------------------------------------------------------------- */

struct reporter {
	const struct worker_search_events *events;
	unsigned percent;
	size_t limit, shown; /* hits */
};

static bool report_progress(void *context, uint64_t done, uint64_t all)
{
	struct reporter *reporter = context;
	unsigned percent = (unsigned)(done * 100 / all);
	char step[64];

	if (percent != reporter->percent) {
		reporter->percent = percent;
		snprintf(step, sizeof(step), "searching, %u%%", percent);
		reporter->events->progress(NULL, step);
	}
	return true;
}

static void report_hit(void *context, const struct search_place *place)
{
	struct reporter *reporter = context;

	if (reporter->shown == reporter->limit)
		return;
	reporter->shown++;
	reporter->events->answer(json_pack("{s:o}", "hit", memory_json_place(place)));
}

static json_t *summary(const struct search_options *options, const struct search_result *result,
		       size_t shown, const struct search_groups *groups)
{
	const struct search_pattern *pattern = &options->pattern;
	struct search_group list[WORKER_SEARCH_GROUPS];
	size_t count = search_groups_list(groups, list, WORKER_SEARCH_GROUPS);
	json_t *json = json_pack("{s:o, s:I, s:I, s:I, s:b, s:I, s:I, s:I, s:I, s:i, s:o}", "value",
				 json_address(pattern->value), "total", (json_int_t)result->total,
				 "shown", (json_int_t)shown, "grouped", (json_int_t)result->count,
				 "whole", result->whole, "pages", (json_int_t)result->pages.pages,
				 "excluded", (json_int_t)result->pages.excluded, "truncated",
				 (json_int_t)result->pages.truncated, "corrupt",
				 (json_int_t)result->pages.corrupt, "threads",
				 (int)options->threads, "groups", memory_json_groups(list, count));

	if (pattern->range) {
		json_put(json, "low", json_address(pattern->low));
		json_put(json, "high", json_address(pattern->high));
	} else {
		json_put(json, "mask", json_address(pattern->mask));
	}
	return json;
}

static struct err *tell(struct kernel *kernel, const struct search_options *options,
			const struct search_result *result, struct reporter *reporter)
{
	_cleanup_(cleanup_search_groups_free) struct search_groups *groups = NULL;
	_cleanup_(cleanup_crash_free) struct crash *crash = NULL;

	reporter->events->progress(NULL, "owners");
	TRY(crash_find(kernel, NULL, &crash));
	TRY(search_hits_each(kernel, result, crash->task, &groups, report_hit, reporter));
	reporter->events->answer(
		json_pack("{s:o}", "summary", summary(options, result, reporter->shown, groups)));
	return NULL;
}

static size_t number_of(const json_t *request, const char *key, size_t max)
{
	json_int_t number = json_integer_value(json_object_get(request, key));

	return number < 0 ? 0 : MIN((size_t)number, max);
}

struct err *worker_search(struct kernel *kernel, const char *request,
			  const struct worker_search_events *events)
{
	_json_ json_t *json = json_loads(request, 0, NULL);
	struct reporter reporter = {.events = events};
	struct search_options options = {.progress = report_progress, .context = &reporter};
	struct search_result result;

	if (!kernel->dump)
		return err_new(ERR_INVALID, "a kernel log has no memory to search");
	TRY(take_pattern(kernel, json, &options.pattern));
	options.threads = (unsigned)number_of(json, "threads", SEARCH_THREADS_MAX);
	if (!options.threads)
		options.threads = search_threads();
	reporter.limit = number_of(json, "limit", SEARCH_HITS_MAX);
	options.limit = MAX(reporter.limit, WORKER_SEARCH_OWNERS);
	TRY(search_run(kernel->dump, &options, &result));
	struct err *err = tell(kernel, &options, &result, &reporter);
	search_deinit(&result);
	return err;
}
