/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of kallsyms in our memory. */
#include "kernel/symbols/kallsyms_tables.h"

#include <stdlib.h>

void kallsyms_tables_deinit(struct kallsyms_tables *tables)
{
	free(tables->values);
	free(tables->sound);
	free(tables->names);
	free(tables->tokens);
	*tables = (struct kallsyms_tables){0};
}
