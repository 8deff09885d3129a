/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of symbols, as the source has them and as compilers do. */
#include "kernel/symbols/symbol_name.h"

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

void symbol_name_strip_suffix(char *name)
{
	static const char *const suffixes[] = {".isra.", ".constprop.", ".part.", ".cold",
					       ".llvm."};

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		char *at = strstr(name, suffixes[i]);

		if (at && at != name)
			*at = '\0';
	}
}

void symbol_name_with_module(const char *name, const char *module, char *buf, size_t size)
{
	snprintf(buf, size, "%.120s%s%.40s%s", name, *module ? " [" : "", module,
		 *module ? "]" : "");
}
