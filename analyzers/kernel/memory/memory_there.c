/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads further than what is there may reach. */
#include <string.h>

#include "base/cleanup.h"
#include "base/error.h"
#include "kernel/dump/dump_info.h"
#include "kernel/memory/memory.h"

size_t memory_read_there(struct memory *memory, uint64_t va, void *buf, size_t length)
{
	uint8_t *bytes = buf;
	size_t done = 0, there = 0;

	memset(bytes, 0, length);
	while (done < length) {
		size_t part = MIN(length - done, PAGE_SIZE - (va + done) % PAGE_SIZE);

		if (err_ok(memory_read(memory, va + done, bytes + done, part)))
			there += part;
		done += part;
	}
	return there;
}
