/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A frame's names, and where to look its symbol up. */
#include "kernel/unwind/frame.h"

const char *frame_kind_name(enum frame_kind kind)
{
	static const char *const names[] = {"call", "exception", "irq", "nmi", "entry", "user"};

	return names[kind];
}

const char *frame_source_name(enum frame_source source)
{
	static const char *const names[] = {"registers", "orc", "frame_pointer", "resumed", "scan"};

	return names[source];
}

uint64_t frame_lookup_address(const struct frame *frame)
{
	return frame->address - !frame->exact;
}
