/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the dead kernel says of its types for the sake of dump tools and of /proc. */
#include "kernel/probe/probe_told.h"

#include <stdio.h>
#include <string.h>

#include "kernel/dump/vmcoreinfo.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define OFFSET_MAX 65536u

static struct err *add_told(struct kernel *kernel, struct type_provider *types, const char *type,
			    const char *member, struct probed_value value)
{
	uint64_t offset;
	char key[64];

	snprintf(key, sizeof(key), "%s.%s", type, member);
	if (!vmcoreinfo_offset(kernel->vmcoreinfo, key, &offset) || offset >= OFFSET_MAX)
		return NULL;
	return probed_add(types, type, member, offset, value);
}

/* A member of the struct that the outer member is. */
static struct err *add_path(struct kernel *kernel, struct type_provider *types, const char *type,
			    const char *path, const char *outer, const char *inner,
			    struct probed_value value)
{
	uint64_t offset, more;
	char key[64];

	snprintf(key, sizeof(key), "%s.%s", type, outer);
	if (!vmcoreinfo_offset(kernel->vmcoreinfo, key, &offset) || offset >= OFFSET_MAX ||
	    !vmcoreinfo_offset(kernel->vmcoreinfo, inner, &more) || more >= OFFSET_MAX)
		return NULL;
	return probed_add(types, type, path, offset + more, value);
}

/* text_len:16, facility:8, flags:5, level:3, and then who called, where the kernel says both ends. */
static struct err *add_level(struct kernel *kernel, struct type_provider *types)
{
	uint64_t length, caller;

	return vmcoreinfo_offset(kernel->vmcoreinfo, "printk_info.text_len", &length) &&
			       vmcoreinfo_offset(kernel->vmcoreinfo, "printk_info.caller_id",
						 &caller) &&
			       caller == length + 4 && caller < OFFSET_MAX
		       ? probed_add(types, "printk_info", "level", length + 3, PROBED_BITS(1, 5, 3))
		       : NULL;
}

/* text_len:16, dict_len:16, facility:8, flags:5, level:3, in records of either name. */
static struct err *add_record_level(struct kernel *kernel, struct type_provider *types,
				    const char *type)
{
	uint64_t length, dictionary;
	char key[64];

	snprintf(key, sizeof(key), "%s.text_len", type);
	if (!vmcoreinfo_offset(kernel->vmcoreinfo, key, &length))
		return NULL;
	snprintf(key, sizeof(key), "%s.dict_len", type);
	if (!vmcoreinfo_offset(kernel->vmcoreinfo, key, &dictionary) || dictionary != length + 2 ||
	    dictionary >= OFFSET_MAX)
		return NULL;
	TRY(probed_add(types, type, "flags", dictionary + 3, PROBED_BITS(1, 0, 5)));
	return probed_add(types, type, "level", dictionary + 3, PROBED_BITS(1, 5, 3));
}

static struct err *set_size(struct kernel *kernel, struct type_provider *types, const char *type)
{
	uint64_t size;

	return vmcoreinfo_size(kernel->vmcoreinfo, type, &size) && size < OFFSET_MAX
		       ? probed_set_size(types, TYPE_STRUCT, type, size)
		       : NULL;
}

static struct err *add_members(struct kernel *kernel, struct type_provider *types)
{
#define TOLD_MEMBER(type, member, ...) TRY(add_told(kernel, types, type, member, __VA_ARGS__));
#define TOLD_PATH(type, path, outer, inner, ...)                                                   \
	TRY(add_path(kernel, types, type, path, outer, inner, __VA_ARGS__));
#define TOLD_SIZE(type) TRY(set_size(kernel, types, type));
#include "kernel/probe/told_members.def"
#undef TOLD_MEMBER
#undef TOLD_PATH
#undef TOLD_SIZE
	return NULL;
}

/* --- counters --------------------------------------------------------------------------------- */

#define NAMES_MAX 512u
#define FIRST_OF_NODES "nr_inactive_anon" /* node_stat_item begins so, since 599d0c954f91 v4.8 */

static const struct {
	const char *name, *enumerator;
} counters[] = {
#define COUNTER(name, enumerator) {name, enumerator},
#include "kernel/probe/counters.def"
#undef COUNTER
};

struct names {
	struct kernel *kernel;
	uint64_t array;
	bool nodes;	 /* this kernel counts by nodes, too */
	uint64_t before; /* names in front of the first counter of nodes, once that has been seen */
	bool seen;
};

static struct err *add_counter(const struct names *names, const char *name, uint64_t number,
			       struct type_provider *types)
{
	const char *type = names->seen ? "node_stat_item" : "zone_stat_item";

	for (size_t i = 0; i < ARRAY_SIZE(counters); i++)
		if (!strcmp(counters[i].name, name))
			TRY(probed_add_enumerator(types, type, counters[i].enumerator,
						  number - names->before));
	/* Stacks were counted one by one; in KiB since d30dd8be06b8 v4.8. */
	if (!strcmp(name, "nr_kernel_stack"))
		TRY(probed_add_enumerator(types, type,
					  names->nodes ? "NR_KERNEL_STACK_KB" : "NR_KERNEL_STACK",
					  number - names->before));
	return NULL;
}

/* zone.vm_stat: as many as there are names in front of the nodes', or of the events. */
static struct err *add_zone_counters(const struct names *names, uint64_t count,
				     struct type_provider *types)
{
	uint64_t offset;

	if (!count || !vmcoreinfo_offset(names->kernel->vmcoreinfo, "zone.vm_stat", &offset) ||
	    offset >= OFFSET_MAX)
		return NULL;
	return probed_add(types, "zone", "vm_stat", offset,
			  PROBED_ARRAY("atomic_long_t", 8 * count));
}

/* vmstat_text: names of a zone's counters, of NUMA's events, of a node's; those of events follow. */
static struct err *add_counters(struct kernel *kernel, struct type_provider *types)
{
	struct names names = {.kernel = kernel};
	uint64_t unused, string, i;
	char name[48];

	names.nodes = symbols_find(kernel->symbols, "vm_node_stat", &unused);
	if (!symbols_find(kernel->symbols, "vmstat_text", &names.array))
		return NULL;
	for (i = 0; i < NAMES_MAX; i++) {
		if (!err_ok(memory_read_u64(kernel->memory, names.array + 8 * i, &string)) ||
		    !memory_is_kernel(kernel->memory, string) ||
		    !err_ok(memory_read_string(kernel->memory, string, name, sizeof(name))) ||
		    !strcmp(name, "pgpgin")) /* events begin */
			break;
		if (names.nodes && !names.seen && !strcmp(name, FIRST_OF_NODES)) {
			names.seen = true;
			names.before = i;
		}
		TRY(add_counter(&names, name, i, types));
	}
	return add_zone_counters(&names, names.seen ? names.before : i, types);
}

struct err *probe_told(struct kernel *kernel, struct type_provider *types)
{
	TRY(add_members(kernel, types));
	TRY(add_level(kernel, types));
	TRY(add_record_level(kernel, types, "printk_log"));
	TRY(add_record_level(kernel, types, "log"));
	return add_counters(kernel, types);
}
