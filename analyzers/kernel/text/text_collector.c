/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What reading a table of patched code needs: tables, the file's code, and which places count. */
#include "kernel/text/text_collector.h"

#include "kernel/insn/disasm.h"
#include "kernel/symbols/symbol.h"

const uint8_t *text_collector_code(const struct text_collector *c, uint64_t address, size_t length)
{
	const struct text_section *section = text_file_find(c->file, address);
	uint64_t offset = section ? address - section->address : 0;

	return section && length <= section->size - offset ? section->bytes + offset : NULL;
}

uint32_t text_collector_length(const struct text_collector *c, uint64_t address)
{
	const struct text_section *section = text_file_find(c->file, address);
	uint64_t offset = section ? address - section->address : 0;

	return section ? (uint32_t)disasm_length(c->kernel->disasm, section->bytes + offset,
						 section->size - offset)
		       : 0;
}

struct err *text_collector_add(struct text_collector *c, const struct text_site *site)
{
	if (!site->length || site->length > TEXT_SITE_LENGTH_MAX || site->address >= c->end ||
	    site->address + site->length <= c->start ||
	    !text_collector_code(c, site->address, site->length))
		return NULL;
	return text_sites_add(c->sites, site);
}

bool text_collector_wants(const struct text_collector *c, uint64_t address)
{
	return address < c->end && address + TEXT_SITE_LENGTH_MAX > c->start;
}

bool text_collector_table(const struct text_collector *c, const char *section, const char *first,
			  const char *last, struct text_table *ret)
{
	const struct text_section *whole = text_file_named(c->file, section);
	uint64_t start, end;

	if (!text_file_is_module(c->file) && first &&
	    symbols_find(c->kernel->symbols, first, &start) &&
	    symbols_find(c->kernel->symbols, last, &end) && end > start) {
		const struct text_section *holder = text_file_range(c->file, start, end);

		if (holder) {
			*ret = (struct text_table){holder->bytes + (start - holder->address), start,
						   end - start};
			return true;
		}
	}
	if (whole)
		*ret = (struct text_table){whole->bytes, whole->address, whole->size};
	return whole;
}
