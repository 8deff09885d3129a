/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the letters and bits of a tainted kernel mean. */
#include "crash/taint.h"

#include "base/cleanup.h"

/* kernel/panic.c: taint_flags[]; letter when set. */
static const char *const taints[] = {
	"P proprietary module",
	"F module was force loaded",
	"S out of specification",
	"R module was force unloaded",
	"M machine check",
	"B bad page",
	"U set by user space",
	"D died before (oops)",
	"A ACPI table overridden",
	"W warned before",
	"C staging driver",
	"I firmware workaround",
	"O out-of-tree module",
	"E unsigned module",
	"L soft lockup before",
	"K live patched",
	"X auxiliary",
	"T randstruct",
	"N in-kernel test",
	"J fwctl",
};

const char *taint_of_bit(size_t bit)
{
	return bit < ARRAY_SIZE(taints) ? taints[bit] : NULL;
}

const char *taint_text(char letter)
{
	for (size_t i = 0; i < ARRAY_SIZE(taints); i++)
		if (taints[i][0] == letter)
			return taints[i];
	return NULL;
}
