/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_KERNEL_LOCKING_RWSEM_COUNT
#define TRIAGE_KERNEL_LOCKING_RWSEM_COUNT

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How rw_semaphore.count is to be read. */
enum rwsem_form {
	RWSEM_BIAS_PER_WAITER, /* 2.6.32 … 2.6.35: each waiter adds WAITING_BIAS */
	RWSEM_BIAS,	       /* 70bdc6e0644f v2.6.36 … 5.2: one WAITING_BIAS for all waiters */
	RWSEM_FLAGS,	/* 64489e78004c v5.3, el8: writer, waiters, handoff bits; reader count */
	RWSEM_RT,	/* 42254105dfe8 v5.15: rwbase_rt.readers */
	RWSEM_ACTIVITY, /* lib/rwsem-spinlock.c until v5.1: readers, or -1 for a writer */
};

struct rwsem_count {
	bool writer;	  /* held for write */
	uint32_t readers; /* held for read by so many (a moment's contenders included) */
	uint32_t over; /* readers fewer than none: it was released so often without being taken */
	bool stray;    /* bits are set that the kernel never sets, and never looks at */
	bool waiters;  /* the count says that somebody waits */
	bool handoff;
	bool ambiguous;	   /* the count alone has two readings; the wait list told them apart */
	bool inconsistent; /* count and wait list contradict each other */
};

/* Decode a count; waiters is the length of the wait list. */
void rwsem_count_decode(enum rwsem_form form, uint64_t count, size_t waiters,
			struct rwsem_count *ret);
/* What is said of a count that no holder leaves behind; rules know it. */
#define RWSEM_UPSET "held by nobody: its count contradicts itself"
/* "held for read by 1, writer waiting" into buf. */
void rwsem_count_format(const struct rwsem_count *state, char *buf, size_t size);

#endif
