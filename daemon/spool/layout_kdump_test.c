/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `kdumpctl test` crashes the machine on purpose and cleans up after itself: nobody asks why. */
#include "daemon/spool/layout.h"

#include "base/str.h"

static bool recognize(const struct spool_dir *dir, struct candidates *candidates)
{
	(void)candidates;
	return has_prefix(dir->name, "kdump-test-") &&
	       spool_dir_find_file(dir, "vmcore-creation.status") != NO_ENTRY;
}

const struct layout layout_kdump_test = {.name = "kdump-test", .recognize = recognize};
