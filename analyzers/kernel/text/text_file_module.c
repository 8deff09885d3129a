/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A module's .ko as it lies in the dead kernel: places of its sections, relocations applied. */
#include "kernel/text/text_file_module.h"

#include <gelf.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/parse.h"
#include "kernel/memory/memory.h"
#include "kernel/modules/module.h"
#include "kernel/modules/module_symbols.h"
#include "kernel/symbols/symbol.h"
#include "kernel/symbols/symbol_list.h"

/* --- the same build? -------------------------------------------------------------------------- */

#define NOTE_MAX 256
#define NOTE_HEAD 16 /* bytes: three numbers and "GNU" */
#define BLOCK (64u << 10)

/* The whole note is searched for: where it lies in memory is not recorded in every kernel. */
static const struct text_section *build_id_note(const struct text_file *file)
{
	const struct text_section *note = text_file_named(file, ".note.gnu.build-id");

	return note && note->size > NOTE_HEAD && note->size <= NOTE_MAX ? note : NULL;
}

bool text_file_build_id(const struct text_file *file, char *ret, size_t size)
{
	const struct text_section *note = build_id_note(file);
	size_t length = note ? note->size - NOTE_HEAD : 0;

	if (!note || length * 2 >= size)
		return false;
	for (size_t i = 0; i < length; i++)
		snprintf(ret + i * 2, 3, "%02x", note->bytes[NOTE_HEAD + i]);
	return true;
}

/* Are the bytes somewhere in [start, end)? */
static struct err *search(struct kernel *kernel, uint64_t start, uint64_t end,
			  const struct text_section *wanted, bool *found)
{
	_free_ uint8_t *block = malloc(BLOCK + NOTE_MAX);

	if (!block)
		return &err_nomem;
	for (uint64_t at = start; !*found && at < end; at += BLOCK) {
		size_t size = MIN(BLOCK + wanted->size, end - at);

		*found = TRY_OK(memory_read(kernel->memory, at, block, size)) &&
			 memmem(block, size, wanted->bytes, wanted->size);
	}
	return NULL;
}

/* ERR_INVALID when the file's build-id is not in the module's memory. */
static struct err *check_build(struct kernel *kernel, const struct module *module,
			       const struct text_file *file)
{
	const struct text_section *note = build_id_note(file);
	bool found = !note;

	for (unsigned i = 0; i < module->range_count && !found; i++)
		if (!module->ranges[i].init && !module->ranges[i].text)
			TRY(search(kernel, module->ranges[i].start, module->ranges[i].end, note,
				   &found));
	return found ? NULL
		     : err_new(ERR_INVALID, "the file is of another build than the module: its "
					    "build-id is not in the module's memory");
}

/* --- where the sections are ------------------------------------------------------------------- */

/* The base that most symbols of a section agree on (Boyer and Moore), and how many do. */
struct vote {
	uint64_t base;
	size_t lead, votes, agreed;
};

struct placing {
	struct text_file *file;
	struct map known; /* hash of a name in the dump → its address; 0 for one met twice */
	struct map seen;  /* hash of a name in the file → how many have it */
	struct vote *votes;
};

static struct err *learn_symbols(struct placing *placing, struct kernel *kernel,
				 const struct module *module)
{
	_symbol_list_ struct symbol_list list = {0};
	struct err *err = module_symbols_read(kernel, module->name, module->kallsyms, &list);

	if (err && (err == &err_nomem || !list.count))
		return err;
	err_free(err); /* those before it stand */
	for (size_t i = 0; i < list.count; i++) {
		uint64_t key = hash_string(list.strings.data + list.entries[i].name);
		uint64_t *there = map_get(&placing->known, key);

		if (there)
			*there = 0;
		else if (!map_set(&placing->known, key, list.entries[i].address))
			return &err_nomem;
	}
	return NULL;
}

static Elf_Data *symbol_table(Elf *elf, GElf_Shdr *header)
{
	Elf_Scn *section = NULL;

	while ((section = elf_nextscn(elf, section)))
		if (gelf_getshdr(section, header) && header->sh_type == SHT_SYMTAB)
			return elf_getdata(section, NULL);
	return NULL;
}

/* Names the file itself has twice say nothing. */
static struct err *count_names(struct placing *placing)
{
	Elf *elf = placing->file->elf;
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Data *data = symbol_table(elf, &header);

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(elf, header.sh_link, symbol.st_name);
		uint64_t *count = name ? map_get(&placing->seen, hash_string(name)) : NULL;

		if (count)
			++*count;
		else if (name && !map_set(&placing->seen, hash_string(name), 1))
			return &err_nomem;
	}
	return NULL;
}

static void count_vote(struct vote *one, uint64_t base, bool again)
{
	if (again) {
		one->votes++;
		one->agreed += base == one->base;
	} else if (!one->lead) {
		one->base = base;
		one->lead = 1;
	} else {
		one->lead += base == one->base ? 1 : (size_t)-1;
	}
}

/* Twice: to find each section's likeliest base, then to count who agrees with it. */
static void vote(struct placing *placing, bool again)
{
	struct text_file *file = placing->file;
	GElf_Shdr header;
	GElf_Sym symbol;
	Elf_Data *data = symbol_table(file->elf, &header);

	for (int i = 0; data && gelf_getsym(data, i, &symbol); i++) {
		const char *name = elf_strptr(file->elf, header.sh_link, symbol.st_name);

		if (!name || !name[0] || !symbol.st_shndx || symbol.st_shndx >= file->count)
			continue;
		const uint64_t *address = map_get(&placing->known, hash_string(name));
		const uint64_t *times = map_get(&placing->seen, hash_string(name));
		if (address && *address && times && *times == 1)
			count_vote(&placing->votes[symbol.st_shndx], *address - symbol.st_value,
				   again);
	}
}

#define AGREEING 0.9 /* of a section's symbols */
#define MADE_UP_GAP 4096

/* Sections without symbols get places near by: some hold distances from themselves to code. */
static struct err *place_sections(struct placing *placing, const struct module *module)
{
	uint64_t made_up = (module->base & ~0xfffffull) - (256ull << 20);
	struct text_file *file = placing->file;
	bool code = false;

	for (size_t i = 0; i < file->count; i++) {
		struct text_section *section = &file->sections[i];
		const struct vote *one = &placing->votes[i];

		if (!section->size)
			continue;
		section->placed = one->votes &&
				  (double)one->agreed >= AGREEING * (double)one->votes &&
				  one->base + section->size > one->base;
		if (one->votes && !section->placed && section->code)
			return err_new(ERR_INVALID, "the module's symbols are not at the places "
						    "the file has them");
		section->address = section->placed ? one->base : made_up;
		made_up += section->placed ? 0 : section->size + MADE_UP_GAP;
		code |= section->placed && section->code;
	}
	return code ? NULL : err_new(ERR_NOT_FOUND, "none of the file's code is in the dump");
}

/* --- relocations ------------------------------------------------------------------------------ */

struct relocation {
	struct kernel *kernel;
	struct text_file *file;
	Elf_Data *symbols;
	size_t strings;
};

/* Where the relocation's symbol is; false when not known. name is set for outside ones. */
static bool symbol_address(const struct relocation *r, size_t number, uint64_t *address,
			   const char **name)
{
	GElf_Sym symbol;

	*name = NULL;
	if (!gelf_getsym(r->symbols, (int)number, &symbol))
		return false;
	*address = symbol.st_value;
	if (symbol.st_shndx == SHN_ABS)
		return true;
	if (symbol.st_shndx == SHN_UNDEF) {
		*name = elf_strptr(r->file->elf, r->strings, symbol.st_name);
		return *name && symbols_find(r->kernel->symbols, *name, address);
	}
	if (symbol.st_shndx >= r->file->count)
		return false;
	const struct text_section *section = &r->file->sections[symbol.st_shndx];
	*address += section->address;
	return section->placed;
}

/* Size of the field and whether it is relative; false for what is no field of ours. */
static bool field_of(unsigned type, struct text_field *field)
{
	field->relative = type == R_X86_64_PC32 || type == R_X86_64_PLT32 || type == R_X86_64_PC64;
	field->known = true;
	switch (type) {
	case R_X86_64_64:
	case R_X86_64_PC64:
		field->size = 8;
		return true;
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
	case R_X86_64_32:
	case R_X86_64_32S:
		field->size = 4;
		return true;
	case R_X86_64_NONE:
		return false;
	default: /* through a table the loader makes, say: no value that can be computed */
		field->size = 4;
		field->known = false;
		return true;
	}
}

static void apply(const struct relocation *r, struct text_section *section, uint8_t *copy,
		  const GElf_Rela *rela)
{
	struct text_field field = {.offset = (uint32_t)rela->r_offset, .addend = rela->r_addend};
	uint64_t value = 0;

	if (!field_of(GELF_R_TYPE(rela->r_info), &field) || rela->r_offset > section->size ||
	    field.size > section->size - rela->r_offset)
		return;
	bool found = symbol_address(r, GELF_R_SYM(rela->r_info), &value, &field.name);
	field.known = field.known && found;
	value += (uint64_t)rela->r_addend;
	if (field.relative)
		value -= section->address + rela->r_offset;
	memcpy(copy + rela->r_offset, &value, field.size);
	section->fields[section->field_count++] = field;
}

/* --- sections that no symbol of the dump names ------------------------------------------------ */

#define LEARNED_FROM 100000 /* relocations that are looked at */

static bool is_placed_code(const struct text_file *file, const GElf_Shdr *header)
{
	return header->sh_type == SHT_RELA && header->sh_info < file->count &&
	       file->sections[header->sh_info].code && file->sections[header->sh_info].placed;
}

/* The code in the dump points at sections such as strings: that tells where they were put. */
static void learn_from(const struct relocation *r, const struct text_section *section,
		       const GElf_Rela *rela, struct vote *votes, bool again)
{
	uint64_t place = section->address + rela->r_offset, value;
	struct text_field field = {0};
	GElf_Sym symbol;

	if (!field_of(GELF_R_TYPE(rela->r_info), &field) || !field.known ||
	    rela->r_offset >= section->size ||
	    !gelf_getsym(r->symbols, (int)GELF_R_SYM(rela->r_info), &symbol) ||
	    symbol.st_shndx == SHN_UNDEF || symbol.st_shndx >= r->file->count ||
	    r->file->sections[symbol.st_shndx].placed ||
	    !err_ok(memory_read_uint(r->kernel->memory, place, field.size, &value)))
		return;
	if (field.size == 4)
		value = (uint64_t)(int64_t)(int32_t)value;
	value += (field.relative ? place : 0) - (uint64_t)rela->r_addend - symbol.st_value;
	count_vote(&votes[symbol.st_shndx], value, again);
}

static void learn(const struct relocation *r, struct vote *votes, bool again)
{
	Elf_Scn *scn = NULL;
	size_t seen = 0;
	GElf_Shdr header;
	GElf_Rela rela;

	while ((scn = elf_nextscn(r->file->elf, scn))) {
		if (!gelf_getshdr(scn, &header) || !is_placed_code(r->file, &header))
			continue;
		Elf_Data *data = elf_getdata(scn, NULL);
		for (int i = 0; data && gelf_getrela(data, i, &rela) && seen < LEARNED_FROM;
		     i++, seen++)
			learn_from(r, &r->file->sections[header.sh_info], &rela, votes, again);
	}
}

/* A place counts when two references at least agree on it. */
static struct err *learn_places(const struct relocation *r)
{
	_free_ struct vote *votes = calloc(r->file->count, sizeof(*votes));

	if (!votes)
		return &err_nomem;
	learn(r, votes, false);
	learn(r, votes, true);
	for (size_t i = 0; i < r->file->count; i++) {
		struct text_section *section = &r->file->sections[i];

		if (section->placed || section->code || votes[i].agreed < 2 ||
		    (double)votes[i].agreed < AGREEING * (double)votes[i].votes)
			continue;
		section->address = votes[i].base;
		section->placed = true;
	}
	return NULL;
}

static int by_offset(const void *a, const void *b)
{
	const struct text_field *one = a, *other = b;

	return (one->offset > other->offset) - (one->offset < other->offset);
}

static struct err *relocate(const struct relocation *r, const GElf_Shdr *header, Elf_Data *data)
{
	struct text_section *section = &r->file->sections[header->sh_info];
	size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
	GElf_Rela rela;

	if (!section->bytes || section->fields)
		return NULL;
	section->fields = calloc(count + 1, sizeof(*section->fields));
	uint8_t *copy = r->file->copies[header->sh_info] = malloc(section->size + 1);
	if (!copy || !section->fields)
		return &err_nomem;
	memcpy(copy, section->bytes, section->size);
	for (size_t i = 0; i < count && gelf_getrela(data, (int)i, &rela); i++)
		apply(r, section, copy, &rela);
	qsort(section->fields, section->field_count, sizeof(*section->fields), by_offset);
	section->bytes = copy;
	return NULL;
}

static struct err *relocate_all(struct text_file *file, struct kernel *kernel)
{
	struct relocation r = {.kernel = kernel, .file = file};
	Elf_Scn *scn = NULL;
	GElf_Shdr header;

	r.symbols = symbol_table(file->elf, &header);
	r.strings = header.sh_link;
	if (r.symbols)
		TRY(learn_places(&r));
	while (r.symbols && (scn = elf_nextscn(file->elf, scn))) {
		if (!gelf_getshdr(scn, &header) || header.sh_type != SHT_RELA ||
		    header.sh_info >= file->count)
			continue;
		Elf_Data *data = elf_getdata(scn, NULL);
		if (data && data->d_buf)
			TRY(relocate(&r, &header, data));
	}
	return NULL;
}

static void placing_deinit(struct placing *placing)
{
	map_deinit(&placing->known);
	map_deinit(&placing->seen);
	free(placing->votes);
}

struct err *text_file_module_place(struct text_file *file, struct kernel *kernel,
				   const struct module *module)
{
	_cleanup_(placing_deinit) struct placing placing = {.file = file};

	if (!file->module)
		return err_new(ERR_INVALID, "not a module's file");
	TRY(check_build(kernel, module, file));
	placing.votes = calloc(file->count, sizeof(*placing.votes));
	if (!placing.votes)
		return &err_nomem;
	TRY(learn_symbols(&placing, kernel, module));
	TRY(count_names(&placing));
	vote(&placing, false);
	vote(&placing, true);
	TRY(place_sections(&placing, module));
	return relocate_all(file, kernel);
}
