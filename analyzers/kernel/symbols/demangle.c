/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names of C++ and Rust, by the demangler of GCC and binutils: the one library that reads both. */
#include "kernel/symbols/demangle.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/str.h"

#undef ARRAY_SIZE /* libiberty.h has one, too */
#if __has_include(<libiberty/demangle.h>)
#include <libiberty/demangle.h>
#else
#include <demangle.h>
#endif

#define NAME_MAX_LENGTH 4096 /* longer ones are no function anybody could read */

void demangle(const char *symbol, char *ret, size_t size)
{
	/* Its own bound on recursion holds unless DMGL_NO_RECURSE_LIMIT is given. */
	_free_ char *name = strnlen(symbol, NAME_MAX_LENGTH) < NAME_MAX_LENGTH
				    ? cplus_demangle(symbol, DMGL_AUTO | DMGL_PARAMS | DMGL_ANSI)
				    : NULL;

	copy_string(ret, size, name ? name : symbol);
}
