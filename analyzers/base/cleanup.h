/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_CLEANUP
#define TRIAGE_BASE_CLEANUP

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* Scope guards: the variable's destructor runs on every way out of its block. */
#define _cleanup_(destructor) __attribute__((cleanup(destructor)))

/* Hand ownership on: yields the pointer and leaves NULL behind for the guard. */
#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

/* The same for a file descriptor; -1 stays behind. */
#define take_fd(fd)                                                                                \
	({                                                                                         \
		int taken_ = (fd);                                                                 \
		(fd) = -1;                                                                         \
		taken_;                                                                            \
	})

/* Define cleanup_NAME(TYPE **), for _cleanup_(), from a destructor that takes a NULL pointer. */
#define DEFINE_CLEANUP(type, destructor)                                                           \
	static inline void cleanup_##destructor(type **p)                                          \
	{                                                                                          \
		destructor(*p);                                                                    \
	}

static inline void cleanup_free(void *p)
{
	free(*(void **)p);
}

static inline void cleanup_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

#define _free_ _cleanup_(cleanup_free)
#define _close_ _cleanup_(cleanup_close)
#define _fclose_ _cleanup_(cleanup_fclose)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b) ((a) < (b) ? (a) : (b))
#define MAX(a, b) ((a) > (b) ? (a) : (b))

#endif
