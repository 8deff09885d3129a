/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_SYMBOLS_KALLSYMS_TOKENS
#define TRIAGE_KERNEL_SYMBOLS_KALLSYMS_TOKENS

#include "kernel/symbols/kallsyms_source.h"
#include "kernel/symbols/kallsyms_tables.h"

/*
 * Read the token table at an address, and the index that says where in it each token begins. Both tell that: what is
 * damaged in one is had from the other. A token that is damaged itself becomes empty, and counts in
 * tables->lost_tokens; what cannot be read is as if it were zeros. ERR_CORRUPT where the places make no sense, or most
 * tokens are lost; the error of reading where nothing could be.
 */
struct err *kallsyms_read_tokens(const struct kallsyms_source *source, uint64_t tokens,
				 uint64_t token_index, struct kallsyms_tables *tables);
/*
 * The places of both, by what an index looks like: at most length bytes from an address on are searched, passing over
 * what cannot be read. ERR_NOT_FOUND when there is none.
 */
struct err *kallsyms_find_tokens(const struct kallsyms_source *source, uint64_t from,
				 uint64_t length, uint64_t *tokens, uint64_t *token_index);

#endif
