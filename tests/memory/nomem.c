/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Preloaded into a worker by tests/memory/run: the program's own allocation number $NOMEM_AT fails,
 * with $NOMEM_ALL also those after it. At the end the number of allocations goes to stderr.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <link.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The C library's own, by names that need no dlsym(), which allocates. */
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);

static uintptr_t program_start, program_end;
static atomic_ulong made;
static unsigned long fail_at;
static int fail_all;

/* The program itself comes first. */
static int find_program(struct dl_phdr_info *info, size_t size, void *context)
{
	(void)size;
	(void)context;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *segment = &info->dlpi_phdr[i];

		if (segment->p_type == PT_LOAD && segment->p_flags & PF_X) {
			program_start = info->dlpi_addr + segment->p_vaddr;
			program_end = program_start + segment->p_memsz;
		}
	}
	return 1;
}

__attribute__((constructor)) static void begin(void)
{
	fail_at = strtoul(getenv("NOMEM_AT"), NULL, 10);
	fail_all = getenv("NOMEM_ALL") != NULL;
	dl_iterate_phdr(find_program, NULL);
}

__attribute__((destructor)) static void end(void)
{
	dprintf(STDERR_FILENO, "allocations %lu\n", (unsigned long)made);
}

static int fails(void *caller)
{
	if ((uintptr_t)caller < program_start || (uintptr_t)caller >= program_end)
		return 0; /* a library's, or before begin() */
	unsigned long number = ++made;
	if (!fail_at || number < fail_at || (number > fail_at && !fail_all))
		return 0;
	errno = ENOMEM;
	return 1;
}
#define FAILS() fails(__builtin_return_address(0))

void *malloc(size_t size)
{
	return FAILS() ? NULL : __libc_malloc(size);
}

void *calloc(size_t count, size_t size)
{
	return FAILS() ? NULL : __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size)
{
	return FAILS() ? NULL : __libc_realloc(memory, size);
}

void *reallocarray(void *memory, size_t count, size_t size)
{
	size_t bytes;

	if (FAILS() || __builtin_mul_overflow(count, size, &bytes))
		return NULL;
	return __libc_realloc(memory, bytes);
}

static char *copy(const char *string, size_t length)
{
	char *memory = __libc_malloc(length + 1);

	memcpy(memory, string, length);
	memory[length] = '\0';
	return memory;
}

char *strdup(const char *string)
{
	return FAILS() ? NULL : copy(string, strlen(string));
}

char *strndup(const char *string, size_t length)
{
	return FAILS() ? NULL : copy(string, strnlen(string, length));
}

int vasprintf(char **ret, const char *fmt, va_list args)
{
	va_list again;

	if (FAILS())
		return -1;
	va_copy(again, args);
	int length = vsnprintf(NULL, 0, fmt, again);
	va_end(again);
	*ret = __libc_malloc((size_t)length + 1);
	return vsnprintf(*ret, (size_t)length + 1, fmt, args);
}
