/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Patched code that tables of structures list; their members by name, as the kernel's types say. */
#include "kernel/text/text_tables.h"

#include "base/parse.h"
#include "kernel/types/members.h"
#include "kernel/types/object.h"
#include "kernel/types/types.h"

/* A walk along the entries of a table. */
struct entries {
	const struct text_collector *c;
	struct text_table table;
	uint64_t size; /* of an entry */
	uint64_t at;   /* offset of the one at hand */
};

/* No entries when the kernel has no such table. */
static struct err *open_entries(struct text_collector *c, const char *section, const char *first,
				const char *last, const char *type, struct entries *ret)
{
	*ret = (struct entries){.c = c};
	if (!text_collector_table(c, section, first, last, &ret->table) || !ret->table.size)
		return NULL;
	ret->size = type_size(types_find_struct(c->kernel->types, type));
	return ret->size ? NULL
			 : err_new(ERR_NOT_FOUND,
				   "code of this kernel is patched by a table of "
				   "struct %s, a type that is not known",
				   type);
}

/* The last one may lack the padding at its end. */
static bool more(const struct entries *e)
{
	return e->size && e->at < e->table.size;
}

static const struct member *member_of(const struct entries *e, enum member_id id)
{
	const struct member *member = members_get(e->c->kernel->members, id);

	return member && member_offset(member) + type_size(member->type) <=
				       MIN(e->size, e->table.size - e->at)
		       ? member
		       : NULL;
}

/* The address a member stands for: a distance from itself when it has four bytes. */
static uint64_t address_of(const struct entries *e, enum member_id id)
{
	const struct member *member = member_of(e, id);

	if (!member)
		return 0;
	uint64_t at = e->at + member_offset(member);
	if (type_size(member->type) == 4)
		return e->table.address + at +
		       (uint64_t)(int64_t)(int32_t)load_u32(e->table.bytes + at);
	return load_u64(e->table.bytes + at) + text_file_slide(e->c->file);
}

static uint32_t byte_of(const struct entries *e, enum member_id id)
{
	const struct member *member = member_of(e, id);

	return member ? e->table.bytes[e->at + member_offset(member)] : 0;
}

/* Where a replacement's bytes are; it may lie in a section that is gone by the time of the dump. */
static const uint8_t *replacement_at(const struct text_file *file, uint64_t address, size_t length)
{
	const struct text_section *section;

	if (!text_file_is_module(file)) {
		section = text_file_range(file, address, address + length);
	} else {
		section = text_file_named(file, ".altinstr_replacement");
		if (section && (address < section->address ||
				address + length - section->address > section->size))
			section = NULL;
	}
	return section ? section->bytes + (address - section->address) : NULL;
}

static struct err *add_alternatives(struct text_collector *c)
{
	struct entries e;

	TRY(open_entries(c, ".altinstructions", "__alt_instructions", "__alt_instructions_end",
			 "alt_instr", &e));
	for (; more(&e); e.at += e.size) {
		struct text_site site = {
			.kind = SITE_ALTERNATIVE,
			.address = address_of(&e, MEMBER_ALT_INSTR),
			.length = byte_of(&e, MEMBER_ALT_LENGTH),
			.replacement_length = byte_of(&e, MEMBER_ALT_REPLACEMENT_LENGTH),
			.replacement_address = address_of(&e, MEMBER_ALT_REPLACEMENT),
		};

		if (!text_collector_wants(c, site.address))
			continue;
		site.replacement =
			replacement_at(c->file, site.replacement_address, site.replacement_length);
		if (!site.replacement || site.replacement_length > site.length)
			site.replacement_length = 0;
		TRY(text_collector_add(c, &site));
	}
	return NULL;
}

static struct err *add_jumps(struct text_collector *c)
{
	struct entries e;

	TRY(open_entries(c, "__jump_table", "__start___jump_table", "__stop___jump_table",
			 "jump_entry", &e));
	for (; more(&e); e.at += e.size) {
		struct text_site site = {
			.kind = SITE_JUMP,
			.address = address_of(&e, MEMBER_JUMP_CODE),
			.target = address_of(&e, MEMBER_JUMP_TARGET),
		};
		const uint8_t *code = text_collector_code(c, site.address, 2);

		if (!text_collector_wants(c, site.address) || !code)
			continue;
		/* Short ones are told by the instruction (e7bf1ba97afd v5.14). */
		site.length = code[0] == 0xeb || (code[0] == 0x66 && code[1] == 0x90) ? 2 : 5;
		TRY(text_collector_add(c, &site));
	}
	return NULL;
}

static struct err *add_static_calls(struct text_collector *c)
{
	struct entries e;

	TRY(open_entries(c, ".static_call_sites", "__start_static_call_sites",
			 "__stop_static_call_sites", "static_call_site", &e));
	for (; more(&e); e.at += e.size) {
		struct text_site site = {.kind = SITE_STATIC_CALL,
					 .address = address_of(&e, MEMBER_STATIC_CALL_ADDR)};

		if (!text_collector_wants(c, site.address))
			continue;
		site.length = text_collector_length(c, site.address);
		TRY(text_collector_add(c, &site));
	}
	return NULL;
}

static struct err *add_paravirt(struct text_collector *c)
{
	struct entries e;

	TRY(open_entries(c, ".parainstructions", "__parainstructions", "__parainstructions_end",
			 "paravirt_patch_site", &e));
	for (; more(&e); e.at += e.size) {
		struct text_site site = {.kind = SITE_PARAVIRT,
					 .address = address_of(&e, MEMBER_PARAVIRT_INSTR),
					 .length = byte_of(&e, MEMBER_PARAVIRT_LENGTH)};

		if (text_collector_wants(c, site.address))
			TRY(text_collector_add(c, &site));
	}
	return NULL;
}

struct err *text_tables_collect(struct text_collector *c)
{
	TRY(add_alternatives(c));
	TRY(add_jumps(c));
	TRY(add_static_calls(c));
	return add_paravirt(c);
}
