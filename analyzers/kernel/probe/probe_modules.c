/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members of struct module, by what holds of them in every module. */
#include "kernel/probe/probe_modules.h"

#include <stdlib.h>
#include <string.h>

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define MODULES_MAX 64u	   /* enough witnesses */
#define MODULE_BYTES 2048u /* struct module has 500 to 1600 bytes */
#define LIST_OFFSET 8
#define NAME_OFFSET 24
#define AREA_MAX (64u << 20) /* of one module */
#define SYMBOLS_MAX 500000u

struct image {
	uint64_t address;
	uint8_t bytes[MODULE_BYTES];
};

struct images {
	struct kernel *kernel;
	struct image *list;
	size_t count;
	size_t core; /* offset of it, or of module_core; 0 unknown */
};

static uint64_t word(const struct image *image, size_t offset)
{
	return load_u64(image->bytes + offset);
}

static uint32_t number(const struct image *image, size_t offset)
{
	return load_u32(image->bytes + offset);
}

static bool is_near(const struct image *image, uint64_t address)
{
	return address - image->address < AREA_MAX || image->address - address < AREA_MAX;
}

static struct err *read_images(struct images *images)
{
	struct memory *memory = images->kernel->memory;
	uint64_t head, node;

	if (!symbols_find(images->kernel->symbols, "modules", &head) ||
	    !err_ok(memory_read_u64(memory, head, &node)))
		return NULL;
	images->list = calloc(MODULES_MAX, sizeof(*images->list));
	if (!images->list)
		return &err_nomem;
	while (node != head && images->count < MODULES_MAX) {
		struct image *image = &images->list[images->count];

		image->address = node - LIST_OFFSET;
		if (!memory_is_kernel(memory, node) ||
		    !memory_read_there(memory, image->address, image->bytes, MODULE_BYTES))
			break;
		images->count++;
		node = word(image, LIST_OFFSET);
	}
	return NULL;
}

typedef bool image_test(const struct images *images, const struct image *image, size_t offset);

/* The only multiple of 8 where the test holds for all. */
static bool find(const struct images *images, size_t room, image_test *test, size_t *ret)
{
	unsigned found = 0;

	*ret = 0;
	for (size_t offset = NAME_OFFSET + 56; offset + room <= MODULE_BYTES; offset += 8) {
		size_t i = 0;

		while (i < images->count && test(images, &images->list[i], offset))
			i++;
		if (i < images->count)
			continue;
		*ret = offset;
		found++;
	}
	return images->count && found == 1;
}

/* --- memory ------------------------------------------------------------------------------------ */

/* Text first, then all data, struct module among them. */
static bool is_core(const struct image *image, size_t base_offset, size_t size, size_t text)
{
	uint64_t base = word(image, base_offset);

	return base && !(base % 4096) && size <= AREA_MAX && text && text <= size &&
	       image->address - base >= text && image->address - base < size;
}

static bool layout_at(const struct images *images, const struct image *image, size_t offset)
{
	(void)images;
	return is_core(image, offset, number(image, offset + 8), number(image, offset + 12));
}

/* module_core, init_size, core_size, init_text_size, core_text_size. */
static bool core_at(const struct images *images, const struct image *image, size_t offset)
{
	(void)images;
	return is_core(image, offset, number(image, offset + 12), number(image, offset + 20));
}

#define MEMORY_KINDS 7	/* enum mod_mem_type */
#define MEMORY_OWNER 16 /* module_memory.mtn.mod, behind base and size */
#define MEMORY_BYTES 72 /* with mtn's two tree nodes */

/*
 * mem[MOD_MEM_NUM_TYPES] (ac3b43283923 v6.4): each area says whose it is, and the second of them,
 * data, holds struct module. size: where it stands; is_rox came in front of it in v6.14.
 */
static bool mem_at(const struct image *image, size_t offset, size_t size)
{
	uint64_t data = word(image, offset + MEMORY_BYTES), text = word(image, offset);

	for (unsigned i = 0; i < MEMORY_KINDS; i++)
		if (word(image, offset + i * MEMORY_BYTES + MEMORY_OWNER) != image->address)
			return false;
	return text && !(text % 4096) && number(image, offset + size) &&
	       number(image, offset + size) <= AREA_MAX &&
	       image->address - data < number(image, offset + MEMORY_BYTES + size);
}

static bool mem_8_at(const struct images *images, const struct image *image, size_t offset)
{
	(void)images;
	return mem_at(image, offset, 8);
}

static bool mem_12_at(const struct images *images, const struct image *image, size_t offset)
{
	(void)images;
	return mem_at(image, offset, 12);
}

static struct err *add_mem(struct type_provider *types, size_t at, size_t size)
{
	static const char *const names[] = {"MOD_TEXT",		 "MOD_DATA",	  "MOD_RODATA",
					    "MOD_RO_AFTER_INIT", "MOD_INIT_TEXT", "MOD_INIT_DATA",
					    "MOD_INIT_RODATA"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		TRY(probed_add_enumerator(types, "mod_mem_type", names[i], i));
	TRY(probed_add(types, "module_memory", "base", 0, PROBED_POINTER));
	TRY(probed_add(types, "module_memory", "size", size, PROBED_NUMBER(4)));
	TRY(probed_set_size(types, TYPE_STRUCT, "module_memory", MEMORY_BYTES));
	return probed_add(types, "module", "mem", at,
			  PROBED_ARRAY("module_memory", MEMORY_KINDS * MEMORY_BYTES));
}

/* What ran at a module's start and has been given back, or has not: base, size, size of text in it. */
static bool are_init(const struct images *images, size_t base, size_t size, size_t text)
{
	for (size_t i = 0; i < images->count; i++) {
		const struct image *image = &images->list[i];
		uint64_t address = word(image, base);

		if (address % 4096 ||
		    (address && !memory_is_kernel(images->kernel->memory, address)) ||
		    !address != !number(image, size) || number(image, size) > AREA_MAX ||
		    number(image, text) > number(image, size))
			return false;
	}
	return images->count;
}

/* module_init stands in front of module_core, its sizes in front of that one's. */
static struct err *add_init(const struct images *images, struct type_provider *types)
{
	size_t core = images->core;

	if (core < 8 || !are_init(images, core - 8, core + 8, core + 16))
		return NULL;
	TRY(probed_add(types, "module", "module_init", core - 8, PROBED_POINTER));
	TRY(probed_add(types, "module", "init_size", core + 8, PROBED_NUMBER(4)));
	return probed_add(types, "module", "init_text_size", core + 16, PROBED_NUMBER(4));
}

#define LAYOUT_OWNER 24u /* module_layout.mtn.mod (93c2e105f6bc v4.2), which leads back */
#define LAYOUT_MAX 192u

static bool is_owned(const struct images *images, size_t layout)
{
	for (size_t i = 0; i < images->count; i++)
		if (layout + LAYOUT_OWNER + 8 > MODULE_BYTES ||
		    word(&images->list[i], layout + LAYOUT_OWNER) != images->list[i].address)
			return false;
	return images->count;
}

/* init_layout follows core_layout. */
static struct err *add_init_layout(const struct images *images, struct type_provider *types)
{
	size_t at = images->core + LAYOUT_OWNER + 8;

	while (at < images->core + LAYOUT_MAX && !is_owned(images, at))
		at += 8;
	if (!is_owned(images, images->core) || at >= images->core + LAYOUT_MAX ||
	    !are_init(images, at, at + 8, at + 12))
		return NULL;
	TRY(probed_add(types, "module", "init_layout.base", at, PROBED_POINTER));
	TRY(probed_add(types, "module", "init_layout.size", at + 8, PROBED_NUMBER(4)));
	return probed_add(types, "module", "init_layout.text_size", at + 12, PROBED_NUMBER(4));
}

static struct err *probe_memory(struct images *images, struct type_provider *types)
{
	if (find(images, MEMORY_KINDS * MEMORY_BYTES, mem_8_at, &images->core))
		return add_mem(types, images->core, 8);
	if (find(images, MEMORY_KINDS * MEMORY_BYTES, mem_12_at, &images->core))
		return add_mem(types, images->core, 12);
	if (find(images, 16, layout_at, &images->core)) {
		TRY(probed_add(types, "module_layout", "base", 0, PROBED_POINTER));
		TRY(probed_add(types, "module_layout", "size", 8, PROBED_NUMBER(4)));
		TRY(probed_add(types, "module_layout", "text_size", 12, PROBED_NUMBER(4)));
		TRY(probed_add(types, "module", "core_layout", images->core,
			       PROBED_STRUCT("module_layout")));
		return add_init_layout(images, types);
	}
	if (!find(images, 24, core_at, &images->core))
		return NULL;
	TRY(probed_add(types, "module", "module_core", images->core, PROBED_POINTER));
	TRY(probed_add(types, "module", "core_size", images->core + 12, PROBED_NUMBER(4)));
	TRY(probed_add(types, "module", "core_text_size", images->core + 20, PROBED_NUMBER(4)));
	return add_init(images, types);
}

/* --- symbols ----------------------------------------------------------------------------------- */

static bool is_table(const struct images *images, const struct image *image, uint64_t symtab,
		     uint32_t count, uint64_t strtab)
{
	return count && count <= SYMBOLS_MAX && is_near(image, symtab) && is_near(image, strtab) &&
	       memory_is_kernel(images->kernel->memory, symtab) &&
	       memory_is_kernel(images->kernel->memory, strtab);
}

/* A pointer to the struct behind it, core_kallsyms, which has all three. */
static bool kallsyms_at(const struct images *images, const struct image *image, size_t offset)
{
	return word(image, offset) == image->address + offset + 8 &&
	       is_table(images, image, word(image, offset + 8), number(image, offset + 16),
			word(image, offset + 24));
}

/* symtab, core_symtab, num_symtab, core_num_syms, strtab, core_strtab: after init, pairs. */
static bool symtab_at(const struct images *images, const struct image *image, size_t offset)
{
	return word(image, offset) == word(image, offset + 8) &&
	       number(image, offset + 16) == number(image, offset + 20) &&
	       word(image, offset + 24) == word(image, offset + 32) &&
	       is_table(images, image, word(image, offset), number(image, offset + 16),
			word(image, offset + 24));
}

static bool typetab_at(const struct images *images, const struct image *image, size_t offset)
{
	return is_near(image, word(image, offset)) &&
	       memory_is_kernel(images->kernel->memory, word(image, offset));
}

static struct err *probe_symbols(const struct images *images, struct type_provider *types)
{
	size_t at, i = 0;

	if (find(images, 40, kallsyms_at, &at)) {
		TRY(probed_add(types, "mod_kallsyms", "symtab", 0, PROBED_POINTER));
		TRY(probed_add(types, "mod_kallsyms", "num_symtab", 8, PROBED_NUMBER(4)));
		TRY(probed_add(types, "mod_kallsyms", "strtab", 16, PROBED_POINTER));
		while (i < images->count && typetab_at(images, &images->list[i], at + 32))
			i++;
		if (i == images->count)
			TRY(probed_add(types, "mod_kallsyms", "typetab", 24, PROBED_POINTER));
		return probed_add(types, "module", "kallsyms", at, PROBED_POINTER);
	}
	if (!find(images, 40, symtab_at, &at))
		return NULL;
	TRY(probed_add(types, "module", "symtab", at, PROBED_POINTER));
	TRY(probed_add(types, "module", "num_symtab", at + 16, PROBED_NUMBER(4)));
	return probed_add(types, "module", "strtab", at + 24, PROBED_POINTER);
}

/* --- unwind tables ----------------------------------------------------------------------------- */

/* Where the i-th entry's code is: a distance from the entry itself; 0 when it cannot be read. */
static uint64_t orc_address(const struct images *images, uint64_t ip, uint64_t i)
{
	uint32_t distance;

	return err_ok(memory_read_u32(images->kernel->memory, ip + i * 4, &distance))
		       ? ip + i * 4 + (uint64_t)(int64_t)(int32_t)distance
		       : 0;
}

#define SAMPLES 16u

/* Addresses in ascending order, most of them of the module's text: those of its start may be gone. */
static bool is_ascending(const struct images *images, const struct image *image, uint64_t ip,
			 uint64_t count)
{
	uint64_t text = images->core ? word(image, images->core) : 0, last = 0;
	unsigned inside = 0;

	for (uint64_t i = 0; i < SAMPLES; i++) {
		uint64_t address = orc_address(images, ip, i * (count - 1) / (SAMPLES - 1));

		if (!address || address < last)
			return false;
		inside += address - text < AREA_MAX;
		last = address;
	}
	return 2 * inside > SAMPLES;
}

/* Number, addresses of 4 bytes, entries of 6, all in the module. */
static bool orc_at(const struct images *images, const struct image *image, size_t offset)
{
	uint64_t count = number(image, offset), ip = word(image, offset + 8),
		 orc = word(image, offset + 16);

	return count && count < SYMBOLS_MAX && !number(image, offset + 4) && is_near(image, ip) &&
	       is_near(image, orc) && (ip < orc ? orc - ip >= count * 4 : ip - orc >= count * 6) &&
	       is_ascending(images, image, ip, count);
}

static struct err *probe_orc(const struct images *images, struct type_provider *types)
{
	uint64_t unused;
	size_t at;

	if (!symbols_find(images->kernel->symbols, "__start_orc_unwind", &unused) ||
	    !find(images, 24, orc_at, &at))
		return NULL;
	TRY(probed_add(types, "mod_arch_specific", "num_orcs", 0, PROBED_NUMBER(4)));
	TRY(probed_add(types, "mod_arch_specific", "orc_unwind_ip", 8, PROBED_POINTER));
	TRY(probed_add(types, "mod_arch_specific", "orc_unwind", 16, PROBED_POINTER));
	return probed_add(types, "module", "arch", at, PROBED_STRUCT("mod_arch_specific"));
}

struct err *probe_modules(struct kernel *kernel, struct type_provider *types)
{
	struct images images = {.kernel = kernel};
	struct err *err = read_images(&images);

	if (!err)
		err = probe_memory(&images, types);
	if (!err)
		err = probe_symbols(&images, types);
	if (!err)
		err = probe_orc(&images, types);
	free(images.list);
	return err;
}
