/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts failed allocations: the linker puts these functions before the C library's. */
#include "base/alloc.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>

static atomic_uint failures;

unsigned alloc_failures(void)
{
	return failures;
}

void alloc_failed(void)
{
	failures++;
}

static void *counted(void *memory)
{
	if (!memory)
		alloc_failed();
	return memory;
}

/* With --wrap=malloc a call of malloc() is one of __wrap_malloc(); the original is __real_malloc(). */
#define WRAP(type, name, parameters, arguments)                                                    \
	type __real_##name parameters;                                                             \
	type __wrap_##name parameters;                                                             \
	type __wrap_##name parameters                                                              \
	{                                                                                          \
		return counted(__real_##name arguments);                                           \
	}

/* Nobody asks for 0 bytes, for which realloc() may return NULL without having failed. */
WRAP(void *, malloc, (size_t size), (size))
WRAP(void *, calloc, (size_t count, size_t size), (count, size))
WRAP(void *, realloc, (void *memory, size_t size), (memory, size))
WRAP(void *, reallocarray, (void *memory, size_t count, size_t size), (memory, count, size))
WRAP(char *, strdup, (const char *string), (string))
WRAP(char *, strndup, (const char *string, size_t length), (string, length))

/* asprintf() and vasprintf(), and what _FORTIFY_SOURCE makes of them. */
int __real_vasprintf(char **ret, const char *fmt, va_list args);
int __wrap_vasprintf(char **ret, const char *fmt, va_list args);
int __wrap_asprintf(char **ret, const char *fmt, ...);
int __wrap___vasprintf_chk(char **ret, int flag, const char *fmt, va_list args);
int __wrap___asprintf_chk(char **ret, int flag, const char *fmt, ...);

int __wrap_vasprintf(char **ret, const char *fmt, va_list args)
{
	int length = __real_vasprintf(ret, fmt, args);

	if (length < 0)
		alloc_failed();
	return length;
}

int __wrap_asprintf(char **ret, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	int length = __wrap_vasprintf(ret, fmt, args);
	va_end(args);
	return length;
}

int __wrap___vasprintf_chk(char **ret, int flag, const char *fmt, va_list args)
{
	(void)flag;
	return __wrap_vasprintf(ret, fmt, args);
}

int __wrap___asprintf_chk(char **ret, int flag, const char *fmt, ...)
{
	va_list args;

	(void)flag;
	va_start(args, fmt);
	int length = __wrap_vasprintf(ret, fmt, args);
	va_end(args);
	return length;
}
