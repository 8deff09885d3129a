/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_NAME_INDEX
#define TRIAGE_KERNEL_SYMBOLS_NAME_INDEX

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * From a name's hash to the number of its entry, for tables whose names live elsewhere, perhaps
 * compressed. The name itself is asked of the table. Of entries with the same name the first one
 * added is kept. Four bytes a slot: struct map (base/hash.h) takes 24, which for a kernel's 200,000
 * symbols is 10 MiB more than this.
 */
struct name_index {
	uint32_t *slots; /* NULL until name_index_init() */
	size_t capacity; /* a power of two */
};

#define NAME_INDEX_MAX ((1u << 22) - 1) /* entries */

/* The full hash of an entry that is in the index. */
typedef uint64_t (*name_hash_fn)(const void *table, uint32_t entry);
/* Is this the entry's name? */
typedef bool (*name_equal_fn)(const void *table, uint32_t entry, const char *name);

/* Room for count entries, at most three quarters full. False on out-of-memory, or when too many. */
bool name_index_init(struct name_index *index, size_t count);
void name_index_deinit(struct name_index *index);
/* What name_index_add() will need soon. */
void name_index_prefetch(const struct name_index *index, uint64_t hash);
/* Equal 64-bit hashes count as the same name here: one name of a forged table may go unfound. */
void name_index_add(struct name_index *index, uint64_t hash, uint32_t entry, name_hash_fn hash_of,
		    const void *table);
bool name_index_find(const struct name_index *index, uint64_t hash, const char *name,
		     name_equal_fn equal, const void *table, uint32_t *ret);

#endif
