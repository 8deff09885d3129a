/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which layout a directory has: all of layouts.def are asked in their order. */
#include "daemon/spool/layouts.h"

#include "daemon/spool/dump_parts.h"
#include "daemon/spool/layout.h"

#define LAYOUT(name) extern const struct layout layout_##name;
#include "daemon/spool/layouts.def"
#undef LAYOUT

static const struct layout *const layouts[] = {
#define LAYOUT(name) &layout_##name,
#include "daemon/spool/layouts.def"
#undef LAYOUT
};

void layouts_recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	for (size_t i = 0; i < ARRAY_SIZE(layouts); i++) {
		candidates->layout = layouts[i]->name;
		if (layouts[i]->recognize(dir, candidates))
			break;
	}
	dump_parts_join(dir, candidates);
}
