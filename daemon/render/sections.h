/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_DAEMON_RENDER_SECTIONS
#define TRIAGE_DAEMON_RENDER_SECTIONS

#include "daemon/render/section.h"

enum section_id {
#define SECTION(name) SECTION_##name,
#include "daemon/render/sections.def"
#undef SECTION
	SECTION_COUNT,
};

/* Never NULL. */
const struct section *section_by_id(enum section_id id);

#endif
