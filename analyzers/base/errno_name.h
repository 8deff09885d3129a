/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef TRIAGE_BASE_ERRNO_NAME
#define TRIAGE_BASE_ERRNO_NAME

#include <stdbool.h>
#include <stdint.h>

#define ERRNO_MAX 4095 /* MAX_ERRNO, include/linux/err.h */

/* "ENOMEM" of 12, "EPROBE_DEFER" of 517: those of user space and the kernel's own. NULL: none. */
const char *errno_name(uint64_t number);
/* An errno as a pointer carries it, ERR_PTR(-n): n; 0 where the value is none. */
uint64_t errno_of_pointer(uint64_t value);

#endif
