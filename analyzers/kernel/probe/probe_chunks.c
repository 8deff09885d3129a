/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Chunks of memory for per-CPU variables (mm/percpu-internal.h). */
#include "kernel/probe/probe_chunks.h"

#include "base/parse.h"
#include "kernel/kernel.h"
#include "kernel/memory/memory.h"
#include "kernel/symbols/symbol.h"
#include "kernel/types/probed.h"

#define CHUNK_BYTES 512u
#define PAGES_MAX 1024u

/* Bytes of a bitmap. */
static size_t map_bytes(unsigned bits)
{
	return (bits + 63) / 64 * 8;
}

/* The first chunk's are set all together, up to the end of the last word. */
static bool is_full(const uint8_t *map, unsigned bits)
{
	for (size_t i = 0; i < map_bytes(bits); i += 8)
		if (load_u64(map + i) != UINT64_MAX)
			return false;
	return true;
}

/* nr_pages, nr_populated, nr_empty_pop_pages, a pointer in some kernels, populated[]. */
static bool is_populated(const uint8_t *bytes, size_t at)
{
	uint32_t pages = load_u32(bytes + at - 4), populated = load_u32(bytes + at);
	size_t map = (at + 15) / 8 * 8;

	return pages && pages <= PAGES_MAX && populated == pages &&
	       load_u32(bytes + at + 4) <= pages && map + 8 + map_bytes(pages) <= CHUNK_BYTES &&
	       (is_full(bytes + map, pages) || is_full(bytes + map + 8, pages));
}

struct err *probe_chunks(struct kernel *kernel, struct type_provider *types)
{
	uint64_t variable, chunk, found_at = 0;
	uint8_t bytes[CHUNK_BYTES];
	unsigned found = 0;

	if (!symbols_find(kernel->symbols, "pcpu_first_chunk", &variable) ||
	    !err_ok(memory_read_u64(kernel->memory, variable, &chunk)) ||
	    !memory_is_kernel(kernel->memory, chunk) ||
	    !err_ok(memory_read(kernel->memory, chunk, bytes, sizeof(bytes))))
		return NULL;
	for (size_t at = 4; at + 16 <= CHUNK_BYTES; at += 4)
		if (is_populated(bytes, at)) {
			found_at = at;
			found++;
		}
	return found == 1 ? probed_witness(types, "pcpu_chunk", "nr_populated", found_at,
					   PROBED_NUMBER(4))
			  : NULL;
}
