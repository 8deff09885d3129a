/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Opens a vmlinux's debug information, and the files it may have been moved to. */
#include "kernel/open_dwarf.h"

static int open_debug(void *context, const char *build_id)
{
	const struct kernel_options *options = context;

	return options->open_file
		       ? options->open_file(options->open_file_context, OPEN_DEBUG, build_id)
		       : -1;
}

struct err *open_dwarf(const struct kernel_options *options, int vmlinux_fd,
		       struct type_provider **ret)
{
	const struct dwarf_search search = {.open = open_debug, .context = (void *)options};

	return dwarf_open(vmlinux_fd, &search, ret);
}
