/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells by its function what a busy CPU waits for. */
#include "kernel/locking/cpu_wait.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

static const struct {
	const char *function;
	enum cpu_wait wait;
} table[] = {
#define SPIN(function, rwlock) {function, rwlock ? CPU_WAIT_RWLOCK : CPU_WAIT_SPINLOCK},
#include "kernel/locking/spin_functions.def"
#undef SPIN
	/* Of kernels whose lock words are not read. */
	{".text.lock.spinlock", CPU_WAIT_SPINLOCK}, /* before v2.6.25 */
	{"__spin_lock_failed", CPU_WAIT_SPINLOCK},
	{"__read_lock_failed", CPU_WAIT_RWLOCK}, /* before 70af2f8a4f48 v3.16 */
	{"__write_lock_failed", CPU_WAIT_RWLOCK},
#define ANSWER(function) {function, CPU_WAIT_CPU},
#include "kernel/locking/answer_functions.def"
#undef ANSWER
};

enum cpu_wait cpu_wait_in(const char *function)
{
	char name[128];

	copy_string(name, sizeof(name), function);
	if (name[0] != '.') /* ".text.lock.spinlock" */
		name[strcspn(name, ".")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		if (!strcmp(table[i].function, name))
			return table[i].wait;
	return CPU_WAIT_NONE;
}
