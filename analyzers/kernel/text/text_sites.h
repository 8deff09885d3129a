/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_TEXT_TEXT_SITES
#define TRIAGE_KERNEL_TEXT_TEXT_SITES

#include "base/error.h"

/*
 * Places in the kernel's code that it patches itself, out of the tables in the file the code came
 * from (arch/x86/kernel/alternative.c, jump_label.c, static_call.c, ftrace.c, paravirt.c), and what
 * may stand there.
 */
enum text_site_kind {
	SITE_ALTERNATIVE, /* .altinstructions */
	SITE_FTRACE,	  /* __mcount_loc, and the calls inside ftrace's own trampolines */
	SITE_JUMP,	  /* __jump_table: static keys */
	SITE_STATIC_CALL, /* .static_call_sites, and the trampolines */
	SITE_RETPOLINE,	  /* .retpoline_sites */
	SITE_RETURN,	  /* .return_sites */
	SITE_CALL,	  /* .call_sites, where call depth is tracked */
	SITE_ENDBR,	  /* .ibt_endbr_seal */
	SITE_LOCK,	  /* .smp_locks */
	SITE_PARAVIRT,	  /* .parainstructions, until v6.7 */
	SITE_KPROBE,	  /* kprobe_table, of the dump: int3, or a jump once optimized */
	SITE_OPAQUE,	  /* filled in at start with what no file tells: constants, hypercalls */
};

struct text_site {
	uint64_t address; /* in the dead kernel, as all of these */
	uint32_t length;
	enum text_site_kind kind;
	uint64_t target;	    /* of a static key's jump */
	const uint8_t *replacement; /* of an alternative: owned by the file */
	uint32_t replacement_length;
	uint64_t replacement_address;
};

#define TEXT_SITE_LENGTH_MAX 255 /* bytes */

struct text_sites {
	struct text_site *list; /* by address, once sorted */
	size_t count;
};

/* Add one more. ERR_LIMIT when there are too many. */
struct err *text_sites_add(struct text_sites *sites, const struct text_site *site);
/* Bring them in the order of their addresses, which text_sites_next() needs. */
void text_sites_sort(struct text_sites *sites);
void text_sites_deinit(struct text_sites *sites);
#define _text_sites_ _cleanup_(text_sites_deinit)
/* The next site that covers address, from index *from on (0 at first); NULL when there is none. */
const struct text_site *text_sites_next(const struct text_sites *sites, uint64_t address,
					size_t *from);

#endif
