/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Keeps the steps that lead from a bad value back to its origin. */
#include "memory/bad_value.h"

#include <stdlib.h>
#include <string.h>

#include "base/array.h"

void bad_value_add_step(struct bad_value *bad, bool proven, const char *text)
{
	_free_ char *copy = strdup(text);

	if (copy && array_grow(bad->steps, bad->step_count))
		bad->steps[bad->step_count++] = (struct bad_value_step){proven, take_ptr(copy)};
}

void bad_value_forget(struct bad_value *bad)
{
	*bad = (struct bad_value){.steps = bad->steps, .step_count = bad->step_count};
}

void bad_value_deinit(struct bad_value *bad)
{
	for (size_t i = 0; i < bad->step_count; i++)
		free(bad->steps[i].text);
	free(bad->steps);
	*bad = (struct bad_value){0};
}
