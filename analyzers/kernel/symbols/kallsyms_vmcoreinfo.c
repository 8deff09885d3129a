/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where VMCOREINFO says that the kallsyms tables are. */
#include "kernel/symbols/kallsyms_vmcoreinfo.h"

#include "base/parse.h"

struct err *kallsyms_vmcoreinfo_places(const struct kallsyms_source *source,
				       const struct vmcoreinfo *info, struct kallsyms_places *ret)
{
	struct kallsyms_places places = {0};
	uint64_t base = 0;

	if (!vmcoreinfo_symbol(info, "kallsyms_names", &places.names) ||
	    !vmcoreinfo_symbol(info, "kallsyms_num_syms", &places.num_syms) ||
	    !vmcoreinfo_symbol(info, "kallsyms_token_table", &places.tokens) ||
	    !vmcoreinfo_symbol(info, "kallsyms_token_index", &places.token_index))
		return err_new(ERR_NOT_FOUND, "VMCOREINFO does not name the kallsyms tables");
	if (vmcoreinfo_symbol(info, "kallsyms_addresses", &places.values)) {
		places.kind = KALLSYMS_ADDRESSES;
	} else if (!vmcoreinfo_symbol(info, "kallsyms_offsets", &places.values)) {
		return err_new(ERR_NOT_FOUND, "VMCOREINFO does not name kallsyms_offsets");
	} else if (vmcoreinfo_symbol(info, "kallsyms_relative_base", &base)) {
		uint8_t bytes[8];

		/* Without it addresses are too low, until names are found whose address is known. */
		places.kind = KALLSYMS_BASE_RELATIVE;
		if (TRY_OK(source->read(source->context, base, bytes, sizeof(bytes))))
			places.base = load_u64(bytes);
	} else {
		places.kind = KALLSYMS_PLACE_RELATIVE;
		places.base = places.values;
	}
	/* What stands behind the values: their base, or before 404bad70fcf7 v6.4 the count. */
	if (base > places.values)
		places.values_end = base;
	else if (places.num_syms > places.values)
		places.values_end = places.num_syms;
	*ret = places;
	return NULL;
}
