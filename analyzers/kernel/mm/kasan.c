/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What KASAN's shadow says of an object. */
#include "kernel/mm/kasan.h"

#include "base/str.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"

/* CONFIG_KASAN_SHADOW_OFFSET of x86-64, the same for 4 and 5 levels of page tables. */
#define SHADOW_OFFSET 0xdffffc0000000000ull
/* The first of an object's shadow bytes; values as of v4.0. */
#define SHADOW_FREED 0xfb
#define SHADOW_FREED_TRACK 0xfa /* its stack is noted (e4b7818bce87 v5.8) */

bool kasan_present(struct kernel *kernel)
{
	uint64_t address;

	return kernel->symbols && symbols_find(kernel->symbols, "__asan_loadN", &address);
}

struct err *kasan_correct(struct kernel *kernel, struct slab_object *object)
{
	uint64_t at = (object->start >> 3) + SHADOW_OFFSET, shadow;

	if (!object->slab.cache->kasan || object->state != OBJECT_ALLOCATED)
		return NULL;
	if (!TRY_OK(memory_read_uint(kernel->memory, at, 1, &shadow))) {
		object->state = OBJECT_UNKNOWN;
		object->unread = true;
	} else if (shadow == SHADOW_FREED || shadow == SHADOW_FREED_TRACK) {
		object->state = OBJECT_FREE;
		copy_string(object->where, sizeof(object->where), "KASAN's quarantine");
	}
	return NULL;
}
