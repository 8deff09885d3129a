/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Symbols of the kernel and its modules, by name and by address. */
#include "kernel/symbols/symbol.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/array.h"
#include "kernel/dump/vmcoreinfo.h"
#include "kernel/memory/pagetable.h"
#include "kernel/symbols/kallsyms.h"
#include "kernel/symbols/kallsyms_read.h"
#include "kernel/symbols/kallsyms_scan.h"
#include "kernel/symbols/kallsyms_vmcoreinfo.h"
#include "kernel/symbols/vmlinux.h"

#define SCAN_LENGTH (128u << 20)
#define IMAGE_MIN 0xffffffff81000000ull
#define IMAGE_MAX 0xffffffffc0000000ull
#define MODULE_RANGES_MAX 16

struct module_symbols {
	char name[64];
	struct symbol_range ranges[MODULE_RANGES_MAX];
	size_t range_count;
	struct err *(*load)(void *context, struct symbol_list *list);
	void *context;
	bool loaded;
	struct symbol_list list;
};

struct symbols {
	struct kallsyms *kallsyms; /* or, when NULL, list */
	struct symbol_list list;
	bool moved;	     /* kallsyms_relative_base is damaged */
	uint64_t start, end; /* of the image: [_text, _end) */
	struct module_symbols *modules;
	size_t module_count;
};

void symbols_close(struct symbols *symbols)
{
	if (!symbols)
		return;
	kallsyms_close(symbols->kallsyms);
	symbol_list_deinit(&symbols->list);
	for (size_t i = 0; i < symbols->module_count; i++)
		symbol_list_deinit(&symbols->modules[i].list);
	free(symbols->modules);
	free(symbols);
}

/* --- the kernel's table, whichever of the two it is ------------------------------------------ */

static size_t table_count(const struct symbols *symbols)
{
	return symbols->kallsyms ? kallsyms_count(symbols->kallsyms) : symbols->list.count;
}

static uint64_t table_address(const struct symbols *symbols, size_t i)
{
	return symbols->kallsyms ? kallsyms_address(symbols->kallsyms, i)
				 : symbols->list.entries[i].address;
}

/* Is its address known? */
static bool table_has(const struct symbols *symbols, size_t i)
{
	return !symbols->kallsyms || kallsyms_has_address(symbols->kallsyms, i);
}

static bool table_find(struct symbols *symbols, const char *name, uint64_t *ret)
{
	size_t i;

	if (!(symbols->kallsyms ? kallsyms_find(symbols->kallsyms, name, &i)
				: symbol_list_find(&symbols->list, name, &i)))
		return false;
	*ret = table_address(symbols, i);
	return true;
}

static bool table_find_suffixed(struct symbols *symbols, const char *name, uint64_t *ret)
{
	size_t i;

	if (!(symbols->kallsyms ? kallsyms_find_suffixed(symbols->kallsyms, name, &i)
				: symbol_list_find_suffixed(&symbols->list, name, &i)))
		return false;
	*ret = table_address(symbols, i);
	return true;
}

static bool table_at(const struct symbols *symbols, uint64_t address, size_t *ret)
{
	return symbols->kallsyms ? kallsyms_at(symbols->kallsyms, address, ret)
				 : symbol_list_at(&symbols->list, address, ret);
}

/* --- opening ------------------------------------------------------------------------------- */

/* Without KALLSYMS_ALL there is no _end: then the last symbol is the end of what is known. */
static struct err *find_bounds(struct symbols *symbols, const struct vmcoreinfo *info)
{
	if (!table_find(symbols, "_text", &symbols->start) &&
	    !table_find(symbols, "_stext", &symbols->start) &&
	    !vmcoreinfo_symbol(info, "_stext", &symbols->start))
		return err_new(ERR_NOT_FOUND, "no _text among %zu symbols", table_count(symbols));
	if (!table_find(symbols, "_end", &symbols->end))
		symbols->end = table_address(symbols, table_count(symbols) - 1);
	if (symbols->end <= symbols->start)
		return err_at(ERR_CORRUPT, symbols->end, "the kernel image ends before it begins");
	return NULL;
}

/* Names whose addresses VMCOREINFO tells as well. */
static const char *const known[] = {"_stext", "init_uts_ns", "swapper_pg_dir"};

/* Does VMCOREINFO tell the address of this name, and does the table have it? */
static bool told_twice(struct symbols *symbols, const struct vmcoreinfo *info, const char *name,
		       uint64_t *expected, uint64_t *found)
{
	return vmcoreinfo_symbol(info, name, expected) && table_find(symbols, name, found);
}

struct err *symbols_check(struct symbols *symbols, const struct vmcoreinfo *info)
{
	_err_ struct err *wrong = NULL;
	uint64_t expected, found;
	int agree = 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		if (!told_twice(symbols, info, known[i], &expected, &found))
			continue;
		agree += found == expected ? 1 : -1;
		if (found != expected && !wrong)
			wrong = err_at(ERR_CORRUPT, found,
				       "\"%s\" is 0x%" PRIx64 " in VMCOREINFO but in kallsyms lies",
				       known[i], expected);
	}
	return agree > 0 ? NULL : take_ptr(wrong);
}

/* Is the address of a name that has one not what VMCOREINFO says, or that of no kernel image? */
static bool is_wrong(struct symbols *symbols, const struct vmcoreinfo *info, const char *name)
{
	uint64_t expected, found;

	return table_find(symbols, name, &found) &&
	       (found < START_KERNEL_MAP ||
		(vmcoreinfo_symbol(info, name, &expected) && found != expected));
}

/* Entries in order, and yet wrong, where others have the address that VMCOREINFO tells. */
static struct err *drop_wrong(struct symbols *symbols, const struct vmcoreinfo *info)
{
	static const char *const names[] = {"_text", "_end", "_stext", "init_uts_ns",
					    "swapper_pg_dir"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t at;

		if (is_wrong(symbols, info, names[i]) &&
		    kallsyms_find(symbols->kallsyms, names[i], &at))
			TRY(kallsyms_drop_address(symbols->kallsyms, at));
	}
	return NULL;
}

/* How far from its place in VMCOREINFO all lies that both tell, two names at least; else 0. */
static uint64_t common_shift(struct symbols *symbols, const struct vmcoreinfo *info)
{
	uint64_t shift = 0;
	unsigned agree = 0;

	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		uint64_t expected, found;

		if (!told_twice(symbols, info, known[i], &expected, &found))
			continue;
		if (agree++ && expected - found != shift)
			return 0;
		shift = expected - found;
	}
	return agree > 1 ? shift : 0;
}

static bool has_banner(struct symbols *symbols, struct memory *memory)
{
	static const char start[] = "Linux version ";
	char text[sizeof(start)] = "";
	uint64_t address;

	return table_find(symbols, "linux_banner", &address) &&
	       err_ok(memory_read(memory, address, text, sizeof(start) - 1)) &&
	       !strcmp(text, start);
}

/* One number moves all symbols: VMCOREINFO tells by how much, and the banner that it is right. */
static void mend_base(struct symbols *symbols, struct memory *memory, const struct vmcoreinfo *info)
{
	uint64_t shift = common_shift(symbols, info);

	if (!shift || !kallsyms_move_base(symbols->kallsyms, shift))
		return;
	symbols->moved = has_banner(symbols, memory);
	if (!symbols->moved)
		kallsyms_move_base(symbols->kallsyms, -shift);
}

static struct err *read_memory(void *context, uint64_t address, void *buf, size_t length)
{
	return memory_read(context, address, buf, length);
}

static struct err *stream_memory(void *context, uint64_t address, void *buf, size_t length)
{
	return memory_stream(context, address, buf, length);
}

/* Where the image may begin: what VMCOREINFO says, else the first 2 MiB of it that is mapped. */
static uint64_t image_start(struct memory *memory, const struct vmcoreinfo *info)
{
	uint64_t start, phys;

	if (vmcoreinfo_symbol(info, "_stext", &start))
		return start;
	/* KASLR moves the image by multiples of 2 MiB inside 1 GiB. */
	for (start = IMAGE_MIN; start < IMAGE_MAX; start += 2u << 20)
		if (err_ok(memory_translate(memory, start, &phys)))
			return start;
	return IMAGE_MIN;
}

static struct err *read_tables(struct memory *memory, const struct vmcoreinfo *info,
			       struct kallsyms_tables *ret)
{
	const struct kallsyms_source source = {read_memory, stream_memory, memory};
	struct kallsyms_places places;
	struct err *err = kallsyms_vmcoreinfo_places(&source, info, &places);

	if (!err)
		return kallsyms_read(&source, &places, ret);
	if (err->code != ERR_NOT_FOUND)
		return err;
	err_free(err);
	return kallsyms_scan(&source, image_start(memory, info), SCAN_LENGTH, ret);
}

struct err *symbols_open(struct memory *memory, const struct vmcoreinfo *info, struct symbols **ret)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = calloc(1, sizeof(*symbols));
	struct kallsyms_tables tables = {0};

	if (!symbols)
		return &err_nomem;
	TRY(read_tables(memory, info, &tables));
	TRY(kallsyms_open(&tables, &symbols->kallsyms));
	mend_base(symbols, memory, info);
	TRY(symbols_check(symbols, info));
	TRY(drop_wrong(symbols, info));
	TRY(find_bounds(symbols, info));
	*ret = take_ptr(symbols);
	return NULL;
}

struct err *symbols_damage(const struct symbols *symbols)
{
	enum err_code why_names = ERR_CORRUPT, why_values = ERR_CORRUPT;
	size_t names, values;

	if (!symbols->kallsyms)
		return NULL;
	names = kallsyms_lost(symbols->kallsyms, &why_names);
	values = kallsyms_lost_addresses(symbols->kallsyms, &why_values);
	if (!names && !values && symbols->moved)
		return err_new(ERR_CORRUPT, "kallsyms_relative_base is damaged: addresses are "
					    "those of VMCOREINFO");
	if (!names && !values)
		return kallsyms_counted(symbols->kallsyms)
			       ? err_new(ERR_CORRUPT,
					 "kallsyms_num_syms is damaged: %zu symbols were counted",
					 table_count(symbols))
			       : NULL;
	return err_new(values ? why_values : why_names,
		       "%zu names and %zu addresses of the kernel's %zu symbols are damaged or "
		       "cannot be read",
		       names, values, table_count(symbols));
}

/* For symbols whose list has been filled. */
static struct err *finish_list(struct symbols *symbols)
{
	TRY(symbol_list_finish(&symbols->list));
	return find_bounds(symbols, NULL);
}

struct err *symbols_open_vmlinux(int fd, uint64_t kaslr_offset, struct symbols **ret)
{
	_cleanup_(cleanup_symbols_close) struct symbols *symbols = calloc(1, sizeof(*symbols));

	if (!symbols)
		return &err_nomem;
	TRY(vmlinux_symbols(fd, kaslr_offset, &symbols->list));
	TRY(finish_list(symbols));
	*ret = take_ptr(symbols);
	return NULL;
}

/* --- looking up ------------------------------------------------------------------------------ */

static void load_module(struct module_symbols *module)
{
	if (module->loaded)
		return;
	module->loaded = true;
	/* What could be read is there; a symbol that is not looks like one that never was. */
	err_free(module->load(module->context, &module->list));
	if (!err_ok(symbol_list_finish(&module->list)))
		symbol_list_deinit(&module->list);
}

bool symbols_find(struct symbols *symbols, const char *name, uint64_t *ret)
{
	if (table_find(symbols, name, ret))
		return true;
	for (size_t m = 0; m < symbols->module_count; m++) {
		struct module_symbols *module = &symbols->modules[m];
		size_t i;

		load_module(module);
		if (symbol_list_find(&module->list, name, &i)) {
			*ret = module->list.entries[i].address;
			return true;
		}
	}
	return false;
}

bool symbols_find_fuzzy(struct symbols *symbols, const char *name, uint64_t *ret)
{
	if (table_find(symbols, name, ret) || table_find_suffixed(symbols, name, ret) ||
	    symbols_find(symbols, name, ret))
		return true;
	for (size_t m = 0; m < symbols->module_count; m++) {
		struct module_symbols *module = &symbols->modules[m];
		size_t i;

		if (symbol_list_find_suffixed(&module->list, name, &i)) {
			*ret = module->list.entries[i].address;
			return true;
		}
	}
	return false;
}

static bool kernel_symbol_at(struct symbols *symbols, uint64_t address, struct symbol *ret)
{
	size_t i, next;

	if (!table_at(symbols, address, &i) ||
	    (table_address(symbols, i) < symbols->start && address >= symbols->start))
		return false;
	*ret = (struct symbol){.address = table_address(symbols, i)};
	if (symbols->kallsyms) {
		ret->type = kallsyms_name(symbols->kallsyms, i, ret->name, sizeof(ret->name));
		if (!ret->name[0])
			return false; /* damaged: not that of the one before */
	} else {
		ret->type = symbols->list.entries[i].type;
		copy_string(ret->name, sizeof(ret->name), symbol_list_name(&symbols->list, i));
	}
	for (next = i + 1; next < table_count(symbols); next++)
		if (table_address(symbols, next) > ret->address || !table_has(symbols, next))
			break;
	if (next < table_count(symbols) && !table_has(symbols, next))
		return true;
	ret->size = (next < table_count(symbols) ? table_address(symbols, next) : symbols->end) -
		    ret->address;
	return true;
}

static const struct symbol_range *range_at(const struct module_symbols *module, uint64_t address)
{
	for (size_t i = 0; i < module->range_count; i++)
		if (address >= module->ranges[i].start && address < module->ranges[i].end)
			return &module->ranges[i];
	return NULL;
}

/* A symbol's size ends with its range: what follows may be another module. */
static bool module_symbol_at(struct module_symbols *module, uint64_t address, struct symbol *ret)
{
	const struct symbol_range *range = range_at(module, address);
	const struct symbol_list *list = &module->list;
	size_t i, next;

	if (!range)
		return false;
	load_module(module);
	if (!symbol_list_at(list, address, &i) || list->entries[i].address < range->start)
		return false;
	*ret = (struct symbol){.address = list->entries[i].address, .type = list->entries[i].type};
	copy_string(ret->name, sizeof(ret->name), symbol_list_name(list, i));
	copy_string(ret->module, sizeof(ret->module), module->name);
	for (next = i + 1; next < list->count; next++)
		if (list->entries[next].address > ret->address)
			break;
	ret->size = range->end - ret->address;
	if (next < list->count && list->entries[next].address < range->end)
		ret->size = list->entries[next].address - ret->address;
	return true;
}

bool symbols_at(struct symbols *symbols, uint64_t address, struct symbol *ret)
{
	if (address >= symbols->start && address < symbols->end)
		return kernel_symbol_at(symbols, address, ret);
	for (size_t m = 0; m < symbols->module_count; m++)
		if (module_symbol_at(&symbols->modules[m], address, ret))
			return true;
	return false;
}

bool symbols_at_percpu(struct symbols *symbols, uint64_t variable, struct symbol *ret)
{
	return kernel_symbol_at(symbols, variable, ret);
}

/* address, named by the symbol that holds look_up. */
static void format(struct symbols *symbols, uint64_t look_up, uint64_t address, char *buf,
		   size_t size)
{
	struct symbol symbol;
	_str_ struct str text = {0};

	if (!symbols_at(symbols, look_up, &symbol)) {
		snprintf(buf, size, "0x%" PRIx64, address);
		return;
	}
	str_escape(&text, symbol.name, strlen(symbol.name));
	str_printf(&text, "+0x%" PRIx64 "/0x%" PRIx64, address - symbol.address, symbol.size);
	if (symbol.module[0]) {
		str_puts(&text, " [");
		str_escape(&text, symbol.module, strlen(symbol.module));
		str_puts(&text, "]");
	}
	copy_string(buf, size, text.failed ? "" : text.data);
}

void symbols_format(struct symbols *symbols, uint64_t address, char *buf, size_t size)
{
	format(symbols, address, address, buf, size);
}

void symbols_format_return(struct symbols *symbols, uint64_t address, char *buf, size_t size)
{
	format(symbols, address - 1, address, buf, size);
}

struct err *symbols_add_module(struct symbols *symbols, const char *module,
			       const struct symbol_range *ranges, size_t range_count,
			       struct err *(*load)(void *context, struct symbol_list *list),
			       void *context)
{
	if (!array_grow(symbols->modules, symbols->module_count))
		return &err_nomem;
	struct module_symbols *added = &symbols->modules[symbols->module_count++];
	*added = (struct module_symbols){.load = load, .context = context};
	copy_string(added->name, sizeof(added->name), module);
	added->range_count = MIN(range_count, MODULE_RANGES_MAX);
	memcpy(added->ranges, ranges, added->range_count * sizeof(*ranges));
	return NULL;
}
