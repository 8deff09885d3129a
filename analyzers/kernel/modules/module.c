/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The modules of the dead kernel, from its list of them. */
#include "kernel/modules/module.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "base/str.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module_symbols.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"
#include "kernel/types/walk.h"

#define MODULES_MAX 4096
#define MODULE_SIZE_MAX (1u << 30) /* the module area is 1 to 1.5 GiB */
#define STRUCT_MAX 16384

struct entry {
	struct module module;
	struct kernel *kernel; /* for load_symbols() */
};

struct modules {
	struct entry **entries; /* each on its own: kernel->symbols points at them */
	size_t count;
	struct err *error;
};

/* struct module as read from the dump: one read, then its members cost nothing. */
struct image {
	struct kernel *kernel;
	uint8_t bytes[STRUCT_MAX];
	size_t size;
};

static uint64_t get(const struct image *image, enum member_id id)
{
	uint64_t value;

	return member_get(image->kernel, image->bytes, image->size, id, &value) ? value : 0;
}

static void add_range(struct module *module, uint64_t start, uint64_t size, bool text, bool init)
{
	if (!start || !size || size > MODULE_SIZE_MAX || module->range_count == MODULE_RANGES ||
	    start + size < start)
		return;
	module->ranges[module->range_count].start = start;
	module->ranges[module->range_count].end = start + size;
	module->ranges[module->range_count].text = text;
	module->ranges[module->range_count++].init = init;
}

/* Text comes first in the old layouts, then all data. */
static void add_layout(struct module *module, uint64_t base, uint64_t size, uint64_t text,
		       bool init)
{
	text = MIN(text, size);
	add_range(module, base, text, true, init);
	add_range(module, base + text, size - text, false, init);
}

static void read_layouts(const struct image *image, struct module *module)
{
	module->base = get(image, MEMBER_MODULE_CORE);
	module->size = get(image, MEMBER_MODULE_CORE_TEXT);
	add_layout(module, module->base, get(image, MEMBER_MODULE_CORE_SIZE), module->size, false);
	add_layout(module, get(image, MEMBER_MODULE_INIT), get(image, MEMBER_MODULE_INIT_SIZE),
		   get(image, MEMBER_MODULE_INIT_TEXT), true);
}

/* enum mod_mem_type numbers the areas; which of them hold text or go after loading. */
static void read_memory(const struct image *image, const struct member *mem, struct module *module)
{
	static const struct {
		const char *name;
		bool text, init;
	} kinds[] = {
		{"MOD_TEXT", true, false},	  {"MOD_DATA", false, false},
		{"MOD_RODATA", false, false},	  {"MOD_RO_AFTER_INIT", false, false},
		{"MOD_INIT_TEXT", true, true},	  {"MOD_INIT_DATA", false, true},
		{"MOD_INIT_RODATA", false, true},
	};
	uint64_t stride = type_size(type_target(mem->type));

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		uint64_t number, offset, base, size;

		if (!types_enumerator(image->kernel->types, "mod_mem_type", kinds[i].name,
				      &number) ||
		    number > ARRAY_SIZE(kinds))
			continue;
		offset = member_offset(mem) + number * stride;
		if (offset >= image->size ||
		    !member_get(image->kernel, image->bytes + offset, image->size - offset,
				MEMBER_MODULE_MEMORY_BASE, &base) ||
		    !member_get(image->kernel, image->bytes + offset, image->size - offset,
				MEMBER_MODULE_MEMORY_SIZE, &size))
			continue;
		add_range(module, base, size, kinds[i].text, kinds[i].init);
		if (i == 0) {
			module->base = base;
			module->size = size;
		}
	}
}

static struct err *read_name(const struct image *image, struct module *module)
{
	const struct member *name = members_get(image->kernel->members, MEMBER_MODULE_NAME);
	size_t length;

	if (!name || member_offset(name) >= image->size)
		return err_new(ERR_NOT_FOUND, "struct module has no name");
	length = MIN(type_size(name->type), image->size - member_offset(name));
	copy_string(module->name, MIN(sizeof(module->name), length + 1),
		    (const char *)image->bytes + member_offset(name));
	if (!is_printable(module->name, strlen(module->name)))
		return err_at(ERR_CORRUPT, module->address, "a module without a name");
	return NULL;
}

static struct err *read_module(struct kernel *kernel, uint64_t address, struct module *ret)
{
	struct module module = {.address = address};
	struct image image = {.kernel = kernel};
	const struct member *mem = members_get(kernel->members, MEMBER_MODULE_MEM);

	image.size = MIN(type_size(types_find_struct(kernel->types, "module")), STRUCT_MAX);
	TRY(memory_read(kernel->memory, address, image.bytes, image.size));
	TRY(read_name(&image, &module));
	if (mem)
		read_memory(&image, mem, &module);
	else
		read_layouts(&image, &module);
	module.taints = get(&image, MEMBER_MODULE_TAINTS);
	module.orc = get(&image, MEMBER_MODULE_ORC);
	module.orc_ip = get(&image, MEMBER_MODULE_ORC_IP);
	module.orc_count = get(&image, MEMBER_MODULE_ORC_COUNT);
	module.btf = get(&image, MEMBER_MODULE_BTF);
	module.btf_size = get(&image, MEMBER_MODULE_BTF_SIZE);
	module.kallsyms = members_has(kernel->members, MEMBER_MODULE_KALLSYMS)
				  ? get(&image, MEMBER_MODULE_KALLSYMS)
				  : address;
	*ret = module;
	return NULL;
}

/* Being built up or torn down: the kernel itself passes these over. */
static bool is_unformed(struct kernel *kernel, uint64_t address)
{
	uint64_t state, unformed;

	return types_enumerator(kernel->types, "module_state", "MODULE_STATE_UNFORMED",
				&unformed) &&
	       err_ok(member_read(kernel, address, MEMBER_MODULE_STATE, &state)) &&
	       state == unformed;
}

static struct err *load_symbols(void *context, struct symbol_list *list)
{
	const struct entry *entry = context;

	return module_symbols_read(entry->kernel, entry->module.name, entry->module.kallsyms, list);
}

static struct err *announce(struct kernel *kernel, struct entry *entry)
{
	const struct module *module = &entry->module;
	struct symbol_range ranges[MODULE_RANGES];

	for (unsigned i = 0; i < module->range_count; i++)
		ranges[i] = (struct symbol_range){module->ranges[i].start, module->ranges[i].end};
	return symbols_add_module(kernel->symbols, module->name, ranges, module->range_count,
				  load_symbols, entry);
}

static struct err *append(struct modules *modules, struct kernel *kernel, uint64_t address)
{
	_free_ struct entry *entry = calloc(1, sizeof(*entry));

	if (!entry)
		return &err_nomem;
	entry->kernel = kernel;
	TRY(read_module(kernel, address, &entry->module));
	if (!array_grow(modules->entries, modules->count))
		return &err_nomem;
	TRY(announce(kernel, entry));
	modules->entries[modules->count++] = take_ptr(entry);
	return NULL;
}

static struct err *walk(struct modules *modules, struct kernel *kernel, uint64_t head,
			uint64_t offset)
{
	_list_walk_ struct list_walk list;

	list_walk_init(&list, kernel, head, MODULES_MAX);
	while (list_walk_next(&list)) {
		if (is_unformed(kernel, list.node - offset))
			continue;
		TRY(append(modules, kernel, list.node - offset));
	}
	return take_ptr(list.err);
}

struct err *modules_open(struct kernel *kernel, struct modules **ret)
{
	const struct member *list = members_get(kernel->members, MEMBER_MODULE_LIST);
	struct modules *modules;
	uint64_t head;

	if (!list)
		return err_new(ERR_NOT_FOUND, "no struct module among this kernel's types");
	if (!symbols_find(kernel->symbols, "modules", &head))
		return err_new(ERR_NOT_FOUND, "no symbol \"modules\"");
	modules = calloc(1, sizeof(*modules));
	if (!modules)
		return &err_nomem;
	modules->error = walk(modules, kernel, head, member_offset(list));
	*ret = modules;
	return NULL;
}

void modules_close(struct modules *modules)
{
	if (!modules)
		return;
	for (size_t i = 0; i < modules->count; i++)
		free(modules->entries[i]);
	free(modules->entries);
	err_free(modules->error);
	free(modules);
}

size_t modules_count(const struct modules *modules)
{
	return modules->count;
}

const struct module *modules_at(const struct modules *modules, size_t i)
{
	return &modules->entries[i]->module;
}

const struct module *modules_find(const struct modules *modules, uint64_t address)
{
	for (size_t m = 0; m < modules->count; m++) {
		const struct module *module = modules_at(modules, m);

		for (unsigned i = 0; i < module->range_count; i++)
			if (address >= module->ranges[i].start && address < module->ranges[i].end)
				return module;
	}
	return NULL;
}

const struct err *modules_error(const struct modules *modules)
{
	return modules->error;
}
