/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_ERROR
#define TRIAGE_BASE_ERROR

#include <stdbool.h>
#include <stdint.h>

#include "base/cleanup.h"

/*
 * One error type for the whole tree. A function returns `struct err *`: NULL is success, anything
 * else is owned by the caller, who returns it further, turns it into a finding, or drops it where
 * it has no bearing on what follows. That may be done to ERR_NOMEM too, and is no loss: alloc.h
 * knows of it, and whatever is at work is called failed at its end.
 */
enum err_code {
	ERR_NOMEM,     /* out of memory: what it befalls is never whole, see above */
	ERR_IO,	       /* a system call failed: errnum says how */
	ERR_UNMAPPED,  /* no translation for address */
	ERR_EXCLUDED,  /* the page exists but the dump leaves it out (makedumpfile -d) */
	ERR_ABSENT,    /* no such physical memory in the dumped machine */
	ERR_TRUNCATED, /* the data lies beyond the end of a truncated file */
	ERR_DAMAGED, /* a page whose data in the file is no page's: a bad disk, a writer without room */
	ERR_CORRUPT,	 /* bytes that cannot be what they should be */
	ERR_NOT_FOUND,	 /* a symbol, type, member or object that is not there */
	ERR_LIMIT,	 /* a bound was reached before the end */
	ERR_LOOP,	 /* a list came back to where it had been */
	ERR_UNSUPPORTED, /* understood, but not something we can read */
	ERR_INVALID,	 /* the caller's or the user's input is wrong */
};

struct err {
	enum err_code code;
	int errnum;	  /* an errno for ERR_IO, else 0 */
	uint64_t address; /* the fault address for the memory errors, else 0 */
	char *message;	  /* lower case, no full stop; never NULL */
};

/* The preallocated out-of-memory error: free it like any other, it stays. */
extern struct err err_nomem;

struct err *err_new(enum err_code code, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* For an address in the dump: the message is followed by " at 0x…". */
struct err *err_at(enum err_code code, uint64_t address, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* For a failed system call: the message is followed by ": " and strerror(errnum). */
struct err *err_errno(int errnum, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Put "context: " before the message of err; consumes and returns it. NULL stays NULL. */
struct err *err_wrap(struct err *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

void err_free(struct err *err);
const char *err_code_name(enum err_code code); /* "excluded", "truncated", … */

/* Drop an error that has no bearing on what follows; true when there was none. */
static inline bool err_ok(struct err *err)
{
	err_free(err);
	return !err;
}

/* Like err_ok(), but when memory ran out the calling function returns with that error. */
#define TRY_OK(expr)                                                                               \
	({                                                                                         \
		struct err *tried_ = (expr);                                                       \
		if (tried_ == &err_nomem)                                                          \
			return tried_;                                                             \
		err_ok(tried_);                                                                    \
	})

DEFINE_CLEANUP(struct err, err_free)
#define _err_ _cleanup_(cleanup_err_free)

/* Return from the calling function when expr fails. */
#define TRY(expr)                                                                                  \
	do {                                                                                       \
		struct err *err_ = (expr);                                                         \
		if (err_)                                                                          \
			return err_;                                                               \
	} while (0)

#endif
