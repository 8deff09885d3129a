/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of sections. */
#include "daemon/render/sections.h"

#define SECTION(name) extern const struct section name##_section;
#include "daemon/render/sections.def"
#undef SECTION

const struct section *section_by_id(enum section_id id)
{
	static const struct section *const sections[] = {
#define SECTION(name) &name##_section,
#include "daemon/render/sections.def"
#undef SECTION
	};

	return sections[id];
}
