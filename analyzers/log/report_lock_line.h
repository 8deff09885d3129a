/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_LOG_REPORT_LOCK_LINE
#define TRIAGE_LOG_REPORT_LOCK_LINE

#include "log/report_place.h"

/* A lock as lockdep (kernel/locking/lockdep.c) prints it. */
struct report_lock {
	char name[96];		/* of its class, such as "&rp->fetch_lock"; "" unknown */
	uint64_t address;	/* or a hash of it, v4.15 to v5.7; 0: not printed, before v4.15 */
	bool hashed;		/* address tells locks apart, and is none */
	struct report_place at; /* who took it, or is about to; no offset behind "[inline]" */
};

/*
 * "ffffffffc0a34128 (lab_list_lock){+.+.}-{3:3}, at: f+0x2e/0x90 [lab]", with or without address and
 * place. False for any other line.
 */
bool report_lock_read(const char *text, struct report_lock *ret);
/* " #0: …" in a list of held locks: its number and the lock. */
bool report_lock_listed(const char *text, unsigned *number, struct report_lock *ret);
/* "2 locks held by getty/2950:": whose list follows. */
bool report_lock_owner_read(const char *text, char *comm, size_t size, int32_t *pid);

#endif
